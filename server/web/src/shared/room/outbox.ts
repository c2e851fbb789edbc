// Ops that wait for the server: kept on this device with their ids, so that sending one again, even after a reload, does nothing twice.
import { computed, signal } from "@preact/signals";
import { read, write } from "../storage";

export interface Waiting {
  /** Its id, the same for every try. */
  op: string;
  name: string;
  payload: Record<string, unknown>;
  /** When it was asked for, in the server's time. */
  at: number;
  /** `held`: may still be taken back. `done`: carried out, its event `seq` has not come yet. */
  stage: "held" | "waiting" | "sent" | "done";
  /** The event that came of it, where one is known. */
  seq?: number;
}

/** Ops that are still worth doing when the network is back. The others want an answer now or none. */
const LASTING = new Set(["song:add", "song:remove", "song:vote", "song:veto", "song:move", "chat:send", "chat:delete", "picture:share"]);
/** Of no use on another evening. */
const STALE = 6 * 3_600_000;

export const lasts = (name: string): boolean => LASTING.has(name);

export class Outbox {
  readonly list = signal<Waiting[]>([]);
  /** What the state does not show yet. */
  readonly ahead = computed(() => this.list.value.filter(({ seq, stage }) => stage === "done" || seq === undefined));

  constructor(
    private readonly room: string,
    private readonly user: string,
  ) {
    const kept = read<Waiting[]>(this.place()) ?? [];
    this.list.value = kept.filter(({ at }) => Date.now() - at < STALE).map((one) => ({ ...one, stage: "waiting" }));
  }

  private place(): string {
    return `outbox.${this.room}.${this.user}`;
  }

  add(one: Waiting): void {
    // Of two votes on one song that both wait, the later counts.
    const overtaken = (other: Waiting) => one.name === "song:vote" && other.name === one.name && other.stage === "waiting" && other.payload.item === one.payload.item;
    this.set([...this.list.value.filter((other) => !overtaken(other)), one]);
  }

  change(op: string, part: Partial<Waiting>): void {
    this.set(this.list.value.map((one) => (one.op === op ? { ...one, ...part } : one)));
  }

  drop(op: string): void {
    if (this.has(op)) this.set(this.list.value.filter((one) => one.op !== op));
  }

  has(op: string): boolean {
    return this.list.value.some((one) => one.op === op);
  }

  /** An event came of this op. Its answer may still be on its way, so it is kept. */
  seen(op: string, seq: number): void {
    if (this.has(op)) this.change(op, { seq });
  }

  /** Forgets what the state holds by now. */
  settle(rev: number): void {
    const settled = (one: Waiting) => one.stage === "done" && (one.seq ?? 0) <= rev;
    if (this.list.value.some(settled)) this.set(this.list.value.filter((one) => !settled(one)));
  }

  private set(list: Waiting[]): void {
    this.list.value = list;
    // Pictures are too large to be kept.
    write(this.place(), list.filter(({ name, stage }) => lasts(name) && name !== "picture:share" && stage !== "done"));
  }
}
