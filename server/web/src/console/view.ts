// What the console shows, kept in the address: a link reproduces the view, and going back undoes a step.
import { signal } from "@preact/signals";

export type Tab = "search" | "definition" | "analyze" | "suggest";
export type Values = Readonly<Record<string, readonly string[]>>;

export interface View {
  index: string;
  tab: Tab;
  q: string;
  syntax: "lucene" | "simple";
  mode: "any" | "all";
  fields: string;
  filter: string;
  sort: string;
  /** Fields of the documents that are returned; all when empty. */
  select: string;
  /** Values chosen of facets, by field. */
  choose: Values;
  /** Ranges chosen of facets, by field: `from..to`, without `to` itself; either end may be open. */
  range: Values;
  /** Hits asked for. */
  shown: number;
  explain: boolean;
  /** Users, separated by commas, whose taste the songs are ranked by. */
  tasteOf: string;
  tasteWeight: number;
  /** The key of a document whose stored vector is looked for. */
  like: string;
  /** A vector as numbers separated by commas. */
  vector: string;
  vectorField: string;
  k: number;
  exhaustive: boolean;
  /** The key of the hit that is expanded. */
  open: string;
  /** What is looked for in the definition. */
  find: string;
  /** The text given to an analyzer or a suggester. */
  text: string;
  analyzer: string;
  suggester: string;
  fuzzy: boolean;
  terms: "oneTerm" | "twoTerms" | "oneTermWithContext";
}

/** Hits of a page. */
export const PAGE = 20;

const EMPTY: View = {
  index: "songs", tab: "search", q: "", syntax: "lucene", mode: "any", fields: "", filter: "", sort: "", select: "", choose: {}, range: {}, shown: PAGE,
  explain: false, tasteOf: "", tasteWeight: 0.5, like: "", vector: "", vectorField: "", k: 10, exhaustive: false, open: "",
  find: "", text: "", analyzer: "", suggester: "", fuzzy: false, terms: "oneTerm",
};

/** What belongs to one index and is left behind when another is picked. */
const OF_INDEX: Partial<View> = { fields: "", filter: "", sort: "", select: "", choose: {}, range: {}, shown: PAGE, tasteOf: "", like: "", vector: "", vectorField: "", open: "", analyzer: "", suggester: "" };

const TEXTS = ["index", "q", "fields", "filter", "sort", "select", "tasteOf", "like", "vector", "vectorField", "open", "find", "text", "analyzer", "suggester"] as const;
const FLAGS = ["explain", "exhaustive", "fuzzy"] as const;
const NUMBERS = { shown: [1, 1000], tasteWeight: [0, 1], k: [1, 1000] } as const;
const WORDS = {
  tab: ["search", "definition", "analyze", "suggest"],
  syntax: ["lucene", "simple"],
  mode: ["any", "all"],
  terms: ["oneTerm", "twoTerms", "oneTermWithContext"],
} as const;

/** The view that an address names; what it says wrongly is as if it were not said. */
export function read(search: string): View {
  const said = new URLSearchParams(search);
  const view: Record<string, unknown> = { ...EMPTY };
  for (const name of TEXTS) view[name] = said.get(name) ?? EMPTY[name];
  for (const name of FLAGS) view[name] = said.get(name) === "true";
  for (const [name, [least, most]] of Object.entries(NUMBERS)) {
    const number = Number(said.get(name) ?? Number.NaN);
    if (Number.isFinite(number)) view[name] = Math.min(most, Math.max(least, number));
  }
  for (const [name, known] of Object.entries(WORDS)) {
    const word = said.get(name);
    if (word && (known as readonly string[]).includes(word)) view[name] = word;
  }
  return { ...(view as unknown as View), choose: pairs(said.getAll("choose")), range: pairs(said.getAll("range")) };
}

/** The query string of a view: what is usual is left out. `lang` and `dir`, which belong to every page, stay. */
export function written(view: View, before = ""): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(view)) {
    if (typeof value === "object") for (const [field, values] of Object.entries(value as Values)) for (const one of values) out.append(name, `${field}:${one}`);
    else if (name === "index" || value !== EMPTY[name as keyof View]) out.set(name, String(value));
  }
  const old = new URLSearchParams(before);
  for (const name of ["lang", "dir"]) if (old.has(name)) out.set(name, old.get(name) ?? "");
  return `?${out}`;
}

function pairs(texts: readonly string[]): Values {
  const out: Record<string, string[]> = {};
  for (const text of texts) {
    const at = text.indexOf(":");
    if (at > 0) (out[text.slice(0, at)] ??= []).push(text.slice(at + 1));
  }
  return out;
}

export const view = signal<View>(read(location.search));

/** Shows something else. A step of its own is one that going back undoes; `replace` is part of the step before. */
export function go(change: Partial<View>, { replace = false } = {}): void {
  const now = view.peek();
  const next = { ...now, ...(change.index && change.index !== now.index ? OF_INDEX : {}), ...change };
  const address = written(next, location.search);
  view.value = next;
  if (address === location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", `${location.pathname}${address}`);
}

/** The address of another view, for links. */
export const address = (change: Partial<View>): string => {
  const now = view.value;
  return written({ ...now, ...(change.index && change.index !== now.index ? OF_INDEX : {}), ...change }, location.search);
};

/** The focus of what is about to go away moves to the number of hits. */
export function toFound(): void {
  requestAnimationFrame(() => document.getElementById("found")?.focus({ preventScroll: true }));
}

/** A press on a link to another view of the console, which needs no new page unless a new tab is wanted. */
export function follow(event: MouseEvent, change: Partial<View>): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(change);
}

addEventListener("popstate", () => (view.value = read(location.search)));

/** Puts a value of a field in or out. */
export function toggled(values: Values, field: string, value: string): Values {
  const { [field]: before = [], ...others } = values;
  const after = before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
  return after.length > 0 ? { ...others, [field]: after } : others;
}

/** Whether nothing is asked for yet. */
export const asksNothing = (v: View): boolean =>
  !v.q.trim() && !v.filter.trim() && !v.tasteOf && !v.like && !v.vector && Object.keys(v.choose).length === 0 && Object.keys(v.range).length === 0;

/** Whether neighbours of a vector are looked for. */
export const byVector = (v: View): boolean => v.like !== "" || v.vector.trim() !== "";
