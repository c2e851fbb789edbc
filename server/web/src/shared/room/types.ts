// A room as the server shows it: its state, the entries of its log, the answers to ops. Most shapes are the server's own, from its
// description; those of the sockets are written here.
import type { MemberRole, QueueEntry, QueueOrder, RoomEvent, RoomSettings, RoomState, RoomSummary } from "../wire";

export type { Ban, Member, Message, Now, Picture, Played, RoomEvent, Song, Vote } from "../wire";
export type Role = MemberRole;
export type Order = QueueOrder;
export type Item = QueueEntry;
export type Settings = RoomSettings;
/** A room at one revision. Values are never changed, only replaced: what is the same object is the same. */
export type State = RoomState;
/** What anybody may know of a room: `GET /v1/rooms/by-code/{code}`. */
export type Summary = RoomSummary;

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
