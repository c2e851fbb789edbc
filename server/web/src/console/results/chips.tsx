// What narrows the hits, as chips that take it away again.
import { fill } from "../../shared/messages";
import { Icon } from "../../shared/ui/icon";
import { rangeLabel, valueLabel } from "./labels";
import type { Plan } from "./facet-plan";
import { type View, go, toggled } from "../view";
import { t } from "../messages";

interface Chip {
  name: string;
  label: string;
  without: Partial<View>;
}

function chipsOf(view: View, plans: readonly Plan[]): Chip[] {
  const values = Object.entries(view.choose).flatMap(([name, values]) => values.map((value) => ({ name, label: valueLabel(value), without: { choose: toggled(view.choose, name, value) } })));
  const ranges = Object.entries(view.range).flatMap(([name, values]) =>
    values.map((value) => ({ name, label: rangeLabel(plans.find((plan) => plan.field === name), value), without: { range: toggled(view.range, name, value) } })));
  const taste = view.tasteOf && view.index === "songs" ? [{ name: t.tasteOf, label: view.tasteOf, without: { tasteOf: "" } }] : [];
  const like = view.like ? [{ name: t.like, label: view.like, without: { like: "" } }] : [];
  const vector = view.vector.trim() && !view.like ? [{ name: t.vector, label: view.vector.trim().slice(0, 24), without: { vector: "" } }] : [];
  return [...values, ...ranges, ...taste, ...like, ...vector];
}

export function Chips({ view, plans }: { view: View; plans: readonly Plan[] }) {
  const chips = chipsOf(view, plans);
  if (chips.length === 0) return null;
  /** The focus goes to the next chip, or to the number of hits when none is left. */
  const away = (change: Partial<View>, at: number) => {
    go({ ...change, shown: 20, open: "" });
    requestAnimationFrame(() => {
      const left = document.querySelectorAll<HTMLElement>(".chips button");
      (left[Math.min(at, left.length - 2)] ?? document.getElementById("found"))?.focus();
    });
  };
  return (
    <ul class="chips wrap" aria-label={t.chosen}>
      {chips.map(({ name, label, without }, at) => (
        <li key={`${name} ${label}`}>
          <button type="button" class="chip" onClick={() => away(without, at)} aria-label={fill(t.remove, { what: `${name}: ${label}` })}>
            <span class="muted">{name}</span> <span class="clip" dir="auto">{label}</span> <Icon name="close" size={16} />
          </button>
        </li>
      ))}
      <li><button type="button" class="button plain mini" onClick={() => away({ choose: {}, range: {}, tasteOf: "", like: "", vector: "" }, 0)}>{t.clearAll}</button></li>
    </ul>
  );
}
