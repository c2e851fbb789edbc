// Which facets an index is looked through by: chosen from its definition and from what its documents hold, once for each index.
import { send } from "../request/call";
import { type FlatField, type Index, isCollection, isNumber, keyField, titleField, valueAt } from "../index/definition";

export interface Bucket {
  value?: string | number | boolean;
  from?: string | number | null;
  to?: string | number | null;
  count: number;
}

export interface Plan {
  field: string;
  kind: "values" | "ranges";
  type: string;
  many: boolean;
  within: string | undefined;
  /** All values over the whole index when there are few, the most frequent otherwise. */
  all: Bucket[];
  /** Whether `all` is all. */
  few: boolean;
  bounds: readonly (string | number)[];
}

/** Values of a field that are few enough to be counted and shown all. */
const FEW = 60;
/** Facets that are shown. */
const MOST = 12;

interface Found {
  hits: { document: Record<string, unknown> }[];
  facets?: { field: string; buckets: Bucket[] }[];
}

/** Plans the facets of an index. */
export async function plansOf(index: Index): Promise<Plan[]> {
  const facetable = index.fields.filter((field) => field.facetable && field.path !== keyField(index) && field.path !== titleField(index) && !/(^|[/_])ids?$/.test(field.path)).slice(0, 30);
  const ranged = facetable.filter((field) => (isNumber(field) || field.type === "Edm.DateTimeOffset") && field.sortable && !field.within);
  const valued = facetable.filter((field) => !ranged.includes(field) && !/Geography|DateTimeOffset/.test(field.type));
  const [values, ranges] = await Promise.all([byValues(index, valued), Promise.all(ranged.map((field) => byRanges(index, field)))]);
  const few = values.filter((plan) => plan.few);
  const many = values.filter((plan) => !plan.few);
  return [...few, ...distinct(ranges.filter((plan) => plan !== undefined)), ...many].slice(0, MOST);
}

/** A date whose years another field has as numbers is no facet of its own. */
function distinct(plans: readonly Plan[]): Plan[] {
  const years = plans.filter((plan) => plan.type !== "Edm.DateTimeOffset").map((plan) => plan.bounds.join());
  return plans.filter((plan) => plan.type !== "Edm.DateTimeOffset" || !years.includes(plan.bounds.map((bound) => new Date(bound).getUTCFullYear()).join()));
}

async function byValues(index: Index, fields: readonly FlatField[]): Promise<Plan[]> {
  if (fields.length === 0) return [];
  const query = [["top", "0"], ...fields.map((field) => ["facet", `${field.path},count:${FEW + 1}`])] as [string, string][];
  const { value } = await send<Found>({ method: "GET", path: `/v1/${encodeURIComponent(index.name)}/search`, query });
  const seen = new Set<string>();
  return fields.flatMap((field, at) => {
    const buckets = value.facets?.[at]?.buckets ?? [];
    const most = Math.max(0, ...buckets.map((bucket) => bucket.count));
    // One value for all, or another for each, tells documents apart no better than none; a field that repeats another adds nothing.
    const same = JSON.stringify(buckets.slice(0, 6));
    const useless = buckets.length < 2 || (most < 2 && buckets.length > 8) || seen.has(same);
    if (useless) return [];
    seen.add(same);
    const few = buckets.length <= FEW;
    return [{ field: field.path, kind: "values" as const, type: field.type, many: isCollection(field), within: field.within, all: few ? buckets : [], few, bounds: [] }];
  });
}

async function byRanges(index: Index, field: FlatField): Promise<Plan | undefined> {
  const end = async (sort: string) => {
    const query = [["top", "1"], ["count", "false"], ["select", field.path], ["filter", `${field.path} ne null`], ["sort", sort]] as const;
    const { value } = await send<Found>({ method: "GET", path: `/v1/${encodeURIComponent(index.name)}/search`, query });
    return valueAt(value.hits[0]?.document ?? {}, field.path) as string | number | null | undefined;
  };
  const [least, most] = await Promise.all([end(field.path), end(`${field.path} desc`)]);
  if (least == null || most == null || least === most) return undefined;
  const bounds = field.type === "Edm.DateTimeOffset" ? dates(String(least), String(most)) : await spread(index, field, Number(least), Number(most));
  return { field: field.path, kind: "ranges", type: field.type, many: false, within: undefined, all: [], few: true, bounds };
}

/** Part of the documents in one range from which ranges of even width tell little. */
const CROWDED = 0.7;

/** Ranges of even width; where nearly all would be in one of them, each ten times as wide as the one before. */
async function spread(index: Index, field: FlatField, least: number, most: number): Promise<number[]> {
  const even = numbers(least, most, field.path);
  if (least < 0 || most < 1000) return even;
  const query = [["top", "0"], ["count", "false"], ["facet", `${field.path},values:${even.join("|")}`]] as const;
  const { value } = await send<Found>({ method: "GET", path: `/v1/${encodeURIComponent(index.name)}/search`, query });
  const counts = (value.facets?.[0]?.buckets ?? []).map((bucket) => bucket.count);
  return Math.max(...counts) > CROWDED * counts.reduce((sum, count) => sum + count, 0) ? powers(least, most) : even;
}

/** Powers of ten around two numbers of at least 0. */
export function powers(least: number, most: number): number[] {
  const out = least < 1 ? [0] : [];
  for (let power = Math.max(0, Math.floor(Math.log10(Math.max(1, least)))); (out.at(-1) ?? 0) <= most; power++) out.push(10 ** power);
  return out;
}

/** Round numbers, about eight of them, from at most `least` to more than `most`. */
export function numbers(least: number, most: number, path = ""): number[] {
  const span = most - least;
  const steps = path.endsWith("_ms") ? [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 86_400].map((seconds) => seconds * 1000) : undefined;
  const step = steps?.find((step) => span / step <= 9) ?? roundStep(span / 8);
  const out = [Math.floor(least / step) * step];
  while ((out.at(-1) ?? 0) <= most) out.push(tidy((out[0] ?? 0) + out.length * step));
  return out;
}

function roundStep(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  return ([1, 2, 5, 10].find((factor) => factor * power >= width) ?? 10) * power;
}

/** Without the digits that adding fractions leaves. */
const tidy = (value: number): number => Number(value.toPrecision(12));

/** First days of decades, years or months. */
export function dates(least: string, most: string): string[] {
  const [from, to] = [new Date(least), new Date(most)];
  const years = to.getUTCFullYear() - from.getUTCFullYear();
  const months = years * 12 + to.getUTCMonth() - from.getUTCMonth();
  const step = months <= 12 ? 1 : months <= 48 ? 6 : years <= 12 ? 12 : years <= 30 ? 60 : years <= 120 ? 120 : 1200;
  const first = from.getUTCFullYear() * 12 + from.getUTCMonth();
  const out: string[] = [];
  for (let month = Math.floor(first / step) * step; ; month += step) {
    const date = new Date(0);
    date.setUTCFullYear(Math.floor(month / 12), month % 12, 1);
    out.push(date.toISOString().replace(".000Z", "Z"));
    if (date > to) return out;
  }
}
