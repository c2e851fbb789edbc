// The ground of a map: without tiles it is plain, with distance rings, a scale and zoom buttons. Leaflet is loaded with this file, on demand.
import * as L from "leaflet";
import { told } from "../page";
import { distance } from "../messages";
import type { Point } from "./geo";

const SQUARES = "squares";

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
  const tiles = told("tiles");
  const map = L.map(element, {
    attributionControl: false,
    zoomControl: false,
    // Tiles are sharp at whole levels only.
    zoomSnap: tiles ? 1 : 0.25,
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
  // Squares lie under everything else that is drawn.
  map.createPane(SQUARES).style.zIndex = "350";
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
  const bounded = cells.map((cell) => ({ ...cell, bounds: L.latLng(at(cell.at)).toBounds(cell.size) })).sort((a, b) => b.size - a.size);
  for (const [number, { bounds, level, text }] of bounded.entries()) {
    const shade = Math.max(1, Math.ceil(level * SHADES));
    L.rectangle(bounds, { className: `map-cell shade-${shade}`, interactive: false, pane: SQUARES }).addTo(group);
    const label = document.createElement("span");
    label.textContent = text;
    const icon = L.divIcon({ html: label, className: "map-cell-text", iconSize: [48, 20] });
    L.marker(freeSpot(bounds, bounded.slice(number + 1).map((other) => other.bounds)), { icon, interactive: false, keyboard: false }).addTo(group);
  }
  return group;
}

/** Where in a square a number stands that smaller squares lie on: in its middle, else in the middle of a free quarter. */
function freeSpot(square: L.LatLngBounds, smaller: readonly L.LatLngBounds[]): L.LatLng {
  const middle = square.getCenter();
  const quarters = [square.getNorthWest(), square.getNorthEast(), square.getSouthWest(), square.getSouthEast()].map((corner) => L.latLngBounds(corner, middle).getCenter());
  const over = smaller.filter((other) => square.contains(other.getCenter()));
  if (over.length === 0) return middle;
  return quarters.find((spot) => !over.some((other) => other.contains(spot))) ?? middle;
}
