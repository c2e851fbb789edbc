// The hours of a week as a strip of squares, the fuller the stronger. What is pointed at is said below.
import { useState } from "preact/hooks";
import { fill, locale } from "../messages";
import { chart } from "./messages";

const MONDAY = Date.UTC(2024, 0, 1);
const named = (form: "short" | "long") => new Intl.DateTimeFormat(locale, { weekday: form, timeZone: "UTC" });
const [short, long] = [named("short"), named("long")];
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

/** Days from Monday (0) by name. */
export const dayName = (day: number): string => long.format(MONDAY + day * 86_400_000);
/** 21 as "21:00". */
export const hourName = (hour: number): string => clock.format(MONDAY + hour * 3_600_000);

/** `values` are 168, from Monday 00:00; `say` says one of them. */
export function WeekHeat({ values, label, say }: { values: readonly number[]; label: string; say: (value: number) => string }) {
  const [at, setAt] = useState<number>();
  const most = Math.max(1, ...values);
  // One hour is marked as the best only where it alone is.
  const best = values.filter((value) => value === most).length === 1 ? values.indexOf(most) : -1;
  const shown = at ?? (best >= 0 ? best : undefined);
  const point = (event: PointerEvent) => {
    const cell = (event.target as HTMLElement).dataset.at;
    if (cell !== undefined && Number(cell) !== at) setAt(Number(cell));
  };
  return (
    <div class="heat" role="img" aria-label={label}>
      <div
        class="heat-grid"
        aria-hidden="true"
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => setAt(undefined)}
      >
        {Array.from({ length: 7 }, (_, day) => (
          <Row key={day} day={day} values={values} most={most} best={best} />
        ))}
        <span />
        {[0, 6, 12, 18].map((hour) => <span key={hour} class="heat-hour">{hourName(hour)}</span>)}
      </div>
      <p class="heat-said small" aria-hidden="true">{shown === undefined ? "\u00a0" : <><strong>{fill(chart.at, { day: dayName(Math.floor(shown / 24)), hour: hourName(shown % 24) })}</strong> {say(values[shown] ?? 0)}</>}</p>
    </div>
  );
}

function Row({ day, values, most, best }: { day: number; values: readonly number[]; most: number; best: number }) {
  return (
    <>
      <span class="heat-day">{short.format(MONDAY + day * 86_400_000)}</span>
      {Array.from({ length: 24 }, (_, hour) => {
        const at = day * 24 + hour;
        const value = values[at] ?? 0;
        return <i key={hour} data-at={at} class={at === best && value > 0 ? "best" : undefined} style={{ "--level": `${value > 0 ? 14 + (86 * value) / most : 0}%` }} />;
      })}
    </>
  );
}
