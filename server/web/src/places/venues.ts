// Venues as the server gives them, and the questions this page asks about them.
import { ApiError, ask, path } from "../shared/api";
import { type GeoJsonPoint, type Point, fromGeoJson, middle, written } from "../shared/map/geo";
import { CROWDS, type View } from "./view";

/** A venue as the index and recommendations both have it. */
interface Place {
  id: string;
  name: string;
  kind?: string;
  city?: string;
  genres?: string[];
  opening_hours?: string;
  location: GeoJsonPoint;
}

/** A venue with why it is recommended. */
export interface Found extends Place {
  distance_m: number;
  open: "open" | "closed" | "unknown";
  /** Local time, as 2026-11-25T23:00. */
  open_until: string | null;
  crowd: number | null;
  new_to_you: number;
  because: string[];
}

/** A venue of the index. */
export interface Venue extends Place {
  address?: { street?: string; district?: string; postcode?: string };
  source?: string;
}

export interface Answer {
  venues: Found[];
  /** Those of whom nothing is known. */
  unknown: string[];
  local_time?: string;
}

interface Searched {
  total: number;
  hits: { key: string; document: Venue }[];
  facets?: { field: string; buckets: { value: string; count: number }[] }[];
}

/** Venues around, the best first, for these people; for anybody without. */
export function recommended(view: View, near: Point, people: readonly string[], signal: AbortSignal): Promise<Answer> {
  const { radius, k, kinds, open, crowd, combine } = view;
  return ask<Answer>(
    path("/v1/venues/recommendations", {
      near: written(near),
      radius,
      k,
      kind: kinds.join(","),
      open,
      crowd: crowd && CROWDS[crowd],
      for: people.join(","),
      combine: people.length > 1 ? combine : undefined,
    }),
    { signal },
  );
}

export interface Around {
  dots: { id: string; at: Point }[];
  kinds: { value: string; count: number }[];
  sources: string[];
}

/** Venues that are drawn as dots, at most. */
const DOTS = 1000;

/** What there is around, from the index: for the ground of the map and the kinds to choose from. */
export async function around(near: Point, radius: number, signal: AbortSignal): Promise<Around> {
  const within = (metres: number) => `geo.distance(location, geography'POINT(${near.lon.toFixed(5)} ${near.lat.toFixed(5)})') le ${(metres / 1000).toFixed(3)}`;
  const found = await ask<Searched>(path("/v1/venues/search", { filter: within(radius), top: DOTS, select: "id,location", facet: ["kind,count:12", "source"] }), { signal });
  if (found.total > DOTS) {
    // More than are drawn: those of a smaller circle, rather than any of the large one.
    const nearer = radius * Math.sqrt(DOTS / found.total) * 0.8;
    found.hits = (await ask<Searched>(path("/v1/venues/search", { filter: within(nearer), top: DOTS, select: "id,location", count: "false" }), { signal })).hits;
  }
  const buckets = (field: string) => found.facets?.find((facet) => facet.field === field)?.buckets ?? [];
  return {
    dots: found.hits.flatMap(({ key, document }) => (document.location ? [{ id: key, at: fromGeoJson(document.location) }] : [])),
    kinds: buckets("kind"),
    sources: buckets("source").map(({ value }) => value),
  };
}

export interface City {
  name: string;
  count: number;
}

/** The cities of the index, the largest first. */
export async function cities(): Promise<City[]> {
  const { facets } = await ask<Searched>(path("/v1/venues/search", { top: "0", facet: "city,count:200" }));
  return (facets?.[0]?.buckets ?? []).map(({ value, count }) => ({ name: value, count }));
}

/** The middle of a city's venues. */
export async function middleOf(city: string): Promise<Point | undefined> {
  const filter = `city eq '${city.replaceAll("'", "''")}'`;
  const { hits } = await ask<Searched>(path("/v1/venues/search", { filter, top: 300, select: "location" }));
  return middle(hits.flatMap(({ document }) => (document.location ? [fromGeoJson(document.location)] : [])));
}

/** Venues by name, as somebody types. */
export async function named(text: string, signal?: AbortSignal): Promise<Venue[]> {
  const words = text.split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const { hits } = await ask<Searched>(path("/v1/venues/search", { q: typing(words), syntax: "simple", mode: "all", fields: "name^3,city,kind", top: 8 }), { signal });
  return hits.map(({ key, document }) => ({ ...document, id: key }));
}

/** A query in the simple syntax for words of which the last is being typed; the syntax's own signs are words of nobody. */
function typing(words: readonly string[]): string {
  const plain = words.map((word) => word.replaceAll(/[+|"()~*\\-]+/g, " ").trim()).filter(Boolean);
  return plain.length === 0 ? "*" : `${plain.join(" ")}*`;
}

/** A venue by id; nothing when there is none. */
export async function venue(id: string, signal?: AbortSignal): Promise<Venue | undefined> {
  try {
    const document = await ask<Venue>(`/v1/venues/documents/${encodeURIComponent(id)}`, { signal });
    return { ...document, id };
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

export interface Party {
  id: string;
  name: string;
  code: string;
  members: number;
  online: number;
}

/** The open room of a venue; nothing when there is none. */
export async function partyOf(id: string, signal?: AbortSignal): Promise<Party | undefined> {
  try {
    return await ask<Party>(`/v1/venues/${encodeURIComponent(id)}/room`, { signal });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
