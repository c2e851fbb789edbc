// How the songs suit those present: asked gently, when the queue or the people changed and somebody looks.
import { effect, signal } from "@preact/signals";
import { ask } from "../../shared/api";
import type { Room } from "../../shared/room/room";
import type { MemberTaste, RoomTaste } from "../../shared/wire";

export type TasteMember = MemberTaste;
export type Taste = RoomTaste;

const SOON = 1_200;
const AGAIN = 8_000;

export class TasteWatch {
  readonly taste = signal<Taste | undefined>(undefined);
  /** Scores by item, and by song where there is no item: of those whose taste is known. The others only have the mean, which says nothing of them. */
  readonly scores = signal<ReadonlyMap<string, Record<string, number>>>(new Map());
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = 0;
  private key = "";
  private readonly stop: () => void;

  constructor(private readonly room: Room) {
    this.stop = effect(() => {
      const state = room.state.value;
      if (!state || room.link.value !== "live") return;
      const key = `${state.now?.item} ${state.queue.length} ${state.queue.at(-1)?.item} ${state.queue[0]?.item} ${room.online.value.length}`;
      if (key === this.key) return;
      this.key = key;
      this.soon();
    });
  }

  /** Asks again before long. */
  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.refresh(), Math.max(SOON, this.last + AGAIN - Date.now()));
  }

  end(): void {
    clearTimeout(this.timer);
    this.stop();
  }

  private async refresh(): Promise<void> {
    if (document.hidden) return this.soon();
    this.last = Date.now();
    try {
      const taste = await ask<Taste>(`/v1/rooms/${this.room.id}/taste`, { token: this.room.pass.token });
      this.taste.value = taste;
      const known = new Set(taste.members.filter((member) => member.known).map(({ id }) => id));
      const ofKnown = (scores: Record<string, number>) => Object.fromEntries(Object.entries(scores).filter(([id]) => known.has(id)));
      this.scores.value = new Map(taste.songs.map(({ item, song, scores }) => [item ?? song, ofKnown(scores)]));
    } catch {
      // Without it the page just does not say why.
    }
  }
}
