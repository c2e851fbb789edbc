// Whose taste counts: one's own, that of a party's members, or nobody's.
import { ApiError, ask } from "../shared/api";
import { read } from "../shared/kept";
import { session } from "../shared/session";
import type { Whom } from "./view";

/** A party this device was in, as the party page keeps it. */
export interface Recent {
  code: string;
  name: string;
}

export const recent = (): Recent[] => (read<Recent[]>("recent") ?? []).filter(({ code }) => typeof code === "string");

export interface Person {
  id: string;
  name: string;
  /** Whether anything is known of his taste. */
  known: boolean;
}

/** Who is looked for; `lack` says why it is fewer than asked. */
export interface People {
  people: Person[];
  lack?: "nobody" | "unknown" | "code" | "notMember" | undefined;
}

/** For whom it is when the address does not say: oneself once one is known. */
export const usual = (): Whom => (session.value ? "me" : "anybody");

export async function peopleOf(whom: Whom, signal: AbortSignal): Promise<People> {
  const me = session.value;
  if (whom === "anybody") return { people: [] };
  if (whom === "me") return me ? { people: [{ id: me.userId, name: me.name, known: true }] } : { people: [], lack: "nobody" };
  return group(whom.code, signal);
}

async function group(code: string, signal: AbortSignal): Promise<People> {
  const token = session.value?.token;
  try {
    const room = await ask<{ id: string }>(`/v1/rooms/by-code/${encodeURIComponent(code)}`, { signal });
    if (!token) return { people: [], lack: "notMember" };
    const { state } = await ask<{ state: { members: { id: string; name: string; role: string }[] } }>(`/v1/rooms/${room.id}/state`, { token, signal });
    const known = await knownOf(room.id, token, signal);
    const people = state.members.filter(({ role }) => role !== "screen").map(({ id, name }) => ({ id, name, known: known.get(id) ?? true }));
    return { people, lack: people.some((person) => person.known) ? undefined : "unknown" };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404 || error.status === 410) return { people: [], lack: "code" };
    if (error.status === 401 || error.status === 403 || error.code === "NOT_IN_ROOM") return { people: [], lack: "notMember" };
    throw error;
  }
}

async function knownOf(room: string, token: string, signal: AbortSignal): Promise<Map<string, boolean>> {
  const { members } = await ask<{ members: { id: string; known: boolean }[] }>(`/v1/rooms/${room}/taste`, { token, signal });
  return new Map(members.map(({ id, known }) => [id, known]));
}
