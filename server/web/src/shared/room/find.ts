// The room of an address `/r/CODE`.
import { ApiError, ask } from "../api";
import { codeIn } from "./code";
import { recent } from "./recent";
import type { Summary } from "./types";

/** What stands in the address as the code, whether it is one or not. */
export const CODE = decodeURIComponent(location.pathname.split("/")[2] ?? "");

/** The room of the code; of a room this device knows, also when the code is a new one or the room is closed. @throws ApiError */
export async function findRoom(): Promise<Summary> {
  const code = codeIn(CODE) ?? CODE;
  try {
    return await ask<Summary>(`/v1/rooms/by-code/${encodeURIComponent(code)}`);
  } catch (error) {
    const known = recent().find((room) => room.code === code);
    if (!(error instanceof ApiError) || error.status !== 404 || !known) throw error;
    return ask<Summary>(`/v1/rooms/${known.id}`);
  }
}
