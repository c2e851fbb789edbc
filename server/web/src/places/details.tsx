// A place in full, in a dialog.
import { useEffect, useState } from "preact/hooks";
import { copied } from "../shared/clipboard";
import { ApiError } from "../shared/api";
import { counted, distance, fill } from "../shared/messages";
import { type Point, fromGeoJson, written } from "../shared/map/geo";
import { Dialog } from "../shared/ui/dialog";
import { Icon } from "../shared/ui/icon";
import { say } from "../shared/ui/toasts";
import { common } from "../shared/ui/common";
import { Crowd } from "./list";
import { crowdOf, kindOf, opening, reasons, trouble } from "./sentences";
import { result } from "./search";
import { type Party, type Venue, partyOf, venue as read } from "./venues";
import { go } from "./view";
import { t } from "./messages";

const close = (): void => go({ details: false });

export function Details({ id }: { id: string }) {
  const [place, setPlace] = useState<Venue>();
  const [party, setParty] = useState<Party>();
  const [wrong, setWrong] = useState<string>();
  useEffect(() => {
    const abort = new AbortController();
    const failed = (error: unknown) => {
      if (error instanceof ApiError) setWrong(trouble(error));
    };
    read(id, abort.signal).then((found) => (found ? setPlace(found) : setWrong(t.gone)), failed);
    partyOf(id, abort.signal).then(setParty, () => undefined);
    return () => abort.abort();
  }, [id]);
  const found = result.value?.venues.find((one) => one.id === id);
  return (
    <Dialog title={place?.name ?? found?.name ?? t.details} onClose={close} sheet>
      {wrong ? <p class="note bad" role="alert"><Icon name="warning" />{wrong}</p> : !place ? <p class="muted">{common.loading}…</p> : (
        <div class="stack details">
          <p class="place-facts">
            <span>{kindOf(place.kind)}</span>
            {found && <strong class="num">{fill(t.away, { distance: distance(found.distance_m) })}</strong>}
            {found && <span class={`place-open ${found.open}`}>{opening(found, result.value?.local_time)}</span>}
          </p>
          {party && <a class="button main wide" href={`/r/${party.code}`}><Icon name="music" />{t.openParty}</a>}
          {party && <p class="small muted">{counted(party.members, t.partyThere)}</p>}
          <Facts place={place} />
          {found && <Why id={id} />}
          <Actions place={place} />
        </div>
      )}
    </Dialog>
  );
}

function Why({ id }: { id: string }) {
  const found = result.value?.venues.find((one) => one.id === id);
  const said = reasons(found?.because ?? [], result.value?.people ?? []);
  const crowd = crowdOf(found?.crowd ?? null);
  if (said.length === 0 && !crowd) return null;
  return (
    <section>
      <h3 class="small muted">{t.why}</h3>
      {said.map((reason) => <p class="place-why" key={reason}><Icon name="spark" size={16} /><span dir="auto">{reason}</span></p>)}
      {crowd && <p class="place-why"><Crowd level={crowd.level} />{fill(t.crowd, { word: crowd.word })}</p>}
    </section>
  );
}

function addressOf({ address, city }: Venue): string {
  const parts = [address?.street, address?.postcode, address?.district, city];
  return parts.filter((part, index) => part && parts.indexOf(part) === index).join(", ");
}

function Facts({ place }: { place: Venue }) {
  const address = addressOf(place);
  return (
    <dl>
      {address && <><dt>{t.address}</dt><dd dir="auto">{address}</dd></>}
      <dt>{t.hours}</dt>
      <dd>{place.opening_hours ? <Hours text={place.opening_hours} /> : <span class="muted">{t.hoursNone}</span>}</dd>
      {place.genres && place.genres.length > 0 && <><dt>{t.genres}</dt><dd>{place.genres.join(", ")}</dd></>}
    </dl>
  );
}

/** OpenStreetMap's notation, a rule on each line. */
function Hours({ text }: { text: string }) {
  return <>{text.split(";").map((rule) => <span class="hours num" key={rule}>{rule.trim()}</span>)}</>;
}

function Actions({ place }: { place: Venue }) {
  const at: Point = fromGeoJson(place.location);
  const label = encodeURIComponent(place.name);
  const address = addressOf(place);
  const copy = async () => say((await copied(`${place.name}, ${address}`)) ? t.copied : `${place.name}, ${address}`);
  return (
    <div class="stack">
      <a class="button line wide" href={`geo:${written(at)}?q=${written(at)}(${label})`} title={t.directionsHint}><Icon name="map" />{t.directions}</a>
      {address && <button type="button" class="button plain wide" onClick={() => void copy()}><Icon name="copy" />{t.copy}</button>}
      <button type="button" class="button plain wide" onClick={() => go({ near: at, at: place.name, chosen: place.id, details: false })}><Icon name="pin" />{t.aroundIt}</button>
      <p class="small"><a href={`/venue/${encodeURIComponent(place.id)}`}>{t.forOwner}</a></p>
    </div>
  );
}
