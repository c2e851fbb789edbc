// The search itself: asks when the view changes, gives up older requests, and keeps the last answer while the next is on its way.
import { effect, signal } from "@preact/signals";
import { ApiError } from "../../shared/api";
import { apiKey } from "../../shared/key";
import { type Call, type Received, send } from "./call";
import { type Definition, type Index, indexOf, keyField, vectorFields } from "../index/definition";
import { type Bucket, type Plan, plansOf } from "../results/facet-plan";
import { type Asking, asking, withMarks } from "./request";
import { PAGE, type View, byVector, view } from "../view";

export interface Explanation {
  description: string;
  value: number;
  details?: Explanation[];
}

export interface Hit {
  key: string;
  score: number;
  document: Record<string, unknown>;
  highlights?: Record<string, string[]>;
  explanation?: Explanation;
  taste?: number | null;
  rank?: number;
}

export interface Answer {
  total?: number;
  hits: Hit[];
  facets?: { field: string; buckets: Bucket[] }[];
  next?: string;
  did_you_mean?: string;
  warnings?: string[];
  took_ms?: number;
}

export interface Shown {
  index: Index;
  plans: readonly Plan[];
  view: View;
  /** As it may be copied. */
  call: Call;
  answer: Answer;
  /** As it came. */
  raw: unknown;
  bytes: number;
  ms: number;
}

export interface Mistake {
  error: ApiError;
  /** What was refused, if it was sent at all. */
  call: Call | undefined;
  /** Characters that were put before the filter. */
  shift: number;
  view: View;
}

export const indexes = signal<{ name: string; documents: number }[]>([]);
export const shown = signal<Shown | undefined>(undefined);
export const mistake = signal<Mistake | undefined>(undefined);
export const busy = signal(false);
/** Facets that are looked through. */
export const wide = signal<ReadonlySet<string>>(new Set());
/** The index of the view, once its definition is known. */
export const index = signal<Index | undefined>(undefined);
export const plans = signal<readonly Plan[]>([]);

const known = new Map<string, Promise<{ index: Index; plans: Plan[] }>>();

/** Reads the definition and plans the facets, once for each index. */
function about(name: string): Promise<{ index: Index; plans: Plan[] }> {
  let there = known.get(name);
  if (!there) {
    there = send<{ name: string; documents: number; bytes: number; definition: Definition }>({ method: "GET", path: `/v1/${encodeURIComponent(name)}`, query: [] })
      .then(async ({ value }) => ({ index: indexOf(value), plans: await plansOf(indexOf(value)) }));
    there.catch(() => known.delete(name));
    known.set(name, there);
  }
  return there;
}

/** Reads the list of indexes again. */
export async function list(): Promise<void> {
  const { value } = await send<{ indexes: { name: string; documents: number }[] }>({ method: "GET", path: "/v1", query: [] });
  indexes.value = value.indexes;
}

let running: AbortController | undefined;

/** Asks for what the view shows. */
async function search(now: View): Promise<void> {
  running?.abort();
  const mine = (running = new AbortController());
  busy.value = true;
  let shift = 0;
  let call: Call | undefined;
  try {
    const there = await about(now.index);
    if (mine.signal.aborted) return;
    if (index.peek()?.name !== there.index.name) wide.value = new Set();
    index.value = there.index;
    plans.value = there.plans;
    if (byVector(now) && !apiKey.peek()) throw new ApiError(401, "NeedsKey", "");
    const vector = byVector(now) ? await vectorOf(now, there.index, mine.signal) : undefined;
    const asked = asking(now, { ...there, wide: wide.peek(), vector });
    shift = asked.shift;
    call = asked.call;
    // What is wrong with the request is said of the main one.
    const [main, ...apart] = await Promise.all([answered(asked, now, mine.signal), ...asked.apart.map((one) => send<unknown>(one.call, { key: apiKey.peek(), signal: mine.signal }).catch(() => undefined))]);
    const answer = main.answer;
    for (const [at, { field }] of asked.apart.entries()) {
      const other = apart[at];
      const counted = other && understood(other.value, there.index).facets?.find((facet) => facet.field === field);
      if (counted) answer.facets = (answer.facets ?? []).map((facet) => (facet.field === field ? counted : facet));
    }
    if (mine.signal.aborted) return;
    shown.value = { index: there.index, plans: there.plans, view: now, call: asked.call, answer, raw: main.raw, bytes: main.bytes, ms: main.ms };
    mistake.value = undefined;
  } catch (error) {
    if (mine.signal.aborted) return;
    mistake.value = { error: error instanceof ApiError ? error : new ApiError(0, "PAGE", String(error)), call, shift, view: now };
    if (shown.peek()?.view.index !== now.index) shown.value = undefined;
  } finally {
    if (running === mine) busy.value = false;
  }
}

