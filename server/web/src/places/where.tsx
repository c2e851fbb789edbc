// Where to look: one's own position, a city, a venue.
import { useState } from "preact/hooks";
import { signal } from "@preact/signals";
import { counted, number } from "../shared/messages";
import type { Point } from "../shared/map/geo";
import { fromGeoJson } from "../shared/map/geo";
import { Icon } from "../shared/ui/icon";
import { type Suggestion, Suggest } from "../shared/ui/suggest";
import { kindOf } from "./sentences";
import { type City, cities, middleOf, named } from "./venues";
import { go, view } from "./view";
import { t } from "./messages";

/** Names of points that are no places. */
export const MINE = "@me";
export const MAP = "@map";

/** What the middle of the search is called. */
export function called(at: string): string {
  if (at === MINE) return t.myPosition;
  if (at === MAP) return t.mapPosition;
  return at || t.position;
}

const known = signal<City[] | undefined>(undefined);
let asked: Promise<City[]> | undefined;
/** The cities of the index, asked for once. */
function allCities(): Promise<City[]> {
  asked ??= cities().then(
    (found) => (known.value = found),
    () => {
      asked = undefined;
      return [];
    },
  );
  return asked;
}

type Spot = { city: string } | { name: string; at: Point };

async function suggestions(text: string, abort: AbortSignal): Promise<Suggestion<Spot>[]> {
  const plain = (words: string) => words.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const [all, venues] = await Promise.all([allCities(), named(text, abort)]);
  const fitting = all.filter(({ name }) => plain(name).startsWith(plain(text))).slice(0, text ? 4 : 8);
  return [
    ...fitting.map(({ name, count }) => ({ id: `city ${name}`, text: name, more: `${t.city} · ${counted(count, t.places)}`, lead: <Icon name="map" size={20} />, value: { city: name } })),
    ...venues.map((venue) => ({
      id: venue.id,
      text: venue.name,
      more: [kindOf(venue.kind), venue.address?.street, venue.city].filter(Boolean).join(" · "),
      lead: <Icon name="pin" size={20} />,
      value: { name: venue.name, at: fromGeoJson(venue.location) },
    })),
  ];
}

async function search(spot: Spot): Promise<void> {
  if (!("city" in spot)) return start(spot.at, spot.name);
  const near = await middleOf(spot.city);
  if (near) start(near, spot.city);
}

const start = (near: Point, at: string): void => go({ near, at, chosen: undefined, details: false });

export function Where({ large }: { large?: boolean }) {
  const { near, at } = view.value;
  const [trouble, setTrouble] = useState<string>();
  const [locating, setLocating] = useState(false);

  function locate() {
    setTrouble(undefined);
    if (!navigator.geolocation || !isSecureContext) return setTrouble(t.noPosition);
    setLocating(true);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setLocating(false);
        start({ lat: coords.latitude, lon: coords.longitude }, MINE);
      },
      (error) => {
        setLocating(false);
        setTrouble(error.code === error.PERMISSION_DENIED ? t.denied : t.noPosition);
      },
      { timeout: 15_000, maximumAge: 60_000 },
    );
  }

  return (
    <div class="where" data-large={large ? "" : undefined}>
      <div class="where-row">
        <Suggest<Spot> label={t.where} placeholder={t.wherePlaceholder} text={near ? called(at) : ""} find={suggestions} none={t.whereNone} onPick={(spot) => void search(spot).catch(() => setTrouble(t.offline))} />
        <button type="button" class={large ? "button main" : "button line icon"} aria-label={large ? undefined : t.here} title={large ? undefined : t.here} aria-disabled={locating} onClick={() => !locating && locate()}>
          <Icon name="pin" />
          {large && (locating ? t.locating : t.here)}
        </button>
      </div>
      <div role="status">
        {locating && !large && <p class="small muted">{t.locating}</p>}
        {trouble && <p class="note warn"><Icon name="warning" />{trouble}</p>}
      </div>
    </div>
  );
}

/** The cities of the index, to begin with. */
export function Cities() {
  void allCities();
  if (!known.value?.length) return null;
  return (
    <div class="cities">
      <h2 class="small muted">{t.cities}</h2>
      <ul class="wrap">
        {known.value.slice(0, 8).map(({ name, count }) => (
          <li key={name}>
            <button type="button" class="chip" onClick={() => void search({ city: name }).catch(() => undefined)}>
              <bdi>{name}</bdi> <span class="muted num">{number(count)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
