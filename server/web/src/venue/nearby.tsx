// Who nearby would like the place: counts in fives, by hour and by square, never persons.
import { useMemo } from "preact/hooks";
import { counted, fill, listed, number } from "../shared/messages";
import { Chart } from "../shared/chart/figure";
import { WeekHeat } from "../shared/chart/heat";
import { type Point, metres } from "../shared/map/geo";
import { PlaceMap } from "../shared/map/map";
import { Icon } from "../shared/ui/icon";
import { type Nearby, readNearby } from "./venue";
import { useReading } from "./reading";
import { hourOfWeek, hourSaid, nearbyOf, placeOf, strongest, trouble, weekOf } from "./sentences";
import { t } from "./messages";

export function NearbyCard({ venue, at }: { venue: string; at: Point }) {
  // Counted once a day.
  const { value, wrong, again } = useReading(venue, (signal) => readNearby(venue, signal), true);
  return (
    <article class="card answer">
      <h2>{t.nearAsk}</h2>
      {wrong && <p class="note warn" role="alert"><Icon name="warning" /><span>{trouble(wrong)} <button type="button" class="button mini" onClick={again}>{t.again}</button></span></p>}
      {!value && !wrong && <div class="skeleton waiting" />}
      {value && <Answer nearby={value} at={at} />}
      <p class="small muted foot">{t.nearNote}</p>
    </article>
  );
}

function Answer({ nearby, at }: { nearby: Nearby; at: Point }) {
  const { best_hour: best, like, matches } = nearby;
  const { values, of } = weekOf(nearby);
  const hoursSaid = strongest(values, of === "matches" ? t.nearHours : t.nearHoursPeople);
  const said = best && best.matches > 0 ? strongest(valuesOf(hourOfWeek(best), best.matches), t.best) : undefined;
  return (
    <>
      <div class="figure-row">
        {matches > 0 && <p class="figure num">{number(matches)}</p>}
        <div class="grow">
          <p class="figure-said">{nearbyOf(nearby)}</p>
          {said && <p class="small muted">{said}</p>}
          {like.length > 0 && <p class="small muted">{fill(t.nearLike, { genres: listed(like.slice(0, 4)) })}</p>}
        </div>
      </div>
      {nearby.hours.length > 0 && (
        <Chart
          title={hoursSaid}
          units={of === "matches" ? t.nearHoursUnits : t.nearHoursPeopleUnits}
          table={{ head: [t.hour, t.people, t.matches], rows: nearby.hours.map((hour) => [hourSaid(hourOfWeek(hour)), number(hour.people), number(hour.matches)]) }}
        >
          <WeekHeat values={values} label={hoursSaid} say={(value) => counted(value, t.hourSaid)} />
        </Chart>
      )}
      {nearby.cells.length > 0 && <Cells nearby={nearby} at={at} />}
    </>
  );
}

/** A week with one hour in it. */
const valuesOf = (at: number, value: number): number[] => Array.from({ length: 168 }, (_, hour) => (hour === at ? value : 0));

const degreesNorth = (metres: number): number => metres / 111_195;

/** The middle of squares, and the metres from it to the furthest side. */
function extent(cells: Nearby["cells"]): { centre: Point; shows: number } {
  const norths = cells.flatMap(({ lat, size_m }) => [lat - degreesNorth(size_m / 2), lat + degreesNorth(size_m / 2)]);
  const east = (cell: Nearby["cells"][number]) => degreesNorth(cell.size_m / 2) / Math.cos((cell.lat * Math.PI) / 180);
  const easts = cells.flatMap((cell) => [cell.lon - east(cell), cell.lon + east(cell)]);
  const [south, north, west, right] = [Math.min(...norths), Math.max(...norths), Math.min(...easts), Math.max(...easts)];
  const centre = { lat: (south + north) / 2, lon: (west + right) / 2 };
  return { centre, shows: Math.max(metres(centre, { ...centre, lat: north }), metres(centre, { ...centre, lon: right })) };
}

function Cells({ nearby: { cells }, at }: { nearby: Nearby; at: Point }) {
  const of = cells.some(({ matches }) => matches > 0) ? "matches" : "people";
  const ranked = useMemo(() => [...cells].sort((a, b) => b[of] - a[of] || b.people - a.people), [cells, of]);
  const most = Math.max(1, ...cells.map((cell) => cell[of]));
  const squares = useMemo(() => ranked.filter((cell) => cell[of] > 0).map((cell) => ({ at: cell, size: cell.size_m, level: cell[of] / most, text: number(cell[of]) })), [ranked, of, most]);
  const { centre, shows } = useMemo(() => extent(cells), [cells]);
  const first = ranked[0];
  return (
    <Chart
      title={first ? fill(t.cells, { where: placeOf(first, at) }) : ""}
      units={of === "matches" ? t.cellsUnits : t.cellsPeopleUnits}
      table={{ head: [t.square, t.people, t.matches], rows: ranked.map((cell) => [placeOf(cell, at), number(cell.people), number(cell.matches)]) }}
    >
      <div class="cells-map">
        <PlaceMap words={{ map: t.cellsMap, zoomIn: t.zoomIn, zoomOut: t.zoomOut, north: t.north }} centre={centre} shows={shows} ringed={at} rings={[1000]} cells={squares} still />
      </div>
    </Chart>
  );
}
