// The search request of a view: `GET /v1/{index}/search`, or, where neighbours of a vector are looked for, Azure's search.
import { type Call, VERSION } from "./call";
import { type Index, isCollection, marked, vectorFields } from "../index/definition";
import type { Plan } from "../results/facet-plan";
import { type Values, type View, byVector } from "../view";

/** Around what matched: characters for private use, which no text has for itself; the answer is cut there and never read as markup. */
export const PRE = "\uE000";
export const POST = "\uE001";

export interface Asking {
  call: Call;
  /** Facets whose counts must leave out the choice made in them: each another request. */
  apart: { field: string; call: Call }[];
  /** Characters put before the filter that was typed. */
  shift: number;
}

/** Values counted of a facet with many: those shown at once, and those to look through. */
const FIRST = 12;
const ALL = 1000;

export interface Shape {
  index: Index;
  plans: readonly Plan[];
  /** Facets that are looked through. */
  wide: ReadonlySet<string>;
  /** The vector to look near to. */
  vector?: readonly number[] | undefined;
}

export function asking(view: View, shape: Shape): Asking {
  const filters = clauses(view, shape);
  const make = (without?: string) => (byVector(view) ? vectorCall : textCall)(view, shape, filters.filter((one) => one.field !== without), without);
  return {
    call: make(),
    apart: filters.filter((one) => shape.plans.some((plan) => plan.field === one.field)).map(({ field }) => ({ field, call: make(field) })),
    shift: filters.length > 0 ? 1 : 0,
  };
}

interface Clause {
  field: string;
  text: string;
}

/** What is chosen in facets that only a filter can say. */
function clauses(view: View, shape: Shape): Clause[] {
  const ranges = Object.entries(view.range).map(([field, values]) => ({ field, text: any(values.map((value) => rangeClause(field, value))) }));
  const values = Object.entries(view.choose)
    .filter(([, values]) => byVector(view) || values.some((value) => value.includes("|")))
    .map(([field, values]) => ({ field, text: valueClause(shape.index, field, values) }));
  return [...ranges, ...values].filter((clause) => clause.text !== "");
}

const any = (parts: readonly string[]): string => (parts.length > 1 ? `(${parts.join(" or ")})` : (parts[0] ?? ""));
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function rangeClause(field: string, range: string): string {
  const [from, to] = range.split("..");
  return [from && `${field} ge ${from}`, to && `${field} lt ${to}`].filter(Boolean).join(" and ");
}

function valueClause(index: Index, path: string, values: readonly string[]): string {
  const field = index.fields.find((field) => field.path === path);
  const literal = (value: string) => (field && /String/.test(field.type) ? quoted(value) : value);
  const is = (name: string) => values.map((value) => `${name} eq ${literal(value)}`).join(" or ");
  if (field && isCollection(field) && field.within) return `${field.within}/any(x: x${path.slice(field.within.length)}/any(y: ${is("y")}))`;
  if (field?.within) return `${field.within}/any(x: ${is(`x${path.slice(field.within.length)}`)})`;
  if (field && isCollection(field)) return `${path}/any(x: ${is("x")})`;
  return any(values.map((value) => `${path} eq ${literal(value)}`));
}

function filterOf(view: View, more: readonly Clause[]): string {
  const typed = view.filter.trim() === "" ? [] : [more.length > 0 ? `(${view.filter})` : view.filter];
  return [...typed, ...more.map((clause) => clause.text)].join(" and ");
}

function facetsOf(view: View, { plans, wide }: Shape): string[] {
  return plans.map((plan) => {
    if (plan.kind === "ranges") return `${plan.field},values:${plan.bounds.join("|")}`;
    const all = plan.few || wide.has(plan.field) || plan.field in view.choose;
    return `${plan.field},count:${plan.few ? 60 : all ? ALL : FIRST}`;
  });
}

const chosenInWords = (choose: Values, done: readonly Clause[]): [string, string][] =>
  Object.entries(choose).filter(([field]) => !done.some((clause) => clause.field === field)).map(([field, values]) => [field, `${field}:${values.join("|")}`]);

/** `without` is the field whose counts alone are wanted, as if nothing were chosen in it. */
function textCall(view: View, shape: Shape, filters: readonly Clause[], without?: string): Call {
  const query: [string, string][] = [];
  const put = (name: string, value: string) => value !== "" && query.push([name, value]);
  put("q", view.q);
  if (view.syntax !== "lucene") put("syntax", view.syntax);
  if (view.mode !== "any") put("mode", view.mode);
  put("fields", view.fields);
  put("filter", filterOf(view, filters));
  const done = without === undefined ? filters : [...filters, { field: without, text: "" }];
  for (const [, choice] of chosenInWords(view.choose, done)) put("choose", choice);
  if (without !== undefined) {
    put("top", "0");
    put("count", "false");
    put("did_you_mean", "false");
    put("facet", facetsOf(view, { ...shape, plans: shape.plans.filter((plan) => plan.field === without) }).join());
  } else {
    put("sort", view.sort);
    put("select", view.select);
    put("top", String(view.shown));
    for (const facet of facetsOf(view, shape)) put("facet", facet);
    put("highlight", view.q.trim() && view.q.trim() !== "*" ? marked(shape.index).join(",") : "");
    if (view.explain) put("explain", "true");
    if (view.tasteOf.trim() && shape.index.name === "songs") {
      put("tasteOf", view.tasteOf.replaceAll(/\s/g, ""));
      put("tasteWeight", String(view.tasteWeight));
    }
  }
  return { method: "GET", path: `/v1/${encodeURIComponent(shape.index.name)}/search`, query };
}

function vectorCall(view: View, shape: Shape, filters: readonly Clause[], without?: string): Call {
  const text = view.q.trim() !== "" && view.q.trim() !== "*";
  const body: Record<string, unknown> = { count: true };
  if (text) Object.assign(body, { search: view.q, queryType: view.syntax === "simple" ? "simple" : "full", searchMode: view.mode });
  if (text && view.fields) body.searchFields = view.fields;
  const filter = filterOf(view, filters);
  if (filter) body.filter = filter;
  if (without === undefined) {
    if (view.sort) body.orderby = view.sort.replaceAll(/\bscore\b/g, "search.score()");
    if (view.select) body.select = view.select;
    body.top = view.shown;
    if (text) body.highlight = marked(shape.index).join(",");
  } else {
    body.top = 0;
  }
  const plans = without === undefined ? shape.plans : shape.plans.filter((plan) => plan.field === without);
  if (plans.length > 0) body.facets = facetsOf(view, { ...shape, plans });
  const fields = view.vectorField || (vectorFields(shape.index)[0]?.path ?? "");
  body.vectorQueries = [{ kind: "vector", vector: shape.vector ?? [], fields, k: view.k, ...(view.exhaustive ? { exhaustive: true } : {}) }];
  return { method: "POST", path: `/indexes/${encodeURIComponent(shape.index.name)}/docs/search`, query: [["api-version", VERSION]], body, key: true };
}

/** The same request with marks that can be told from text. */
export function withMarks(call: Call): Call {
  if (call.body) return call.body.highlight ? { ...call, body: { ...call.body, highlightPreTag: PRE, highlightPostTag: POST } } : call;
  return call.query.some(([name]) => name === "highlight") ? { ...call, query: [...call.query, ["highlight_pre", PRE], ["highlight_post", POST]] } : call;
}
