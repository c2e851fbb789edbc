// The party of a venue. This device is a guest in it like any other, and its host's right hand.
import { ApiError, ask } from "../shared/api";
import { apiKey } from "../shared/key";
import { note } from "../shared/room/recent";
import { type Session, enter, session } from "../shared/session";
import { call, owner } from "./owner/owner";
import type { RoomMade } from "../shared/wire";

/** A guest of this device: the one there is, or a new one under the name of the house. */
const guest = async (house: string): Promise<Session> => session.value ?? enter(house.slice(0, 40));

/** An id for an op; `randomUUID` is there on secure pages only. */
const op = (): string => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");


/** Opens the venue's party. By account the owner is its host and this device its co-host; by key this device is the host. @throws ApiError */
export async function openParty(venue: string, house: string): Promise<void> {
  const path = `/v1/venues/${encodeURIComponent(venue)}/room`;
  const device = await guest(house);
  const room = owner.value ? await call<RoomMade>(path, { body: {} }) : await ask<RoomMade>(path, { body: {}, key: apiKey.value, token: device.token });
  note({ id: room.id, code: room.code, name: house, screenToken: room.screenToken });
  if (!owner.value) return;
  await join(room.id, device);
  await call(`/v1/rooms/${room.id}/commands/member:role`, { body: { op: op(), member: device.userId, role: "cohost" } });
}

const join = (room: string, { token, name }: Session) => ask(`/v1/rooms/${room}/join`, { token, body: { op: op(), name } });

/** Puts a song into the queue. @throws ApiError */
export async function addSong(room: string, song: string, house: string): Promise<void> {
  const device = await guest(house);
  const add = () => ask(`/v1/rooms/${room}/commands/song:add`, { token: device.token, body: { op: op(), songId: song } });
  try {
    await add();
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "NOT_IN_ROOM")) throw error;
    await join(room, device);
    await add();
  }
}
