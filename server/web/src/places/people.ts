// Whose taste counts: one's own, that of a party's members, or nobody's.
import { ApiError, ask } from "../shared/api";
import type { Member as RoomMember } from "../shared/room/types";
import { session } from "../shared/session";
import type { Whom } from "./view";

export interface Person {
  id: string;
  name: string;
  /** False once the server said that nothing is known of his taste. */
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

type Member = Pick<RoomMember, "id" | "name" | "role" | "online">;
/** People of a party whose taste is asked for, those who are there first. */
const MOST = 30;

async function group(code: string, signal: AbortSignal): Promise<People> {
  const token = session.value?.token;
  try {
    const room = await ask<{ id: string }>(`/v1/rooms/by-code/${encodeURIComponent(code)}`, { signal });
    if (!token) return { people: [], lack: "notMember" };
    const { state } = await ask<{ state: { members: Member[] } }>(`/v1/rooms/${room.id}/state`, { token, signal });
    const members = state.members.filter(({ role }) => role !== "screen").sort((a, b) => Number(b.online) - Number(a.online));
    return { people: members.slice(0, MOST).map(({ id, name }) => ({ id, name, known: true })) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404 || error.status === 410) return { people: [], lack: "code" };
    if (error.status === 401 || error.status === 403 || error.code === "NOT_IN_ROOM") return { people: [], lack: "notMember" };
    throw error;
  }
}
