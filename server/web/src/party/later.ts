// Fetches the script of the sheets when the page has nothing better to do, and again when one is opened and it is still missing.
import { signal } from "@preact/signals";

type More = typeof import("./more");

/** The sheets, once they are there. */
export const more = signal<More | undefined>(undefined);
let fetching = false;

export async function fetchMore(): Promise<void> {
  if (more.value || fetching) return;
  fetching = true;
  try {
    more.value = await import("./more");
  } catch {
    // Asked for again when a sheet is opened, or the network is back.
  } finally {
    fetching = false;
  }
}

/** Fetches them soon. */
export function fetchMoreSoon(): void {
  if ("requestIdleCallback" in window) requestIdleCallback(() => void fetchMore(), { timeout: 2_000 });
  else setTimeout(() => void fetchMore(), 800);
  addEventListener("online", () => void fetchMore());
}
