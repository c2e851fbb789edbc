// The order of a queue, by the rules of `server/src/rooms/order.rs`: fair turns, votes or first come, and the places that moves gave.
import { type Item, type Order, SERVER } from "./types";

/** Where a move put an item, and the event that did. */
export interface Pin {
  index: number;
  seq: number;
}

export interface Ordering {
  order: Order;
  turns: Readonly<Record<string, number>>;
  members: readonly { id: string }[];
  pins: ReadonlyMap<string, Pin>;
}

/** The songs in the order in which they will play. */
export function ordered(items: readonly Item[], by: Ordering): Item[] {
  const rounds = by.order === "fair" ? roundsOf(items, by) : undefined;
  const free = items.filter((item) => !by.pins.has(item.item));
  free.sort((a, b) => compare(a, b, by.order, rounds));
  const pinned = items.filter((item) => by.pins.has(item.item));
  return pinned.length === 0 ? free : place(free, pinned, by.pins);
}

function compare(a: Item, b: Item, order: Order, rounds: ReadonlyMap<string, number> | undefined): number {
  const age = a.addedSeq - b.addedSeq;
  if (order === "fifo") return age;
  const votes = b.score - a.score || a.scoreSeq - b.scoreSeq || age;
  if (!rounds) return votes;
  const last = Number(a.by === SERVER) - Number(b.by === SERVER);
  return last || (rounds.get(a.item) ?? 0) - (rounds.get(b.item) ?? 0) || votes;
}

/** The round of each song: a member's k-th song has round `max(turns, T - 1) + k`, T the most turns of any member. */
function roundsOf(items: readonly Item[], { turns, members }: Ordering): Map<string, number> {
  let most = 0;
  for (const { id } of members) most = Math.max(most, turns[id] ?? 0);
  const own = new Map<string, Item[]>();
  for (const item of items) {
    const list = own.get(item.by);
    if (list) list.push(item);
    else own.set(item.by, [item]);
  }
  const rounds = new Map<string, number>();
  for (const [member, list] of own) {
    const first = Math.max(turns[member] ?? 0, Math.max(0, most - 1));
    list.sort((a, b) => b.score - a.score || a.addedSeq - b.addedSeq);
    list.forEach((item, k) => rounds.set(item.item, first + k));
  }
  return rounds;
}

/** Pinned items at their places, the free ones in the places left. Of two on one place the later pin stands first. */
function place(free: Item[], pinned: Item[], pins: ReadonlyMap<string, Pin>): Item[] {
  const pinOf = (item: Item): Pin => pins.get(item.item) ?? { index: 0, seq: 0 };
  pinned.sort((a, b) => pinOf(a).index - pinOf(b).index || pinOf(b).seq - pinOf(a).seq);
  const places = new Map<number, Item>();
  const length = free.length + pinned.length;
  let next = 0;
  pinned.forEach((item, nth) => {
    // Those behind need a place each.
    const at = Math.min(Math.max(pinOf(item).index, next), length - (pinned.length - nth));
    places.set(at, item);
    next = at + 1;
  });
  const rest = free[Symbol.iterator]();
  return Array.from({ length }, (_, at) => places.get(at) ?? (rest.next().value as Item));
}
