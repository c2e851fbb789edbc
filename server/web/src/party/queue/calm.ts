// The order that is shown: the room's, except that no row moves under a finger or a mouse that is at work in the list.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Item } from "../../shared/room/types";

/** How long after a touch or a move of the mouse the rows stay, in milliseconds. */
const STILL = 700;

export function useCalm(list: { current: HTMLElement | null }, queue: readonly Item[]): { items: Item[]; release: () => void } {
  const [, look] = useState(0);
  const until = useRef(0);
  const order = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const hold = (ms: number) => {
    until.current = Date.now() + ms;
    clearTimeout(timer.current);
    if (Number.isFinite(ms)) timer.current = setTimeout(() => look((n) => n + 1), ms + 10);
  };
  useEffect(() => {
    const there = list.current;
    if (!there) return;
    const down = () => hold(Infinity);
    const up = () => until.current === Infinity && hold(STILL);
    const move = (event: PointerEvent) => event.pointerType === "mouse" && until.current !== Infinity && hold(STILL);
    there.addEventListener("pointerdown", down);
    there.addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", up);
    return () => {
      clearTimeout(timer.current);
      there.removeEventListener("pointerdown", down);
      there.removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", up);
    };
  }, [list.current]);
  const items = Date.now() < until.current ? asBefore(queue, order.current) : [...queue];
  order.current = items.map(({ item }) => item);
  return { items, release: () => hold(0) };
}

/** What is still there in its old order, what is new behind it. */
function asBefore(queue: readonly Item[], order: readonly string[]): Item[] {
  const left = new Map(queue.map((item) => [item.item, item]));
  const items: Item[] = [];
  for (const id of order) {
    const item = left.get(id);
    if (item && left.delete(id)) items.push(item);
  }
  return [...items, ...left.values()];
}
