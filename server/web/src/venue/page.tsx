// `/venue/ID`: the three answers first, then party, history and music style. Until somebody may see them: the door.
import { useEffect, useState } from "preact/hooks";
import { ApiError, ask } from "../shared/api";
import { fill } from "../shared/messages";
import { apiKey } from "../shared/key";
import { fromGeoJson } from "../shared/map/geo";
import { Icon } from "../shared/ui/icon";
import { Door, WhoIsIn } from "./owner/door";
import { FindVenue } from "./owner/find";
import { FitCard } from "./music/fit";
import { HistoryPart } from "./history";
import { type House, readHouse } from "./venue";
import { NearbyCard } from "./nearby";
import { NextCard } from "./music/next";
import { isIn, owner } from "./owner/owner";
import { useReading } from "./reading";
import { PartyPart } from "./party";
import { kindOf, trouble } from "./sentences";
import { Mine } from "./owner/start";
import { StylePart } from "./music/style";
import { t } from "./messages";

export function VenuePage({ id }: { id: string }) {
  return isIn() ? <Owned key={`${owner.value?.userId ?? ""} ${apiKey.value}`} id={id} /> : <Closed id={id} />;
}

/** The door, with the name of the venue on it. `wrong` is what the last try was told. */
function Closed({ id, wrong }: { id: string; wrong?: string }) {
  const [name, setName] = useState<string>();
  const [gone, setGone] = useState(false);
  useEffect(() => {
    const missing = (error: unknown) => error instanceof ApiError && error.status === 404 && setGone(true);
    ask<{ name: string }>(`/v1/venues/documents/${encodeURIComponent(id)}`).then((found) => setName(found.name), missing);
  }, [id]);
  if (gone) return <Gone />;
  return (
    <div class="start">
      <h1 dir="auto">{name ?? t.title}</h1>
      <section class="card stack">
        <h2><Icon name="lock" size={20} /> {t.doorTitle}</h2>
        <p class="muted">{fill(t.doorLead, { name: name ?? t.title })}</p>
        <Door wrong={wrong} />
      </section>
      <FindVenue shown />
    </div>
  );
}

function Gone() {
  return (
    <div class="start">
      <h1>{t.unknown}</h1>
      <p class="lead muted">{t.unknownHint}</p>
      <FindVenue />
      <WhoIsIn />
    </div>
  );
}

/** Signed in, but not for this venue. */
function NotOwner() {
  return (
    <div class="start">
      <h1>{t.doorTitle}</h1>
      <p class="note warn" role="alert"><Icon name="lock" />{t.notOwner}</p>
      <WhoIsIn />
      <Mine />
      <FindVenue shown />
    </div>
  );
}

function Owned({ id }: { id: string }) {
  const { value: house, wrong, again } = useReading(id, (signal) => readHouse(id, signal));
  useEffect(() => {
    if (house) document.title = fill(t.tab, { name: house.name });
  }, [house?.name]);
  if (wrong?.status === 403 && owner.value) return <NotOwner />;
  if (wrong?.status === 401 || wrong?.status === 403) return <Closed id={id} wrong={t.wrongKey} />;
  if (wrong?.status === 404) return <Gone />;
  if (!house) {
    return wrong ? (
      <div class="empty" role="alert">
        <Icon name={wrong.status === 0 ? "offline" : "warning"} />
        <h1>{t.title}</h1>
        <p>{trouble(wrong)}</p>
        <button type="button" class="button" onClick={again}>{t.again}</button>
      </div>
    ) : <Waiting />;
  }
  return (
    <>
      {wrong && <p class="note warn" role="status"><Icon name="offline" />{trouble(wrong)}</p>}
      <Parts house={house} again={again} />
    </>
  );
}

function Parts({ house, again }: { house: House; again: () => void }) {
  const [style, setStyle] = useState(0);
  const facts = [kindOf(house.kind), house.city].filter(Boolean).join(" · ");
  return (
    <>
      <header class="venue-head">
        <div class="grow">
          <h1 dir="auto">{house.name}</h1>
          <p class="muted">{facts}</p>
        </div>
        <WhoIsIn />
      </header>
      <nav class="venue-nav" aria-label={t.sections}>
        <a href="#tonight">{t.tonight}</a>
        <a href="#party">{t.party}</a>
        <a href="#history">{t.history}</a>
        <a href="#style">{t.style}</a>
      </nav>
      <section id="tonight" class="tonight" aria-label={t.tonight}>
        <FitCard house={house} />
        <NearbyCard venue={house.venue} at={fromGeoJson(house.location)} />
        <NextCard house={house} style={style} again={again} />
      </section>
      <PartyPart house={house} again={again} />
      <HistoryPart venue={house.venue} least={house.least} />
      <StylePart venue={house.venue} onSaved={() => setStyle(style + 1)} />
    </>
  );
}

function Waiting() {
  return (
    <div class="tonight" aria-busy="true">
      <div class="skeleton waiting" />
      <div class="skeleton waiting" />
      <div class="skeleton waiting" />
    </div>
  );
}
