// Rows glide to their new places (FLIP), quickly, and not at all for those who want no motion.
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Item } from "../../shared/room/types";

const TIME = 180;
/** Farther than this a row is just there. */
const FAR = 900;

export function useMoves(list: { current: HTMLElement | null }, rows: readonly Item[], dropped: { current: boolean }): void {
  const places = useRef(new Map<string, number>());
  const before = useRef("");
  const key = rows.map(({ item }) => item).join();
  useLayoutEffect(() => {
    const there = list.current;
    if (!there || key === before.current) return;
    before.current = key;
    const still = dropped.current || matchMedia("(prefers-reduced-motion: reduce)").matches;
    dropped.current = false;
    const now = new Map<string, number>();
    for (const row of there.children as HTMLCollectionOf<HTMLElement>) now.set(row.dataset.item ?? "", row.offsetTop);
    if (!still) {
      for (const row of there.children as HTMLCollectionOf<HTMLElement>) {
        const id = row.dataset.item ?? "";
        const [was, is] = [places.current.get(id), now.get(id) ?? 0];
        if (was === undefined) row.animate([{ opacity: 0 }, { opacity: 1 }], { duration: TIME });
        else if (was !== is && Math.abs(was - is) < FAR) row.animate([{ transform: `translateY(${was - is}px)` }, { transform: "none" }], { duration: TIME, easing: "cubic-bezier(0.2, 0.8, 0.2, 1)" });
      }
    }
    places.current = now;
  }, [key]);
}
