// Facets: what the matches are made of, to choose from. Every value keeps its place to be chosen: those of no match are grey, not gone.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { fill, number } from "../../shared/messages";
import { Icon } from "../../shared/ui/icon";
import { rangeLabel, rangeOf, valueLabel } from "./labels";
import type { Bucket, Plan } from "./facet-plan";
import { type Shown, wide } from "../request/searching";
import { type Values, go, toggled, view } from "../view";
import { t } from "../messages";

/** Values shown before "more", and at most after it. */
const FIRST = 7;
const MOST = 120;
/** Facets that stand open at first. */
const OPEN = 5;

interface Row {
  value: string;
  label: string;
  count: number | undefined;
  chosen: boolean;
}

export function Facets({ shown }: { shown: Shown }) {
  if (shown.plans.length === 0) return <p class="muted small">{t.noFacets}</p>;
  return <div class="facets">{shown.plans.map((plan, at) => <Facet key={`${shown.index.name} ${plan.field}`} plan={plan} shown={shown} open={at < OPEN} />)}</div>;
}

function Facet({ plan, shown, open }: { plan: Plan; shown: Shown; open: boolean }) {
  const [more, setMore] = useState(false);
  const [looked, setLooked] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const focused = useRef<string | undefined>(undefined);
  const ranges = plan.kind === "ranges";
  const chosen = (ranges ? view.value.range : view.value.choose)[plan.field] ?? [];
  const rows = rowsOf(plan, shown.answer.facets?.find((facet) => facet.field === plan.field)?.buckets ?? [], chosen);
  const fitting = looked ? rows.filter((row) => row.label.toLowerCase().includes(looked.toLowerCase())) : rows;
  const visible = ranges ? rows : fitting.slice(0, more ? MOST : Math.max(FIRST, chosen.length));
  const most = Math.max(1, ...rows.map((row) => row.count ?? 0));
  // A row that moves to the top keeps the focus.
  useLayoutEffect(() => {
    if (focused.current === undefined || document.activeElement !== document.body) return;
    const again = [...(list.current?.querySelectorAll("input") ?? [])].find((input) => input.value === focused.current);
    again?.focus({ preventScroll: true });
  });
  const choose = (value: string) => {
    const change = (values: Values) => toggled(values, plan.field, value);
    go({ ...(ranges ? { range: change(view.value.range) } : { choose: change(view.value.choose) }), shown: 20, open: "" });
  };
  const widen = () => {
    setMore(!more);
    setLooked("");
    if (!plan.few && !more) wide.value = new Set([...wide.value, plan.field]);
  };
  const hidden = rows.length - visible.length;
  return (
    <details class="facet" open={open || chosen.length > 0}>
      <summary>
        <span class="clip">{plan.field}</span>
        {chosen.length > 0 && <span class="tag violet">{number(chosen.length)}</span>}
        <Icon name="expand" size={18} />
      </summary>
      {more && <input class="input small" type="search" aria-label={fill(t.findIn, { field: plan.field })} placeholder={fill(t.findIn, { field: plan.field })} value={looked} onInput={(event) => setLooked(event.currentTarget.value)} />}
      <ul ref={list} aria-label={plan.field} class={more ? "long" : undefined}>
        {visible.map((row) => (
          <li key={row.value}>
            <label class="row-of" data-zero={row.count === 0 && !row.chosen}>
              <input type="checkbox" value={row.value} checked={row.chosen} onFocus={() => (focused.current = row.value)} onBlur={(event) => event.relatedTarget && (focused.current = undefined)} onChange={() => choose(row.value)} />
              <span class="name clip" title={row.label}><bdi>{row.label}</bdi></span>
              <span class="num count">{row.count === undefined ? "…" : number(row.count)}</span>
              <i class="bar" aria-hidden="true" style={{ inlineSize: `${((row.count ?? 0) / most) * 100}%` }} />
            </label>
          </li>
        ))}
      </ul>
      {more && fitting.length === 0 && <p class="muted small">{t.noneFitting}</p>}
      {more && fitting.length > MOST && <p class="muted small">{fill(t.moreFitting, { n: number(fitting.length - MOST) })}</p>}
      {!ranges && (more || hidden > 0 || !plan.few) && (
        <button type="button" class="button plain mini more" aria-expanded={more} onClick={widen}>
          {more ? t.fewer : plan.few ? fill(t.moreOf, { n: number(hidden) }) : t.more}
          <span class="sr"> {plan.field}</span>
          <Icon name={more ? "up" : "expand"} size={16} />
        </button>
      )}
    </details>
  );
}

/** Chosen values first, then by their counts, then those that no match has. Ranges stay in their order. */
function rowsOf(plan: Plan, buckets: readonly Bucket[], chosen: readonly string[]): Row[] {
  if (plan.kind === "ranges") {
    const inside = buckets.filter((bucket) => (bucket.from != null && bucket.to != null) || bucket.count > 0);
    const rows = inside.map((bucket) => ({ value: rangeOf(bucket), label: rangeLabel(plan, rangeOf(bucket)), count: bucket.count, chosen: chosen.includes(rangeOf(bucket)) }));
    const others = chosen.filter((value) => !rows.some((row) => row.value === value));
    return [...others.map((value) => ({ value, label: rangeLabel(plan, value), count: undefined, chosen: true })), ...rows];
  }
  const counts = new Map(buckets.map((bucket) => [String(bucket.value), bucket.count]));
  const absent = plan.few ? 0 : undefined;
  const names = new Set([...chosen, ...counts.keys(), ...plan.all.map((bucket) => String(bucket.value))]);
  const rows = [...names].map((value) => ({ value, label: valueLabel(value), count: counts.get(value) ?? absent, chosen: chosen.includes(value) }));
  return rows.sort((a, b) => Number(b.chosen) - Number(a.chosen) || (b.count ?? 0) - (a.count ?? 0));
}
