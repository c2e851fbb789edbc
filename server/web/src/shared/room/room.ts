// A room on this device: what is known of it as signals, and the ways to act in it. Events are folded in order and without holes; where one is
// missing the room is asked, never guessed.
import { computed, signal } from "@preact/signals";
import { ask } from "../api";
import { Clock } from "./clock";
import { Connection, fresh } from "./connection";
import { type Known, changeMember, fold, told } from "./fold";
import { Outbox, type Waiting, lasts } from "./outbox";
import { overlaid } from "./overlay";
import { Typists } from "./typing";
import type { Ack, Joined, Refusal, Role, RoomEvent, State } from "./types";

export type Link = "joining" | "live" | "away" | "out";
/** Why one is not in the room any more. */
export type Ending = { kind: "kicked" | "banned" | "closed" | "expired" | "full" | "gone"; retryAfterMs?: number };

export interface Pass {
  userId: string;
  token: string;
  name: string;
}

export interface Reaction {
  by: string;
  emoji: string;
  count: number;
}

/** What a page wants to hear once, besides the state. */
export interface Listener {
  reaction?: (reaction: Reaction) => void;
  /** An op was refused, at once or after it waited. */
  refused?: (one: Waiting, refusal: Refusal) => void;
  event?: (event: RoomEvent) => void;
  /** Changes by others while the connection was lost. */
  missed?: (count: number) => void;
}

/** How long an op that can be taken back is held, in milliseconds. */
const HOLD = 8_000;
/** A loss shorter than this changes little about who is online, in milliseconds. */
const SHORT = 10_000;
/** Between two fetches that put a guess right. */
const SETTLE = 700;
const SETTLE_AGAIN = 5_000;

export class Room {
  readonly state = signal<State | undefined>(undefined);
  readonly link = signal<Link>("joining");
  readonly ending = signal<Ending | undefined>(undefined);
  readonly lagging = signal(false);
  readonly typing = new Typists();
  readonly clock = new Clock();
  readonly outbox: Outbox;
  /** The room as this device shows it: with its own ops carried out. */
  readonly view = computed(() => this.state.value && overlaid(this.state.value, this.outbox.ahead.value, this.me));
  readonly role = computed<Role>(() => this.view.value?.members.find(({ id }) => id === this.me)?.role ?? "guest");
  readonly hosts = computed(() => this.role.value === "host" || this.role.value === "cohost");
  readonly online = computed(() => this.view.value?.members.filter(({ online, role }) => online && role !== "screen") ?? []);
  readonly names = computed(() => new Map(this.state.value?.members.map(({ id, name }) => [id, name])));

  /** The member that this device is; the server says it for sure. */
  me: string;

  private readonly connection: Connection;
  private readonly listeners = new Set<Listener>();
  private readonly held = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly answers = new Map<string, (ack: Ack) => void>();
  private readonly presence = new Map<string, boolean>();
  private awaySince = 0;
  private known: Known | undefined;
  private recent: RoomEvent[] = [];
  private syncing = false;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private settled = 0;

