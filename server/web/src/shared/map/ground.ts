// The ground of a map: without tiles it is plain, with distance rings, a scale and zoom buttons. Leaflet is loaded with this file, on demand.
import * as L from "leaflet";
import { told } from "../page";
import { distance } from "../words";
import type { Point } from "./geo";

export interface GroundWords {
  map: string;
  zoomIn: string;
  zoomOut: string;
}

export interface GroundOptions {
  words: GroundWords;
  /** Stands still under a finger or a wheel, so that the page scrolls; the buttons work. */
  still?: boolean;
}

export const at = ({ lat, lon }: Point): L.LatLngTuple => [lat, lon];

/** A map in an element. */
export function ground(element: HTMLElement, { words, still }: GroundOptions): L.Map {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const touch = matchMedia("(pointer: coarse)").matches;
  const map = L.map(element, {
    attributionControl: false,
    zoomControl: false,
    zoomSnap: 0.25,
    zoomDelta: 1,
    wheelPxPerZoomLevel: 90,
    minZoom: 9,
    maxZoom: 19,
    zoomAnimation: !calm,
    markerZoomAnimation: !calm,
    fadeAnimation: !calm,
    inertia: !calm,
    scrollWheelZoom: !still,
    dragging: !(still && touch),
  });
  L.control.zoom({ position: "topright", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  L.control.scale({ position: "bottomleft", imperial: false, maxWidth: 120 }).addTo(map);
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", words.map);
  const tiles = told("tiles");
  if (tiles) L.tileLayer(tiles, { maxZoom: 19 }).addTo(map);
  return map;
}

/** Shows everything within `radius` metres. Never animated, so that whoever watches for moves can tell it from a person's. */
export function show(map: L.Map, centre: Point, radius: number): void {
  map.fitBounds(L.latLng(at(centre)).toBounds(2 * radius), { animate: false, padding: [12, 12] });
}

/** Rings around a point at these metres, each with its distance written on it, and the point. */
export function rings(centre: Point, radii: readonly number[]): L.LayerGroup {
  const group = L.layerGroup();
  const outer = Math.max(...radii);
  for (const radius of radii) {
    L.circle(at(centre), { radius, className: radius === outer ? "map-ring outer" : "map-ring", interactive: false }).addTo(group);
    const text = document.createElement("span");
    text.textContent = distance(radius);
    const north = L.latLng(at(centre)).toBounds(2 * radius).getNorth();
    L.marker([north, centre.lon], { icon: L.divIcon({ html: text, className: "map-ring-text", iconSize: [64, 18] }), interactive: false, keyboard: false }).addTo(group);
  }
  L.circleMarker(at(centre), { radius: 7, className: "map-centre", interactive: false }).addTo(group);
  return group;
}

/** Faint dots: what else is there. */
export function dots(points: readonly Point[]): L.LayerGroup {
  return L.layerGroup(points.map((point) => L.circleMarker(at(point), { radius: 2.5, className: "map-dot", interactive: false })));
}

export interface Square {
  at: Point;
  /** Metres of a side. */
  size: number;
  /** How full, 0 to 1. */
  level: number;
  text: string;
}

/** Shades of squares. */
const SHADES = 5;

/** Squares of a grid, the fuller the stronger; small ones lie on the large ones they are cut out of. */
export function squares(cells: readonly Square[]): L.LayerGroup {
  const group = L.layerGroup();
  for (const { at: point, size, level, text } of [...cells].sort((a, b) => b.size - a.size)) {
    const shade = Math.max(1, Math.ceil(level * SHADES));
    const square = L.rectangle(L.latLng(at(point)).toBounds(size), { className: `map-cell shade-${shade}`, interactive: false }).addTo(group);
    const label = document.createElement("span");
    label.textContent = text;
    const icon = L.divIcon({ html: label, className: "map-cell-text", iconSize: [48, 20], iconAnchor: [-6, -6] });
    L.marker(square.getBounds().getNorthWest(), { icon, interactive: false, keyboard: false }).addTo(group);
  }
  return group;
}
