// What the parts of the party page share: the room, its door, which sheet is open.
import { type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { recent } from "../shared/room/recent";
import type { Room } from "../shared/room/room";
import type { Summary } from "../shared/room/types";
import { TasteWatch } from "./queue/taste";

export type Sheet =
  | { kind: "search" | "chat" | "people" | "invite" | "evening" | "host" | "checkin" | "quiz" | "looks" }
  | { kind: "song"; item: string }
  | undefined;

export interface Party {
  room: Room;
  summary: Summary;
  /** They change when the host asks for a new code. */
  code: Signal<string>;
  link: Signal<string>;
  sheet: Signal<Sheet>;
  taste: TasteWatch;
  /** Number of the last chat message that was seen. */
  seen: Signal<number>;
}

export function partyOf(room: Room, summary: Summary): Party {
  return { room, summary, code: signal(summary.code), link: signal(summary.link), sheet: signal<Sheet>(undefined), taste: new TasteWatch(room), seen: signal(Number.MAX_SAFE_INTEGER) };
}

const Shared = createContext<Party | undefined>(undefined);
export const PartyProvider = Shared.Provider;

export function useParty(): Party {
  const party = useContext(Shared);
  if (!party) throw new Error("outside of a party");
  return party;
}

/** Connects a screen to this room, when this device made the room. */
export const screenToken = (room: string): string | undefined => recent().find(({ id }) => id === room)?.screenToken;