  constructor(
    readonly id: string,
    readonly pass: Pass,
  ) {
    this.me = pass.userId;
    this.outbox = new Outbox(id, pass.userId);
    this.connection = new Connection(pass.token, id, {
      wanted: () => ({ name: pass.name, ...(this.known ? { since: this.known.state.rev } : {}) }),
      joined: (answer) => this.joined(answer),
      refused: (refusal) => this.shut(refusal),
      lost: () => this.lost(),
      expired: () => this.end({ kind: "expired" }),
      message: (name, payload) => this.hear(name, payload),
    });
    addEventListener("pagehide", this.release);
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Asks for something; the answer comes when the server gives it, perhaps after the network is back. */
  send(name: string, payload: Record<string, unknown> = {}): Promise<Ack> {
    const one = this.waiting(name, payload, "waiting");
    if (this.link.value !== "live" && !lasts(name)) {
      const error = { code: "OFFLINE", message: "not connected" };
      this.tell((listener) => listener.refused?.(one, error));
      return Promise.resolve({ ok: false, error });
    }
    return new Promise((answer) => {
      this.answers.set(one.op, answer);
      this.outbox.add(one);
      this.flush();
    });
  }

  /** Asks for something in a while, shows it at once; the function takes it back, as long as it was not sent. */
  sendLater(name: string, payload: Record<string, unknown>): () => void {
    const one = this.waiting(name, payload, "held");
    this.outbox.add(one);
    this.held.set(one.op, setTimeout(() => this.let(one.op), HOLD));
    return () => {
      clearTimeout(this.held.get(one.op));
      if (this.held.delete(one.op)) this.outbox.drop(one.op);
    };
  }

  /** Sends what may be lost: reactions, typing. */
  whisper(name: string, payload: Record<string, unknown> = {}): void {
    this.connection.tell(name, payload);
  }

  /** Asks for an answer that concerns this device alone. */
  inquire<T>(name: string): Promise<T> {
    return this.connection.ask<T>(name, {});
  }

  leave(): void {
    this.release();
    removeEventListener("pagehide", this.release);
    this.clock.stop();
    clearTimeout(this.settling);
    this.connection.end();
  }

  private waiting(name: string, payload: Record<string, unknown>, stage: Waiting["stage"]): Waiting {
    return { op: fresh(), name, payload, at: this.clock.now(), stage };
  }

  private tell(what: (listener: Listener) => void): void {
    for (const listener of this.listeners) what(listener);
  }

  private joined(answer: Joined): void {
    const before = this.known?.state.rev;
    this.me = answer.member.id;
    if (answer.state) {
      this.take(told(answer.state));
      this.presence.clear();
    }
    const events = answer.events ?? [];
    this.recognise(events);
    if (this.known) this.take(events.reduce(fold, this.known));
    this.link.value = "live";
    this.lagging.value = false;
    if (before !== undefined) {
      const others = events.filter(({ by, type }) => by !== this.me && type !== "autopilot.picked").length;
      const count = answer.state ? Math.max(0, answer.rev - before) : others;
      if (count > 0) this.tell((listener) => listener.missed?.(count));
    }
    this.clock.start((t0) => this.connection.ask("clock:ping", { t0 }));
    if (!answer.state && Date.now() - this.awaySince > SHORT) void this.refreshPresence();
    this.flush();
  }

  /** Who is online is no event; after a loss it is asked for. */
  private async refreshPresence(): Promise<void> {
    try {
      const { state } = await this.fetch();
      if (!this.known) return;
      const online = new Map(state.members.map((member) => [member.id, member.online]));
      this.take({ ...this.known, state: { ...this.known.state, members: this.known.state.members.map((member) => ({ ...member, online: online.get(member.id) ?? member.online })) } });
    } catch {
      // The next message of presence says it.
    }
  }

  private lost(): void {
    if (this.link.value === "out") return;
    if (this.link.value === "live") {
      this.link.value = "away";
      this.awaySince = Date.now();
    }
    this.clock.stop();
    for (const one of this.outbox.list.value) {
      if (one.stage !== "sent") continue;
      if (lasts(one.name)) this.outbox.change(one.op, { stage: "waiting" });
      else this.settleOp(one, { ok: false, error: { code: "OFFLINE", message: "the connection was lost" } });
    }
  }

  private shut({ code, retryAfterMs }: Refusal): void {
    const kinds: Record<string, Ending["kind"]> = { BANNED: "banned", FORBIDDEN: "kicked", ROOM_CLOSED: "closed", ROOM_FULL: "full", UNAUTHORIZED: "expired" };
    this.end({ kind: kinds[code] ?? "gone", ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }

  private end(ending: Ending): void {
    this.link.value = "out";
    this.ending.value = ending;
    this.leave();
  }

  private hear(name: string, payload: unknown): void {
    const message = payload as { room?: string; reason?: string; by?: string; emoji?: string; count?: number; state?: State };
    if (!Array.isArray(payload) && message.room !== this.id) return;
    if (name === "room:event") this.event(payload as RoomEvent);
    else if (name === "room:snapshot" && message.state) this.take(told(message.state));
    else if (name === "room:lagging") this.lagging.value = true;
    else if (name === "room:closed") this.end({ kind: "closed" });
    else if (name === "room:removed") this.removed(message.reason);
    else if (name === "reaction") this.tell((listener) => listener.reaction?.({ by: message.by ?? "", emoji: message.emoji ?? "", count: message.count ?? 1 }));
    else if (name === "typing") this.typing.begins(message.by ?? "");
    else if (name === "presence") this.present(Array.isArray(payload) ? payload : [payload]);
  }

  private removed(reason: string | undefined): void {
    // Who was away for too long just comes in again.
    if (reason === "timeout") return this.connection.renew();
    this.end({ kind: reason === "banned" ? "banned" : reason === "kicked" ? "kicked" : "gone" });
  }

  private event(event: RoomEvent): void {
    this.recent = [...this.recent.slice(-199), event];
    if (!this.known || event.seq <= this.known.state.rev) return;
    if (event.seq > this.known.state.rev + 1) return void this.sync();
    this.lagging.value = false;
    this.recognise([event]);
    const after = fold(this.known, event);
    // Who is online is told beside the log, perhaps before the event that makes somebody a member.
    this.take(event.type === "member.joined" ? changeMember(after, event.by, { online: this.presence.get(event.by) ?? false }) : after);
    if (event.type === "chat.message") this.typing.stops(event.by);
    this.tell((listener) => listener.event?.(event));
  }

  /** Finds what this device asked for among events: they may come before the answer does. */
  private recognise(events: readonly RoomEvent[]): void {
    for (const { by, op, seq } of events) if (op !== null && by === this.me) this.outbox.seen(op, seq);
  }

  /** Takes what is known now, and asks for what is not sure. */
  private take(known: Known): void {
    this.known = known;
    this.state.value = known.state;
    this.outbox.settle(known.state.rev);
    if (!known.sure) this.makeSure();
  }

  private async sync(): Promise<void> {
    if (this.syncing || !this.known) return;
    this.syncing = true;
    try {
      const answer = await this.connection.ask<Joined | { ok: false }>("room:sync", { op: fresh(), since: this.known.state.rev });
      if (answer.ok) {
        const base = answer.state ? told(answer.state) : this.known;
        const events = [...(answer.events ?? []), ...this.recent];
        this.recognise(events);
        this.take(events.reduce(fold, base));
      }
    } catch {
      this.connection.renew();
    } finally {
      this.syncing = false;
    }
  }

  private makeSure(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(async () => {
      this.settled = Date.now();
      try {
        const { state } = await this.fetch();
        const fresher = this.recent.filter(({ seq }) => seq > state.rev);
        if (!this.known || state.rev + fresher.length < this.known.state.rev) return;
        this.take(fresher.reduce(fold, told(state)));
      } catch {
        // The next join or event asks again.
      }
    }, Math.max(SETTLE, this.settled + SETTLE_AGAIN - Date.now()));
  }

  private fetch(): Promise<{ rev: number; state: State }> {
    return ask(`/v1/rooms/${this.id}/state`, { token: this.pass.token });
  }

  private present(list: { member: string; online: boolean }[]): void {
    for (const { member, online } of list) this.presence.set(member, online);
    if (this.known) this.take(list.reduce((known, { member, online }) => changeMember(known, member, { online }), this.known));
  }

  private readonly release = () => {
    for (const op of [...this.held.keys()]) this.let(op);
  };

  private let(op: string): void {
    clearTimeout(this.held.get(op));
    if (!this.held.delete(op)) return;
    this.outbox.change(op, { stage: "waiting" });
    this.flush();
  }

  private flush(): void {
    if (this.link.value !== "live") return;
    for (const one of this.outbox.list.value) if (one.stage === "waiting") void this.deliver(one);
  }

  private async deliver(one: Waiting): Promise<void> {
    this.outbox.change(one.op, { stage: "sent" });
    let ack: Ack;
    try {
      ack = await this.connection.ask(one.name, { ...one.payload, op: one.op });
    } catch {
      return this.connection.renew();
    }
    if (!ack.ok && ack.error.code === "NOT_IN_ROOM" && lasts(one.name)) {
      // The server has forgotten that this device is here: in again, and then once more.
      this.outbox.change(one.op, { stage: "waiting" });
      return this.connection.renew();
    }
    const wait = !ack.ok && (ack.error.code === "RATE_LIMITED" || ack.error.code === "BUSY") ? ack.error.retryAfterMs : undefined;
    if (wait !== undefined && wait < 5_000) {
      setTimeout(() => {
        this.outbox.change(one.op, { stage: "waiting" });
        this.flush();
      }, wait);
      return;
    }
    this.settleOp(one, ack);
  }

  private settleOp(one: Waiting, ack: Ack): void {
    if (ack.ok && ack.seq !== undefined && ack.seq > (this.known?.state.rev ?? 0)) this.outbox.change(one.op, { stage: "done", seq: ack.seq });
    else this.outbox.drop(one.op);
    if (!ack.ok) this.tell((listener) => listener.refused?.(one, ack.error));
    this.answers.get(one.op)?.(ack);
    this.answers.delete(one.op);
  }
}
