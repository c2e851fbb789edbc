// Pins with a number and a name. Names stand where they have room: the chosen one first, then by rank.
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

  constructor(private readonly map: L.Map, private readonly onChoose: (id: string) => void) {
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
      marker.setZIndexOffset(pin.id === chosen ? 2000 : pin.id === pointed ? 1500 : 1000 - pin.rank);
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
    button.append(number, name);
    button.addEventListener("click", () => this.onChoose(pin.id));
    const icon = L.divIcon({ html: button, className: "map-pin-place", iconSize: [2 * HALF, 2 * HALF] });
    const marker = L.marker(at(pin.at), { icon, keyboard: false, riseOnHover: true }).addTo(this.group);
    return { pin, marker, button, name, width: 0 };
  }

  private place(): void {
    const first = (one: Stood) => (one.pin.id === this.chosen ? 2 : one.pin.id === this.pointed ? 1 : 0);
    const order = [...this.stood].sort((a, b) => first(b) - first(a) || a.pin.rank - b.pin.rank);
    const spots = new Map(order.map((one) => [one, this.map.latLngToContainerPoint(at(one.pin.at))]));
    const taken: L.Bounds[] = [];
    for (const one of order) {
      const { x, y } = spots.get(one) as L.Point;
      const words = L.bounds([x + HALF, y - LINE / 2], [x + HALF + one.width + 4, y + LINE / 2]);
      const others = [...spots].some(([other, spot]) => other !== one && words.overlaps(L.bounds([spot.x - HALF, spot.y - HALF], [spot.x + HALF, spot.y + HALF])));
      const free = first(one) > 0 || (!others && !taken.some((other) => other.overlaps(words)));
      one.button.classList.toggle("named", free);
      if (free) taken.push(words);
    }
  }
}
