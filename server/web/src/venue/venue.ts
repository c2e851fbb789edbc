// What the server says of a venue to its owner.
import { path } from "../shared/api";
import type { GeoJsonPoint } from "../shared/map/geo";
import type { Cell, HourCount, NearbyMatches, OwnVenues, QuietHours, SongsLeft, StyleAnswer, StyleEffect, VenueHistory, VenueMusic, VenueOverview, VenueStyle, VisitedDay } from "../shared/wire";
import { call } from "./owner/owner";

export type { Cell as Square, HourCount as Hour, NearbyMatches as Nearby, QuietHours as Quiet, SongsLeft as Songs, VenueHistory as History, VenueMusic as Music, VisitedDay as Day };
export type { GenreShare as Share, TasteSong as Song, VenueRoom as Room } from "../shared/wire";
export type Style = Required<VenueStyle>;
/** What the index has of a venue is whatever was put there. */
export type House = VenueOverview & { name: string; kind?: string; city?: string; location: GeoJsonPoint; opening_hours?: string };

const of = (venue: string, what: string): string => `/v1/venues/${encodeURIComponent(venue)}/${what}`;

export const readHouse = (venue: string, signal?: AbortSignal) => call<House>(of(venue, "house"), { signal });
export const readNearby = (venue: string, signal?: AbortSignal) => call<NearbyMatches>(of(venue, "nearby-matches"), { signal });
export const readMusic = (venue: string, k: number, signal?: AbortSignal) => call<VenueMusic>(path(of(venue, "music"), { k }), { signal });
export const readHistory = (venue: string, days: number, signal?: AbortSignal) => call<VenueHistory>(path(of(venue, "history"), { days }), { signal });
export const readStyle = (venue: string, signal?: AbortSignal) => call<StyleAnswer & { style: Style }>(of(venue, "style"), { signal });
export const keepStyle = (venue: string, style: Style) => call<StyleAnswer & { style: Style }>(of(venue, "style"), { method: "PUT", body: style });
export const effectOf = (venue: string, style: Style, signal?: AbortSignal) => call<StyleEffect>(of(venue, "style/effect"), { body: style, signal });
export const myVenues = async (): Promise<string[]> => (await call<OwnVenues>("/v1/me/venues")).venues.map(({ venue }) => venue);
