// Sentences said from the numbers of a house.
import type { ApiError } from "../shared/api";
import { type Point, metres } from "../shared/map/geo";
import { dayName, hourName } from "../shared/chart/heat";
import { counted, dayOf, distance, fill, listed, number, percent } from "../shared/messages";
import type { Day, House, Hour, Nearby, Share, Square, Songs } from "./venue";
import { t } from "./messages";

export const kindOf = (kind: string | undefined): string => (kind ? (t.kinds[kind] ?? kind.replaceAll("_", " ")) : "");

/** A refusal in words. */
export function trouble(error: ApiError): string {
  if (error.status === 0) return t.offline;
  if (error.status === 429) return t.tooMany;
  if (error.status === 503) return t.busy;
  if (error.code === "NOT_TRAINED") return t.untrained;
  return fill(t.failed, { message: error.message });
}

export function fitOf({ fit, present, least, taste }: House): string {
  if (present < least) return fill(t.fitFew, { least });
  if (fit === null) return taste.house.length === 0 ? t.fitUnknown : fill(t.fitFew, { least });
  return fit >= 0.7 ? t.fitGreat : fit >= 0.57 ? t.fitGood : fit >= 0.45 ? t.fitEven : t.fitPoor;
}

/** The share of a genre; one that is not listed has at most the smallest that is. */
export const shareOf = (shares: readonly Share[], genre: string): number => shares.find((one) => one.genre === genre)?.share ?? Math.min(1, ...shares.map(({ share }) => share));

/** What is heard usually and what tonight leans to, in a sentence. */
export function genresOf({ house, evening }: House["taste"]): string {
  const usual = listed(house.slice(0, 2).map(({ genre }) => genre));
  if (!evening) return fill(t.genresHouse, { house: usual });
  const more = evening.map(({ genre, share }) => ({ genre, by: share - shareOf(house, genre) })).sort((a, b) => b.by - a.by)[0];
  if (!more || more.by < 0.01) return fill(t.genresSame, { house: usual });
  const already = house.slice(0, 2).some(({ genre }) => genre === more.genre);
  return fill(already ? t.genresMore : t.genresBoth, { house: usual, evening: more.genre });
}

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/** The number of an hour in the week, from Monday 00:00. */
export const hourOfWeek = ({ day, hour }: Pick<Hour, "day" | "hour">): number => DAYS.indexOf(day) * 24 + hour;
const when = (at: number) => ({ day: dayName(Math.floor(at / 24)), hour: hourName(at % 24) });
/** "Friday, 21:00". */
export const hourSaid = (at: number): string => `${when(at).day}, ${when(at).hour}`;

export function nearbyOf({ people, matches }: Nearby): string {
  if (people === 0) return t.nearNone;
  return matches === 0 ? fill(t.nearFewMatch, { people: number(people) }) : fill(t.nearMany, { matches: number(matches), people: number(people) });
}

/** The hours of the week as 168 numbers: who would like it, or, where nobody would, who is near. */
export function weekOf({ hours }: Nearby): { values: number[]; of: "matches" | "people" } {
  const of = hours.some(({ matches }) => matches > 0) ? "matches" : "people";
  const values = new Array<number>(168).fill(0);
  for (const hour of hours) values[hourOfWeek(hour)] = hour[of];
  return { values, of };
}

/** Hours of equal strength from which none is named by itself. */
const EVEN = 4;
/** Part of the strongest from which an hour or a day counts as strong too. */
const STRONG = 0.8;

/** Which hours and days are strong where many are: "from 19:00 to 24:00, on Friday and Saturday". */
function broadly(values: readonly number[]): string {
  const sum = (of: (at: number) => boolean) => values.reduce((total, value, at) => (of(at) ? total + value : total), 0);
  const strong = (sums: number[]) => sums.map((value) => value >= STRONG * Math.max(...sums));
  const hours = strong(Array.from({ length: 24 }, (_, hour) => sum((at) => at % 24 === hour)));
  const days = strong(Array.from({ length: 7 }, (_, day) => sum((at) => Math.floor(at / 24) === day)));
  const from = hours.findIndex((is, hour) => is && !hours[(hour + 23) % 24]);
  if (from < 0) return t.noPeak;
  let to = from;
  while (hours[to % 24]) to++;
  const named = days.flatMap((is, day) => (is ? [dayName(day)] : []));
  const gaps = { from: hourName(from), to: hourName(to % 24), days: listed(named) };
  return fill(named.length > 4 ? t.broad : t.broadDays, gaps);
}

/** A sentence about the strongest hour, with `{day}`, `{hour}` and `{n}`; about a span of hours where many are as strong. */
export function strongest(values: readonly number[], text: string): string {
  const most = Math.max(...values);
  if (values.filter((value) => value === most).length > EVEN) return broadly(values);
  const at = values.indexOf(most);
  return fill(text, { ...when(at), n: number(values[at] ?? 0) });
}

/** Where a square is, seen from the house: "300 m north-east". */
export function placeOf(square: Square, house: Point): string {
  const away = metres(house, square);
  if (away < square.size_m / 2) return t.cellHere;
  const north = square.lat - house.lat;
  const east = (square.lon - house.lon) * Math.cos((house.lat * Math.PI) / 180);
  const eighth = Math.round((Math.atan2(east, north) / (2 * Math.PI)) * 8 + 8) % 8;
  return fill(t.cellAt, { distance: distance(away), direction: t.directions[eighth] ?? "" });
}

/** The start of a day as Unix seconds, in the reader's own zone, so that it is written as that day. */
export const secondsOf = (day: string): number => new Date(`${day}T00:00`).getTime() / 1000;
export const writeDay = (day: string): string => dayOf(secondsOf(day) * 1000);

export function visitsOf(days: readonly Day[]): string {
  const all = days.reduce((sum, { visits }) => sum + visits, 0);
  const most = days.reduce((best, day) => (day.visits > best.visits ? day : best));
  if (all === 0) return fill(t.visitsNone, { days: days.length });
  const average = all / days.length;
  return fill(t.visits, { average: number(average < 10 ? Math.round(average * 10) / 10 : Math.round(average)), day: writeDay(most.day), most: number(most.visits) });
}

export function fitOverOf(days: readonly Day[], least: number): string {
  const known = days.filter((day): day is Day & { fit: number } => day.fit !== null);
  if (known.length === 0) return fill(t.fitOverNone, { least });
  const best = known.reduce((a, b) => (b.fit > a.fit ? b : a));
  return fill(t.fitOver, { average: percent(known.reduce((sum, { fit }) => sum + fit, 0) / known.length), day: writeDay(best.day), best: percent(best.fit) });
}

export const effectSaid = ({ left, of }: Songs): string => (left === of ? counted(of, t.removesNone) : fill(t.removes, { removed: number(of - left), of: number(of) }));
