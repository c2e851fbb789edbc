// The places found on a map, and "search here" when somebody moved it.
import { useMemo, useState } from "preact/hooks";
import { distance, fill } from "../shared/messages";
import { type Point, fromGeoJson } from "../shared/map/geo";
import { PlaceMap } from "../shared/map/map";
import { Icon } from "../shared/ui/icon";
import { kindOf, opening, reasons } from "./sentences";
import { awayFrom, ground, pointed, result } from "./search";
import { RADII, go, view } from "./view";
import { MAP } from "./where";
import { t } from "./messages";

/** The distance that is offered nearest to this one. */
const offered = (metres: number): number => [...RADII].sort((a, b) => Math.abs(Math.log(a / metres)) - Math.abs(Math.log(b / metres)))[0] as number;

/** Distances that are drawn as rings, where they help. */
const RINGS = [100, 200, 500, 1000, 2000, 5000, 10_000];

/** `alone`: no list beside, so the chosen place says itself below. */
export function MapOfFound({ alone }: { alone: boolean }) {
  const { near, radius, chosen } = view.value;
  const venues = result.value?.venues;
  const around = ground.value;
  const [moved, setMoved] = useState<{ at: Point; shows: number }>();
  const pins = useMemo(() => (venues ?? []).map((venue, index) => ({ id: venue.id, at: fromGeoJson(venue.location), name: venue.name, rank: index + 1 })), [venues]);
  const dots = useMemo(() => {
    const pinned = new Set(pins.map(({ id }) => id));
    return (around?.dots ?? []).filter(({ id }) => !pinned.has(id)).map(({ at }) => at);
  }, [around, pins]);
  // The map shows what was found, not all of where was looked.
  const furthest = Math.max(0, ...(venues ?? []).map(({ distance_m }) => distance_m));
  const shows = venues?.length ? Math.min(radius, Math.max(120, furthest * 1.08)) : radius;
  const rings = [...RINGS.filter((metres) => metres >= shows / 6 && metres < Math.min(radius, shows * 2)), radius];
  if (!near) return null;
  const credit = (around?.sources ?? []).map((source) => t.source[source]).filter(Boolean).join(" · ");
  return (
    <section class="mapped-map" aria-label={t.map}>
      <PlaceMap
        words={{ map: t.mapOf, zoomIn: t.zoomIn, zoomOut: t.zoomOut, north: t.north }}
        centre={near}
        shows={shows}
        rings={rings}
        pins={pins}
        dots={dots}
        chosen={chosen}
        pointed={pointed.value}
        onChoose={(id) => go({ chosen: id }, true)}
        onPoint={(id) => (pointed.value = id)}
        onMoved={(at, shows) => setMoved({ at, shows })}
        credit={credit}
      />
      {moved && awayFrom(moved.at, moved.shows) && (
        <button
          type="button"
          class="button main search-here"
          onClick={() => {
            setMoved(undefined);
            go({ near: moved.at, at: MAP, radius: offered(moved.shows), chosen: undefined, details: false });
          }}
        >
          <Icon name="search" size={18} />{t.searchHere}
        </button>
      )}
      {alone && <Chosen />}
    </section>
  );
}

/** The chosen place below a map without a list. */
function Chosen() {
  const found = result.value;
  const venue = found?.venues.find(({ id }) => id === view.value.chosen);
  if (!found || !venue) return null;
  const [why] = reasons(venue.because, found.people);
  return (
    <div class="card chosen-card" role="status">
      <div class="grow">
        <h2 class="clip" dir="auto">{venue.name}</h2>
        <p class="small clip">{[kindOf(venue.kind), distance(venue.distance_m), opening(venue, found.local_time)].filter(Boolean).join(" · ")}</p>
        {why && <p class="small muted clip" dir="auto">{why}</p>}
      </div>
      <button type="button" class="button main mini" aria-label={fill(t.detailsOf, { name: venue.name })} aria-haspopup="dialog" onClick={() => go({ details: true })}>{t.details}</button>
    </div>
  );
}
