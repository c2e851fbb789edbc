// The keys of the console: `/` to the query, arrows through the hits, `Esc` back, `?` for this list.
import { useEffect } from "preact/hooks";
import { Dialog } from "../../shared/ui/dialog";
import { go, view } from "../view";
import { t } from "../messages";

const titles = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(".hit .title")];

const toQuery = (): void => {
  const input = document.getElementById("q") as HTMLInputElement | null;
  input?.focus();
  input?.select();
};

/** To the first hit. */
export const toHits = (): void => titles()[0]?.focus();

function step(by: 1 | -1, from: Element): boolean {
  const all = titles();
  const at = all.findIndex((title) => title.closest(".hit")?.contains(from));
  if (at < 0 && from !== document.body) return false;
  const next = all[at + by];
  if (next) {
    next.focus();
    next.closest(".hit")?.scrollIntoView({ block: "nearest" });
  } else if (by < 0) toQuery();
  return true;
}

export function useKeys(help: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      const here = document.activeElement ?? document.body;
      const typing = here.matches("input:not([type=checkbox], [type=radio]), textarea, select");
      if (event.key === "/" && !typing) toQuery();
      else if (event.key === "?" && !typing) help();
      else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !here.matches("input, textarea, select, summary, pre")) {
        if (!step(event.key === "ArrowDown" ? 1 : -1, here)) return;
      } else if (event.key === "Escape" && here.closest(".hit")) leaveHit(here);
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}

/** First the hit is closed, then it is left. */
function leaveHit(here: Element): void {
  const title = here.closest(".hit")?.querySelector<HTMLElement>(".title");
  if (title && view.peek().open === title.dataset.key) {
    title.focus();
    go({ open: "" }, { replace: true });
  } else toQuery();
}

export function KeysHelp({ onClose }: { onClose: () => void }) {
  const lines: [string[], string][] = [[["/"], t.keys.query], [["↓", "↑"], t.keys.hits], [["Enter"], t.keys.open], [["Esc"], t.keys.leave], [["?"], t.keys.help]];
  return (
    <Dialog title={t.keys.title} onClose={onClose}>
      <dl class="keys">
        {lines.map(([keys, says]) => (
          <div key={says}>
            <dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
