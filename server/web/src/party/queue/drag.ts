// Moving a song: by its handle with a finger or a mouse, or with the arrow keys while the handle has the focus.
import { useRef, useState } from "preact/hooks";
import type { Item } from "../../shared/room/types";
import { fill } from "../../shared/messages";
import { t } from "../messages";

/** Distance from the edge of the window from which the page scrolls along. */
const EDGE = 110;
const SPEED = 9;
/** The page scrolls only for a hand that moved towards that edge by so much. */
const MEANT = 12;

interface Drag {
  row: HTMLElement;
  rows: HTMLElement[];
  from: number;
  to: number;
  startY: number;
  /** Where in the window it was taken up. */
  taken: number;
  y: number;
  height: number;
  frame: number;
}

export function useDrag(list: { current: HTMLElement | null }, items: readonly Item[], move: (item: string, to: number) => void) {
  const drag = useRef<Drag>(undefined);
  /** The rows are where they belong already: they need not glide. */
  const dropped = useRef(false);
  const [said, setSaid] = useState("");

  const shift = () => {
    const one = drag.current;
    if (!one) return;
    const dy = one.y + scrollY - one.startY;
    one.row.style.transform = `translateY(${dy}px)`;
    one.to = Math.max(0, Math.min(one.rows.length - 1, one.from + Math.round(dy / one.height)));
    one.rows.forEach((row, at) => {
      if (row === one.row) return;
      const away = at > one.from && at <= one.to ? -1 : at < one.from && at >= one.to ? 1 : 0;
      row.style.transform = away ? `translateY(${away * one.height}px)` : "";
    });
  };
  const scroll = () => {
    const one = drag.current;
    if (!one) return;
    const up = one.y < EDGE && one.y < one.taken - MEANT;
    const down = one.y > innerHeight - EDGE && one.y > one.taken + MEANT;
    const by = up ? -SPEED : down ? SPEED : 0;
    if (by) {
      scrollBy(0, by);
      shift();
    }
    one.frame = requestAnimationFrame(scroll);
  };
  const down = (event: PointerEvent) => {
    const handle = (event.target as Element).closest<HTMLElement>("[data-handle]");
    const row = handle?.closest<HTMLElement>("li");
    if (!handle || !row || !list.current || event.button !== 0) return;
    const rows = [...list.current.children] as HTMLElement[];
    const from = rows.indexOf(row);
    const step = rows[1] && rows[0] ? rows[1].offsetTop - rows[0].offsetTop : row.offsetHeight;
    handle.setPointerCapture(event.pointerId);
    drag.current = { row, rows, from, to: from, startY: event.clientY + scrollY, taken: event.clientY, y: event.clientY, height: step, frame: requestAnimationFrame(scroll) };
    list.current.dataset.dragging = "";
    row.dataset.dragged = "";
  };
  const moved = (event: PointerEvent) => {
    if (!drag.current) return;
    drag.current.y = event.clientY;
    shift();
  };
  const end = (keep: boolean) => {
    const one = drag.current;
    if (!one) return;
    cancelAnimationFrame(one.frame);
    drag.current = undefined;
    for (const row of one.rows) row.style.transform = "";
    delete one.row.dataset.dragged;
    delete list.current?.dataset.dragging;
    const item = one.row.dataset.item;
    if (!keep || one.to === one.from || !item) return;
    dropped.current = true;
    move(item, one.to);
  };
  const key = (event: KeyboardEvent, item: string) => {
    const from = items.findIndex((one) => one.item === item);
    const last = items.length - 1;
    const to = { ArrowUp: Math.max(0, from - 1), ArrowDown: Math.min(last, from + 1), Home: 0, End: last }[event.key];
    if (to === undefined || from < 0) return;
    event.preventDefault();
    if (to === from) return;
    setSaid(fill(t.next.moved, { title: items[from]?.song.title ?? "", place: to + 1, of: items.length }));
    move(item, to);
  };
  return { handlers: { onPointerDown: down, onPointerMove: moved, onPointerUp: () => end(true), onPointerCancel: () => end(false) }, key, dropped, said };
}
