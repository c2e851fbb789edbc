// How a page begins: its sheet, its theme, its root.
import "./design.css";
import "./theme";
import { type ComponentChild, render } from "preact";
import { Toasts } from "./ui/toasts";

/** Puts a page in the place of what stood there before scripts ran. */
export function begin(page: ComponentChild): void {
  const root = document.getElementById("app");
  if (!root) throw new Error("no #app in the page");
  root.replaceChildren();
  render(<>{page}<Toasts /></>, root);
}

/** What the server wrote into the page's head, such as the address of map tiles; `undefined` when it did not. */
export function told(name: string): string | undefined {
  return document.querySelector<HTMLMetaElement>(`meta[name="tutti-${name}"]`)?.content || undefined;
}
