// What is looked for, kept in the address: a link shows the same, and the browser's way back works.
import { signal } from "@preact/signals";
import { type Point, pointOf, written } from "../shared/map/geo";

export type Whom = "me" | "anybody" | { code: string };
export type Combine = "average" | "least_misery";
export type Shown = "list" | "map";
/** How full a place should be, as the server takes it: 0 empty, 1 full. */
export const CROWDS = { quiet: 0.1, lively: 0.5, packed: 0.9 } as const;
export type Crowd = keyof typeof CROWDS;
/** Metres around that are offered. */
export const RADII = [500, 1000, 2000, 3000, 5000, 10_000] as const;
export const RADIUS = 2000;
/** Places that are asked for at first. */
export const FIRST = 20;

export interface View {
  near: Point | undefined;
  /** What the point is called: a city, a venue; `me` for one's own position, `map` for where the map was. */
  at: string;
  radius: number;
  whom: Whom | undefined;
  combine: Combine;
  open: boolean;
  kinds: string[];
  crowd: Crowd | undefined;
  shown: Shown;
  /** How many places. */
  k: number;
  /** The chosen place. */
  chosen: string | undefined;
  /** Its details are open. */
  details: boolean;
}

function read(): View {
  const query = new URLSearchParams(location.search);
  const radius = Number(query.get("radius"));
  const crowd = query.get("crowd");
  const k = Number(query.get("k"));
  return {
    near: pointOf(query.get("near")),
    at: query.get("at") ?? "",
    radius: Number.isInteger(radius) && radius > 0 && radius <= 100_000 ? radius : RADIUS,
    whom: whomOf(query.get("for")),
    combine: query.get("combine") === "least_misery" ? "least_misery" : "average",
    open: query.get("open") === "1",
    kinds: (query.get("kind") ?? "").split(",").filter(Boolean),
    crowd: crowd !== null && crowd in CROWDS ? (crowd as Crowd) : undefined,
    shown: query.get("view") === "map" ? "map" : "list",
    k: Number.isInteger(k) && k > 0 && k <= 100 ? k : FIRST,
    chosen: query.get("venue") ?? undefined,
    details: query.has("details"),
  };
}

function whomOf(text: string | null): Whom | undefined {
  if (text === null || text === "") return undefined;
  return text === "me" || text === "anybody" ? text : { code: text.toUpperCase() };
}

function address(view: View): string {
  // What others put into the address, such as the language, stays.
  const query = new URLSearchParams(location.search);
  const put = (name: string, value: string | undefined | false) => (value ? query.set(name, value) : query.delete(name));
  put("near", view.near && written(view.near));
  put("at", view.near && view.at);
  put("radius", view.radius !== RADIUS && String(view.radius));
  put("for", typeof view.whom === "object" ? view.whom.code : view.whom);
  put("combine", view.combine !== "average" && view.combine);
  put("open", view.open && "1");
  put("kind", view.kinds.join(","));
  put("crowd", view.crowd);
  put("view", view.shown !== "list" && view.shown);
  put("k", view.k !== FIRST && String(view.k));
  put("venue", view.chosen);
  put("details", view.details && "1");
  const text = query.toString().replaceAll("%2C", ",");
  return text ? `${location.pathname}?${text}` : location.pathname;
}

export const view = signal<View>(read());
addEventListener("popstate", () => {
  view.value = read();
});

/** Changes the view; a new step of the history unless `quiet`. */
export function go(change: Partial<View>, quiet = false): void {
  const next = { ...view.value, ...change };
  const to = address(next);
  if (to !== location.pathname + location.search) history[quiet ? "replaceState" : "pushState"](history.state, "", to);
  view.value = next;
}

/** Filters that are on. */
export const filters = ({ open, kinds, crowd }: View): number => Number(open) + kinds.length + Number(crowd !== undefined);
