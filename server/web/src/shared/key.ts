// The API key of whoever runs the server: from the dialog, or once from the fragment of the address. It is kept as long as the tab lives.
import { signal } from "@preact/signals";

const KEPT = "tutti.key";

/** The key in the fragment, which leaves the address. */
function said(): string {
  const key = new URLSearchParams(location.hash.slice(1)).get("key") ?? "";
  if (!key) return "";
  keep(key);
  history.replaceState(history.state, "", location.pathname + location.search);
  return key;
}

function kept(): string {
  try {
    return sessionStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}

function keep(key: string): void {
  try {
    if (key) sessionStorage.setItem(KEPT, key);
    else sessionStorage.removeItem(KEPT);
  } catch {
    // Nothing is kept here: it lasts as long as the page.
  }
}

/** The key; empty when there is none. */
export const apiKey = signal(said() || kept());
// A link with a key may be followed within the page.
addEventListener("hashchange", () => {
  const key = said();
  if (key) apiKey.value = key;
});

export function setApiKey(key: string): void {
  keep(key);
  apiKey.value = key;
}
