// The parties this device was at, newest first: to come back to, and for the host the token of the room's screen.
import { read, write } from "../storage";

export interface Recent {
  id: string;
  code: string;
  name: string;
  at: number;
  /** Connects a screen; only who made the room has it. */
  screenToken?: string;
}

const MOST = 12;

export const recent = (): Recent[] => read<Recent[]>("rooms") ?? [];

/** Notes a room; what was known of it and is not said again stays. */
export function note(room: Omit<Recent, "at">): void {
  const known = recent();
  const before = known.find(({ id }) => id === room.id);
  write("rooms", [{ ...before, ...room, at: Date.now() }, ...known.filter(({ id }) => id !== room.id)].slice(0, MOST));
}

export function forgetRoom(id: string): void {
  write("rooms", recent().filter((room) => room.id !== id));
}
