// A room as the server shows it: its state, the entries of its log, the answers to ops. Names are those of `server/src/rooms`.

export interface Song {
  id: string;
  title: string;
  artist: string;
  durationMs: number;
  explicit: boolean;
}

export type Role = "host" | "cohost" | "guest" | "screen";
export type Vote = "up" | "down" | "none";
export type Order = "fair" | "votes" | "fifo";

export interface Member {
  id: string;
  name: string;
  role: Role;
  online: boolean;
  checkedIn: boolean;
  checkedInUntil: number | null;
  /** Spent this evening. */
  vetoes: number;
}

export interface Item {
  item: string;
  song: Song;
  /** A member's id, or `server`. */
  by: string;
  note: string | null;
  addedSeq: number;
  scoreSeq: number;
  score: number;
  up: number;
  down: number;
  pinned: boolean;
  /** Index that a move gave it. */
  pin: number | null;
  votes: Record<string, Vote>;
  vetoes: string[];
}

export interface Now {
  item: string;
  song: Song;
  by: string;
  state: "playing" | "paused";
  positionMs: number;
  atMs: number;
  startedMs: number;
  skips: string[];
}

export interface Played {
  item: string;
  song: Song;
  by: string;
  startedMs: number;
  endedMs: number;
  reason: string;
}

export interface Message {
  seq: number;
  by: string;
  text: string;
  ts: number;
  replyTo: number | null;
  deleted: boolean;
}

export interface Picture {
  picture: string;
  url: string;
  mime: string;
  by: string;
  caption: string | null;
  ts: number;
}

export interface Ban {
  id: string;
  name: string;
  reason: string | null;
}

export interface Settings {
  allowDuplicates: boolean;
  autopilot: boolean;
  autopilotMinQueue: number;
  chat: boolean;
  /** `[atMs, energy]`, ascending; none: as it comes. */
  energyCurve: [number, number][];
  explicit: boolean;
  externalSongs: boolean;
  followDetected: boolean;
  graceMs: number;
  guestsAdd: boolean;
  guestsMove: boolean;
  maxPerMember: number;
  maxQueue: number;
  order: Order;
  pictures: boolean;
  requireCheckin: boolean;
  skipShare: number;
  vetoCount: number;
  vetoesPerMember: number;
}

/** A room at one revision. Values are never changed, only replaced: what is the same object is the same. */
export interface State {
  rev: number;
  name: string;
  open: boolean;
  settings: Settings;
  members: Member[];
  queue: Item[];
  now: Now | null;
  history: Played[];
  chat: Message[];
  pictures: Picture[];
  turns: Record<string, number>;
  /** Seen by host and cohosts only. */
  bans?: Ban[];
}

/** One entry of the log. `data` is read in `fold`. */
export interface RoomEvent {
  room: string;
  seq: number;
  ts: number;
  type: string;
  by: string;
  op: string | null;
  data: Record<string, unknown>;
}

/** What anybody may know of a room: `GET /v1/rooms/by-code/{code}`. */
export interface Summary {
  id: string;
  name: string;
  code: string;
  link: string;
  rev: number;
  open: boolean;
  members: number;
  online: number;
  settings: Settings;
  venueId: string | null;
}

/** Why an op was refused, as the server says it. */
export interface Refusal {
  code: string;
  message: string;
  retryAfterMs?: number;
  item?: string;
}

export type Ack = { ok: true; rev: number; seq?: number; unchanged?: boolean; [more: string]: unknown } | { ok: false; error: Refusal };

export type Joined = {
  ok: true;
  room: string;
  member: { id: string; name: string; role: Role };
  rev: number;
  events?: RoomEvent[];
  state?: State;
};

export const SERVER = "server";
