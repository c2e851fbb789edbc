// What values and ranges of facets are called.
import { duration, locale, number } from "../../shared/messages";
import type { Bucket, Plan } from "./facet-plan";
import { t } from "../messages";

const months = new Intl.DateTimeFormat(locale, { month: "short", year: "numeric", timeZone: "UTC" });

/** A range as it stands in the address. */
export const rangeOf = ({ from, to }: Bucket): string => `${from ?? ""}..${to ?? ""}`;

/** Numbers that are names, such as years, have no separators. */
const plain = (field: string): boolean => /year/i.test(field);

function end(plan: Plan, value: string, last: boolean): string {
  if (plan.type === "Edm.DateTimeOffset") {
    const date = new Date(last ? Date.parse(value) - 1 : value);
    return plan.bounds.every((bound) => String(bound).slice(5, 7) === "01") ? String(date.getUTCFullYear()) : months.format(date);
  }
  const whole = /Int/.test(plan.type);
  const shown = Number(value) - (last && whole ? (plan.field.endsWith("_ms") ? 1000 : 1) : 0);
  if (plan.field.endsWith("_ms")) return duration(shown);
  return plain(plan.field) ? String(shown) : number(shown);
}

/** "1990 – 1999", "from 2020", "before 1960". */
export function rangeLabel(plan: Plan | undefined, range: string): string {
  const [from = "", to = ""] = range.split("..");
  if (!plan) return range;
  if (from === "") return t.before(end(plan, to, false));
  if (to === "") return t.from(end(plan, from, false));
  const [first, last] = [end(plan, from, false), end(plan, to, true)];
  return first === last ? first : `${first} – ${last}`;
}

export const valueLabel = (value: string): string => (value === "" ? t.emptyText : value);
