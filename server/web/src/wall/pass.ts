// As whom a wall comes in: with the room's screen token where there is one, else as a guest of its own, kept apart from who uses this device.
import { ask } from "../shared/api";
import { read, write } from "../shared/storage";
import { recent } from "../shared/room/recent";
import type { Pass } from "../shared/room/room";
import { t } from "./messages";

export async function passOf(room: string): Promise<Pass> {
  const token = handed(room) ?? recent().find(({ id }) => id === room)?.screenToken;
  if (token) return { token, name: t.screen, userId: "screen" };
  const kept = read<Pass>("wall");
  if (kept) return kept;
  const { userId, token: guest } = await ask<{ userId: string; token: string }>("/v1/guests", { body: { name: t.screen } });
  const pass = { userId, token: guest, name: t.screen };
  write("wall", pass);
  return pass;
}

/** A token in the address as `#token=`: taken out of it and kept for when the screen is switched on again. */
function handed(room: string): string | undefined {
  const place = `screen.${room}`;
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return read<string>(place);
  history.replaceState(null, "", location.pathname + location.search);
  write(place, token);
  return token;
}
