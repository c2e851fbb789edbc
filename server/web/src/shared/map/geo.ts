// Places on the earth, as far as a map of a town needs them.

export interface Point {
  lat: number;
  lon: number;
}

const EARTH = 6_371_008.8;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Metres between two points (haversine). */
export function metres(a: Point, b: Point): number {
  const half = Math.sin(radians(b.lat - a.lat) / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(radians(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** The middle of points: the median of each coordinate, which a few strays do not move. */
export function middle(points: readonly Point[]): Point | undefined {
  if (points.length === 0) return undefined;
  const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
  return { lat: median(points.map(({ lat }) => lat)), lon: median(points.map(({ lon }) => lon)) };
}

/** "51.5142,-0.1494", with as many digits as a house needs. */
export const written = ({ lat, lon }: Point): string => `${lat.toFixed(5)},${lon.toFixed(5)}`;

/** The point that `written` wrote; nothing where it is none. */
export function pointOf(text: string | null | undefined): Point | undefined {
  const [lat, lon, more] = (text ?? "").split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (lat === undefined || lon === undefined || more !== undefined) return undefined;
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : undefined;
}

/** GeoJSON's order, and ours. */
export const fromGeoJson = ({ coordinates: [lon, lat] }: GeoJsonPoint): Point => ({ lat, lon });
export interface GeoJsonPoint {
  type: "Point";
  coordinates: [number, number];
}
