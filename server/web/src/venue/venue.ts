// What the server says of a venue to its owner.
import { path } from "../shared/api";
import type { GeoJsonPoint } from "../shared/map/geo";
import { call } from "./owner/owner";

export interface Share {
  genre: string;
  share: number;
}

export interface Room {
  id: string;
  code: string;
  link: string;
  members: number;
  online: number;
  queue: number;
}

export interface House {
  venue: string;
  name: string;
  kind?: string;
  city?: string;
  location: GeoJsonPoint;
  opening_hours?: string;
  present: number;
  /** How tonight's crowd suits the house; 0.5 is indifferent. */
  fit: number | null;
  taste: { house: Share[]; evening: Share[] | null };
  room: Room | null;
  /** People of whom something may be said, at least. */
  least: number;
}

export interface Hour {
  day: string;
  hour: number;
  people: number;
  matches: number;
}

export interface Square {
  lat: number;
  lon: number;
  size_m: number;
  people: number;
  matches: number;
}

export interface Nearby {
  people: number;
  matches: number;
  best_hour: Hour | null;
  like: string[];
  hours: Hour[];
  cells: Square[];
}

export interface Song {
  id: string;
  title?: string;
  artist?: string;
}

export interface Music {
  present: number;
  for: "who is there now" | "who usually comes" | "popular here";
  songs: Song[];
}

export interface Day {
  /** As 2026-11-25. */
  day: string;
  visits: number;
  people: number;
  fit: number | null;
}

export interface History {
  days: Day[];
  /** Visits by hour of the week, from Monday 00:00. */
  hours: number[];
  songs: (Song & { times: number })[];
}

export interface Quiet {
  from: string;
  to: string;
  energy: number;
}

export interface Style {
  explicit: boolean;
  without: string[];
  only: string[];
  years: [number, number] | null;
  energy: number | null;
  blocked: string[];
  quiet: Quiet | null;
}

export interface Songs {
  left: number;
  of: number;
}

const of = (venue: string, what: string): string => `/v1/venues/${encodeURIComponent(venue)}/${what}`;

export const readHouse = (venue: string, signal?: AbortSignal) => call<House>(of(venue, "house"), { signal });
export const readNearby = (venue: string, signal?: AbortSignal) => call<Nearby>(of(venue, "nearby-matches"), { signal });
export const readMusic = (venue: string, k: number, signal?: AbortSignal) => call<Music>(path(of(venue, "music"), { k }), { signal });
export const readHistory = (venue: string, days: number, signal?: AbortSignal) => call<History>(path(of(venue, "history"), { days }), { signal });
export const readStyle = (venue: string, signal?: AbortSignal) => call<{ style: Style; songs: Songs }>(of(venue, "style"), { signal });
export const keepStyle = (venue: string, style: Style) => call<{ style: Style; songs: Songs }>(of(venue, "style"), { method: "PUT", body: style });
export const effectOf = (venue: string, style: Style, signal?: AbortSignal) => call<{ songs: Songs }>(of(venue, "style/effect"), { body: style, signal });
export const myVenues = async (): Promise<string[]> => (await call<{ venues: { venue: string }[] }>("/v1/me/venues")).venues.map(({ venue }) => venue);
