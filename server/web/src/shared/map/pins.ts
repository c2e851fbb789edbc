// Pins with a number and a name. Where they crowd, the chosen one comes first, then the better rank: others shrink to dots until
// the map is closer, and names stand where they have room.
import * as L from "leaflet";
import type { Point } from "./geo";
import { at } from "./ground";

export interface Pin {
  id: string;
  at: Point;
  name: string;
  /** From 1, as in the list beside the map. */
  rank: number;
}

interface Stood {
  pin: Pin;
  marker: L.Marker;
  button: HTMLButtonElement;
  name: HTMLSpanElement;
  width: number;
}

/** Half of a pin's side, and the height of a name, in pixels. */
const HALF = 16;
const LINE = 20;

export class Pins {
  private readonly group = L.layerGroup();
  private stood: Stood[] = [];
  private chosen: string | undefined;
  private pointed: string | undefined;

  constructor(private readonly map: L.Map, private readonly onChoose: (id: string) => void, private readonly onPoint: (id: string | undefined) => void) {
    this.group.addTo(map);
    map.on("zoomend moveend", () => this.place());
  }

  /** Puts these pins in the place of the earlier ones. */
  put(pins: readonly Pin[]): void {
    this.group.clearLayers();
    this.stood = pins.map((pin) => this.stand(pin));
    for (const one of this.stood) one.width = one.name.offsetWidth;
    this.mark(this.chosen, this.pointed);
  }

  /** Marks the chosen pin and the one that is pointed at. */
  mark(chosen: string | undefined, pointed: string | undefined): void {
    this.chosen = chosen;
    this.pointed = pointed;
    for (const { pin, button, marker } of this.stood) {
      button.classList.toggle("chosen", pin.id === chosen);
      button.classList.toggle("pointed", pin.id === pointed);
      button.setAttribute("aria-pressed", String(pin.id === chosen));
      // Above what lies further down the screen, which is what Leaflet goes by.
      const level = pin.id === chosen ? 300 : pin.id === pointed ? 200 : 101 - pin.rank;
      marker.setZIndexOffset(level * 10_000);
    }
    this.place();
  }

  /** Brings a pin into sight if it is not. */
  reveal(id: string): void {
    const one = this.stood.find(({ pin }) => pin.id === id);
    if (one) this.map.panInside(at(one.pin.at), { padding: [48, 48], animate: false });
  }

  private stand(pin: Pin): Stood {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "map-pin";
    const number = document.createElement("span");
    number.className = "map-pin-number";
    number.textContent = String(pin.rank);
    const name = document.createElement("span");
    name.className = "map-pin-name";
    name.dir = "auto";
    name.textContent = pin.name;
    button.append(number, " ", name);
    button.addEventListener("click", () => this.onChoose(pin.id));
    for (const begins of ["pointerenter", "focus"]) button.addEventListener(begins, () => this.onPoint(pin.id));
    for (const ends of ["pointerleave", "blur"]) button.addEventListener(ends, () => this.onPoint(undefined));
    const icon = L.divIcon({ html: button, className: "map-pin-place", iconSize: [2 * HALF, 2 * HALF] });
    const marker = L.marker(at(pin.at), { icon, keyboard: false, riseOnHover: true }).addTo(this.group);
    return { pin, marker, button, name, width: 0 };
  }

  private place(): void {
    const first = (one: Stood) => (one.pin.id === this.chosen ? 2 : one.pin.id === this.pointed || one.button === document.activeElement ? 1 : 0);
    const order = [...this.stood].sort((a, b) => first(b) - first(a) || a.pin.rank - b.pin.rank);
    const spots = new Map(order.map((one) => [one, this.map.latLngToContainerPoint(at(one.pin.at))]));
    const full: L.Point[] = [];
    for (const one of order) {
      const spot = spots.get(one) as L.Point;
      const crowded = first(one) === 0 && full.some((other) => other.distanceTo(spot) < 2 * HALF);
      one.button.classList.toggle("small", crowded);
      // Too close to others to be pressed: the list beside, or a closer look, has it.
      one.button.disabled = crowded;
      if (!crowded) full.push(spot);
    }
    const taken: L.Bounds[] = [];
    const edge = this.map.getSize().x;
    for (const one of order) {
      const { x, y } = spots.get(one) as L.Point;
      const flipped = x + HALF + one.width > edge;
      const start = flipped ? x - HALF - one.width : x + HALF;
      const words = L.bounds([start, y - LINE / 2], [start + one.width + 4, y + LINE / 2]);
      one.button.classList.toggle("flipped", flipped);
      const others = [...spots].some(([other, spot]) => other !== one && words.overlaps(L.bounds([spot.x - HALF, spot.y - HALF], [spot.x + HALF, spot.y + HALF])));
      const small = one.button.classList.contains("small");
      const free = first(one) > 0 || (!small && !others && !taken.some((other) => other.overlaps(words)));
      one.button.classList.toggle("named", free);
      if (free) taken.push(words);
    }
  }
}
