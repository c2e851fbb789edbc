// The API key of whoever runs the server: from the dialog, or once from the fragment of the address. It is kept as long as the tab lives.
import { signal } from "@preact/signals";

const KEPT = "tutti.key";

function taken(): string {
  const said = new URLSearchParams(location.hash.slice(1)).get("key");
  if (said) {
    keep(said);
    history.replaceState(history.state, "", location.pathname + location.search);
    return said;
  }
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
export const apiKey = signal(taken());

export function setApiKey(key: string): void {
  keep(key);
  apiKey.value = key;
}
