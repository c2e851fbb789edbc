// Who asks: an owner by account, or whoever holds the admin key. An owner's tokens live as long as the tab.
import { signal } from "@preact/signals";
import { ApiError, type Ask, ask } from "../../shared/api";
import { apiKey, setApiKey } from "../../shared/key";

export interface Owner {
  userId: string;
  email: string;
  accessToken: string;
  refreshToken: string;
}

type Tokens = Pick<Owner, "userId" | "accessToken" | "refreshToken">;

const KEPT = "tutti.owner";

function kept(): Owner | undefined {
  try {
    const text = sessionStorage.getItem(KEPT);
    return text ? (JSON.parse(text) as Owner) : undefined;
  } catch {
    return undefined;
  }
}

export const owner = signal<Owner | undefined>(kept());
/** Why somebody who was in is out again. */
export const ended = signal(false);

function keep(next: Owner | undefined): void {
  owner.value = next;
  try {
    if (next) sessionStorage.setItem(KEPT, JSON.stringify(next));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // Not kept: it lasts as long as the page.
  }
}

/** Whether somebody is in, by account or key. */
export const isIn = (): boolean => owner.value !== undefined || apiKey.value !== "";

/** @throws ApiError */
export async function signIn(email: string, password: string): Promise<void> {
  const tokens = await ask<Tokens>("/v1/sessions", { body: { email, password } });
  ended.value = false;
  keep({ ...tokens, email });
}

/** Ends the session here, and on the server if it can be reached; forgets the key. */
export function signOut(): void {
  const token = owner.value?.accessToken;
  if (token) void ask("/v1/sessions/current", { method: "DELETE", token }).catch(() => undefined);
  keep(undefined);
  setApiKey("");
}

let renewing: Promise<void> | undefined;
/** New tokens for old; questions that come at the same time wait for the same ones. */
function renew(held: Owner): Promise<void> {
  renewing ??= ask<Tokens>("/v1/sessions/refresh", { body: { refreshToken: held.refreshToken } })
    .then((tokens) => keep({ ...held, ...tokens }))
    .finally(() => (renewing = undefined));
  return renewing;
}

/** A request as the owner, or with the key. @throws ApiError */
export async function call<T>(path: string, options: Ask = {}): Promise<T> {
  const held = owner.value;
  if (!held) return ask<T>(path, { ...options, key: apiKey.value });
  try {
    return await ask<T>(path, { ...options, token: held.accessToken });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error;
    try {
      await renew(held);
    } catch (refused) {
      if (refused instanceof ApiError && refused.status !== 0 && refused.status < 500) {
        keep(undefined);
        ended.value = true;
      }
      throw refused;
    }
    return ask<T>(path, { ...options, token: owner.value?.accessToken });
  }
}
