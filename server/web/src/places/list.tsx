// The places found, the best first; what takes the list's place while there is none.
import { useEffect, useRef } from "preact/hooks";
import { counted, distance, fill } from "../shared/messages";
import { Icon } from "../shared/ui/icon";
import { crowdOf, kindOf, opening, reasons, trouble } from "./sentences";
import { failure, ground, pointed, result, retry, waiting } from "./search";
import type { Found } from "./venues";
import { RADII, filters, go, view } from "./view";
import { called } from "./where";
import { t } from "./messages";

/** `mapped`: a map stands beside, so choosing a place shows it there; without one it opens the details. */
export function List({ mapped }: { mapped: boolean }) {
  const found = result.value;
  const { k } = view.value;
  const wrong = failure.value;
  if (wrong) {
    return (
      <div class="empty" role="alert">
        <Icon name={wrong.status === 0 ? "offline" : "warning"} />
        <h2>{t.failTitle}</h2>
        <p>{trouble(wrong)}</p>
        <button type="button" class="button" onClick={retry}>{t.again}</button>
      </div>
    );
  }
  if (!found) return <Waiting />;
  const { venues } = found;
  return (
    <section class="found" aria-busy={waiting.value} aria-label={t.list}>
      {venues.length === 0 ? <Nothing /> : (
        <ol onPointerLeave={() => (pointed.value = undefined)}>
          {venues.map((venue, index) => <Place key={venue.id} venue={venue} rank={index + 1} mapped={mapped} />)}
        </ol>
      )}
      {venues.length >= k && k < 100 && <button type="button" class="button wide" onClick={() => go({ k: Math.min(100, k + 20) }, true)}>{t.more}</button>}
      <Sources />
    </section>
  );
}

/** How many there are, said whenever it changes. */
export function Count() {
  const found = result.value;
  const { k, at } = view.value;
  const forms = found && found.venues.length >= k ? t.bestAround : t.foundAround;
  const text = !found || failure.value ? "" : found.venues.length === 0 ? t.noneTitle : fill(counted(found.venues.length, forms), { place: called(at) });
  return <h2 class="grow small muted count"><span role="status">{text}</span></h2>;
}

function Place({ venue, rank, mapped }: { venue: Found; rank: number; mapped: boolean }) {
  const entry = useRef<HTMLLIElement>(null);
  const chosen = view.value.chosen === venue.id;
  const people = result.value?.people ?? [];
  const crowd = crowdOf(venue.crowd);
  const why = reasons(venue.because, people);
  useEffect(() => {
    // Chosen on the map: its entry comes into sight.
    if (chosen && mapped) entry.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, [chosen, mapped]);
  return (
    <li ref={entry} class={`place${chosen && mapped ? " chosen" : ""}${pointed.value === venue.id ? " pointed" : ""}`} onPointerEnter={() => (pointed.value = venue.id)}>
      <span class="place-rank num" aria-hidden="true">{rank}</span>
      <div class="grow">
        <h3>
          <button type="button" class="place-name" dir="auto" aria-pressed={mapped ? chosen : undefined} aria-haspopup={mapped ? undefined : "dialog"} onFocus={() => (pointed.value = venue.id)} onClick={() => (mapped ? go({ chosen: chosen ? undefined : venue.id }, true) : go({ chosen: venue.id, details: true }))}>
            {venue.name}
          </button>
        </h3>
        <p class="place-facts">
          <span>{kindOf(venue.kind)}</span>
          <strong class="num">{distance(venue.distance_m)}</strong>
          <span class={`place-open ${venue.open}`}>{opening(venue, result.value?.local_time)}</span>
        </p>
        {why.map((reason) => <p class="place-why" key={reason}><Icon name="spark" size={16} /><span dir="auto">{reason}</span></p>)}
        <Tags venue={venue} crowd={crowd} group={people.filter(({ known }) => known).length > 1} />
      </div>
      <button type="button" class="button plain icon" aria-label={fill(t.detailsOf, { name: venue.name })} aria-haspopup="dialog" onClick={() => go({ chosen: venue.id, details: true })}>
        <Icon name="info" />
      </button>
    </li>
  );
}

function Tags({ venue, crowd, group }: { venue: Found; crowd: ReturnType<typeof crowdOf>; group: boolean }) {
  const genres = venue.genres?.slice(0, 3) ?? [];
  const isNew = venue.new_to_you >= 1 && (result.value?.people.length ?? 0) > 0 && !result.value?.lack;
  if (genres.length === 0 && !crowd && !isNew) return null;
  return (
    <ul class="wrap place-tags">
      {crowd && <li class="tag" title={fill(t.crowd, { word: crowd.word })}><Crowd level={crowd.level} />{crowd.word}</li>}
      {isNew && <li class="tag violet">{group ? t.newToGroup : t.newToYou}</li>}
      {genres.map((genre) => <li class="tag" key={genre}>{genre}</li>)}
    </ul>
  );
}

/** How full, as one to four bars. */
export function Crowd({ level }: { level: number }) {
  return (
    <svg viewBox="0 0 20 12" width="20" height="12" aria-hidden="true">
      {[1, 2, 3, 4].map((bar) => <rect key={bar} x={(bar - 1) * 5} y={12 - bar * 3} width="3.5" height={bar * 3} rx="1" fill="currentColor" opacity={bar <= level ? 1 : 0.25} />)}
    </svg>
  );
}

function Waiting() {
  return (
    <div class="found" aria-busy="true">
      {[0, 1, 2, 3, 4].map((row) => <div key={row} class="skeleton place-waiting" />)}
    </div>
  );
}

function Nothing() {
  const { radius } = view.value;
  const on = filters(view.value) > 0;
  const wider = RADII.find((one) => one >= radius * 2);
  return (
    <div class="empty">
      <Icon name="pin" />
      <p>{fill(on ? t.noneFiltered : t.none, { distance: distance(radius) })}</p>
      <div class="wrap">
        {on && <button type="button" class="button" onClick={() => go({ open: false, kinds: [], crowd: undefined })}>{t.clear}</button>}
        {wider && <button type="button" class="button" onClick={() => go({ radius: wider })}>{fill(t.wider, { distance: distance(wider) })}</button>}
      </div>
    </div>
  );
}

/** Whose data the places are. */
export function Sources() {
  const said = (ground.value?.sources ?? []).map((source) => t.source[source]).filter(Boolean);
  return said.length > 0 ? <p class="sources muted">{said.join(" · ")}</p> : null;
}
