// Who uses this page: a guest of one device, by name alone.
import { signal } from "@preact/signals";
import { ask } from "./api";
import { forget, read, write } from "./storage";

export interface Session {
  userId: string;
  token: string;
  name: string;
}

/** Who is here; none before a name was given. */
export const session = signal<Session | undefined>(handed() ?? read<Session>("session"));

/** Somebody whose token stands in the address as `#as=`, such as the host of the demo's party: kept, and taken out of the address. */
function handed(): Session | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get("as");
  if (!token) return undefined;
  history.replaceState(history.state, "", location.pathname + location.search);
  const claims = claimsOf(token);
  if (!claims) return undefined;
  const session = { userId: claims.sub, token, name: claims.name };
  write("session", session);
  return session;
}

/** What a token says of its holder; whether that is true is for the server to say. */
function claimsOf(token: string): { sub: string; name: string } | undefined {
  try {
    const bytes = Uint8Array.from(atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown; name?: unknown };
    return typeof claims.sub === "string" ? { sub: claims.sub, name: typeof claims.name === "string" ? claims.name : "" } : undefined;
  } catch {
    return undefined;
  }
}

/** Comes in under a name. On the device of an earlier guest the new one is known to be the same device. @throws ApiError */
export async function enter(name: string): Promise<Session> {
  const { userId, token } = await ask<{ userId: string; token: string }>("/v1/guests", { body: { name }, token: session.value?.token });
  const entered = { userId, token, name };
  write("session", entered);
  session.value = entered;
  return entered;
}

/** Forgets who was here, on this device. */
export function leave(): void {
  forget("session");
  session.value = undefined;
}