interface Main {
  answer: Answer;
  raw: unknown;
  bytes: number;
  ms: number;
}

/** The next page is added to those that are there; everything else is asked for as a whole. */
async function answered(asked: Asking, now: View, signal: AbortSignal): Promise<Main> {
  const before = shown.peek();
  const next = before?.answer.next;
  const more = before && next && !asked.call.body && now.shown === before.view.shown + PAGE && question({ ...now, shown: PAGE }) === question({ ...before.view, shown: PAGE });
  const call = more ? { ...asked.call, query: [...asked.call.query.map(([name, value]) => [name, name === "top" ? String(PAGE) : value] as const), ["cursor", next] as const] } : asked.call;
  const received: Received<unknown> = await send<unknown>(withMarks(call), { key: apiKey.peek(), signal });
  const answer = understood(received.value, indexOfView());
  if (more) answer.hits = [...before.answer.hits, ...answer.hits];
  return { answer, raw: received.value, bytes: received.bytes, ms: received.ms };
}

function indexOfView(): Index {
  const there = index.peek();
  if (!there) throw new Error("no index");
  return there;
}

/** An answer of either API. */
function understood(value: unknown, of: Index): Answer {
  const answer = value as Record<string, unknown>;
  if (Array.isArray(answer.hits)) return { ...(value as Answer) };
  const hits = (answer.value as Record<string, unknown>[]).map((found) => {
    const { "@search.score": score, "@search.highlights": highlights, "@search.rerankerScore": _, ...document } = found;
    return { key: String(document[keyField(of)] ?? ""), score: Number(score), document, highlights: (highlights ?? {}) as Record<string, string[]> };
  });
  const facets = Object.entries((answer["@search.facets"] ?? {}) as Record<string, Bucket[]>).map(([field, buckets]) => ({ field, buckets }));
  return { total: answer["@odata.count"] as number, hits, facets };
}

async function vectorOf(now: View, of: Index, signal: AbortSignal): Promise<number[]> {
  if (!now.like) return numbersIn(now.vector);
  const field = now.vectorField || (vectorFields(of)[0]?.path ?? "");
  const { value } = await send<Record<string, unknown>>({ method: "GET", path: `/v1/${encodeURIComponent(of.name)}/documents/${encodeURIComponent(now.like)}`, query: [] }, { signal });
  const vector = value[field];
  if (!Array.isArray(vector)) throw new ApiError(404, "NoVector", "");
  return vector.map(Number);
}

/** Numbers in a text, however they are separated. */
export const numbersIn = (text: string): number[] => text.split(/[\s,;[\]]+/).filter(Boolean).map(Number);

/** What of a view decides what is found. */
export function question(v: View): string {
  const { index, q, syntax, mode, fields, filter, sort, select, choose, range, shown, explain, tasteOf, tasteWeight, like, vector, vectorField, k, exhaustive } = v;
  return JSON.stringify([index, q, syntax, mode, fields, filter, sort, select, choose, range, shown, explain, tasteOf, tasteOf && tasteWeight, like, vector, ...(like || vector ? [vectorField, k, exhaustive] : [])]);
}

/** Searches now and whenever the question, the key or the facets looked through change. */
export function begin(): void {
  list().catch(() => undefined);
  let last = "";
  effect(() => {
    const now = view.value;
    const asked = `${question(now)} ${[...wide.value].join()} ${byVector(now) ? apiKey.value : ""}`;
    if (asked === last) return;
    last = asked;
    void search(now);
  });
}

/** Asks the same once more. */
export const again = (): void => {
  known.delete(view.peek().index);
  void search(view.peek());
};
