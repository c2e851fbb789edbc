// Maps as elements of a page. Leaflet comes when the first map is drawn; until then its place is kept.
import { useEffect, useRef, useState } from "preact/hooks";
import { told } from "../page";
import { common } from "../ui/common";
import type { Point } from "./geo";
import type * as Ground from "./ground";
import type { GroundWords, Square } from "./ground";
import type { Pin, Pins } from "./pins";
import "./map.css";

export type { Pin } from "./pins";

interface Drawn {
  map: ReturnType<typeof Ground.ground>;
  ground: typeof Ground;
  pins: Pins | undefined;
  /** True while the page moves the map, not a person. */
  own: boolean;
}

interface Props {
  words: GroundWords & { north: string };
  centre: Point;
  /** Metres around the centre that are shown. */
  shows: number;
  /** Distances that are drawn as rings, around the centre or around `ringed`. */
  rings: readonly number[];
  ringed?: Point;
  pins?: readonly Pin[];
  dots?: readonly Point[];
  cells?: readonly Square[];
  chosen?: string | undefined;
  pointed?: string | undefined;
  onChoose?: (id: string) => void;
  /** A pin is pointed at, or none any more. */
  onPoint?: (id: string | undefined) => void;
  /** A person moved the map: where its middle is now, and how many metres it shows around it. */
  onMoved?: (centre: Point, radius: number) => void;
  still?: boolean;
  /** Whose data it is. */
  credit?: string | undefined;
}

export function PlaceMap({ words, centre, shows, rings, ringed = centre, pins, dots, cells, chosen, pointed, onChoose, onPoint, onMoved, still, credit }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState<Drawn>();
  const calls = useRef({ onChoose, onPoint, onMoved });
  calls.current = { onChoose, onPoint, onMoved };

  useEffect(() => {
    let gone = false;
    let made: Drawn | undefined;
    Promise.all([import("./ground"), import("./pins")]).then(([ground, { Pins }]) => {
      if (gone || !element.current) return;
      const map = ground.ground(element.current, { words, still: still ?? false });
      made = { map, ground, pins: undefined, own: true };
      const mine = made;
      ground.show(map, centre, shows);
      mine.pins = new Pins(map, (id) => calls.current.onChoose?.(id), (id) => calls.current.onPoint?.(id));
      map.on("moveend", () => {
        if (mine.own) return;
        const middle = map.getCenter();
        const bounds = map.getBounds();
        const [down, across] = [middle.distanceTo([bounds.getNorth(), middle.lng]), middle.distanceTo([middle.lat, bounds.getEast()])];
        calls.current.onMoved?.({ lat: middle.lat, lon: middle.lng }, Math.min(down, across));
      });
      // A map that was hidden or resized draws itself for its new size.
      const sized = new ResizeObserver(() => own(mine, () => map.invalidateSize({ animate: false })));
      sized.observe(element.current);
      map.on("unload", () => sized.disconnect());
      mine.own = false;
      setDrawn(mine);
    });
    return () => {
      gone = true;
      made?.map.remove();
    };
  }, []);

  useEffect(() => {
    if (drawn) own(drawn, () => drawn.ground.show(drawn.map, centre, shows));
  }, [drawn, centre.lat, centre.lon, shows]);
  useEffect(() => {
    if (!drawn) return;
    const group = drawn.ground.rings(ringed, rings).addTo(drawn.map);
    return () => void group.remove();
  }, [drawn, ringed.lat, ringed.lon, rings.join()]);
  useEffect(() => {
    if (!drawn || !dots) return;
    const group = drawn.ground.dots(dots).addTo(drawn.map);
    return () => void group.remove();
  }, [drawn, dots]);
  useEffect(() => {
    if (!drawn || !cells) return;
    const group = drawn.ground.squares(cells).addTo(drawn.map);
    return () => void group.remove();
  }, [drawn, cells]);
  useEffect(() => drawn?.pins?.put(pins ?? []), [drawn, pins]);
  useEffect(() => {
    if (!drawn) return;
    if (chosen) own(drawn, () => drawn.pins?.reveal(chosen));
    drawn.pins?.mark(chosen, pointed);
  }, [drawn, pins, chosen, pointed]);

  const tiles = told("tiles") && told("tiles-credit");
  return (
    <div class="map" data-tiles={told("tiles") ? "" : undefined}>
      <div class="map-ground" ref={element} />
      {!drawn && <p class="map-wait muted">{common.loading}</p>}
      <p class="map-north" role="img" aria-label={words.north}><span aria-hidden="true">↑<br />N</span></p>
      {(credit || tiles) && <p class="map-credit">{[credit, tiles].filter(Boolean).join(" · ")}</p>}
    </div>
  );
}

function own(drawn: Drawn, move: () => void): void {
  drawn.own = true;
  move();
  drawn.own = false;
}
