// The energy curve of the evening: a few named ones, and five points to move.
import { useState } from "preact/hooks";
import { Segments } from "../../shared/ui/controls";
import { counted, percent, timeOfDay } from "../../shared/messages";
import { type Curve, PRESETS, type Preset, curveOf, hoursOf, presetOf } from "./curve";
import { useParty } from "../store";
import { t } from "../messages";

const HOURS = [2, 3, 4, 6, 8];
const [WIDE, HIGH] = [280, 88];

export function Energy({ curve, onChange }: { curve: Curve; onChange: (curve: Curve) => void }) {
  const { room } = useParty();
  const [draft, setDraft] = useState<Curve>();
  const shown = draft ?? curve;
  const preset = presetOf(shown);
  const hours = shown.length > 0 ? hoursOf(shown) : 4;
  const choose = (chosen: Preset, long = hours) => onChange(curveOf(chosen, shown[0]?.[0] ?? room.clock.now(), long));
  const stretch = (long: number) => {
    const from = shown[0]?.[0] ?? room.clock.now();
    const step = (long * 3_600_000) / (shown.length - 1);
    onChange(shown.map(([, energy], at) => [Math.round(from + at * step), energy]));
  };
  const moved = (at: number, energy: number): Curve => shown.map((point, one) => (one === at ? [point[0], energy] : point));
  return (
    <div class="energy stack">
      <h4>{t.energy.title}</h4>
      <Segments<Preset | "own"> label={t.energy.title} value={preset ?? "own"} options={[...PRESETS.map((value) => ({ value, text: t.energy.presets[value] })), ...(preset ? [] : [{ value: "own" as const, text: t.energy.own }])]} onChange={(value) => value !== "own" && choose(value)} />
      {shown.length > 1 && (
        <>
          <Chart curve={shown} now={room.clock.now()} />
          <div class="energy-points">
            {shown.map(([at, energy], nth) => (
              <label key={at}>
                <span class="num small">{timeOfDay(at)}</span>
                <input type="range" min={0} max={1} step={0.05} value={energy} aria-valuetext={percent(energy)} onInput={(event) => setDraft(moved(nth, event.currentTarget.valueAsNumber))} onChange={(event) => { onChange(moved(nth, event.currentTarget.valueAsNumber)); setDraft(undefined); }} />
                <span class="num small muted">{percent(energy)}</span>
              </label>
            ))}
          </div>
          <div class="field"><label for="energy-hours">{t.energy.long}</label><select id="energy-hours" class="input" value={String(hours)} onChange={(event) => stretch(Number(event.currentTarget.value))}>{[...new Set([...HOURS, hours])].sort((a, b) => a - b).map((n) => <option key={n} value={n}>{counted(n, t.energy.hours)}</option>)}</select></div>
        </>
      )}
      <p class="small muted">{t.energy.hint}</p>
    </div>
  );
}

function Chart({ curve, now }: { curve: Curve; now: number }) {
  const [from, to] = [curve[0]?.[0] ?? 0, curve.at(-1)?.[0] ?? 1];
  const x = (at: number) => ((at - from) / (to - from)) * WIDE;
  const y = (energy: number) => HIGH - 6 - energy * (HIGH - 12);
  const line = curve.map(([at, energy]) => `${x(at).toFixed(1)} ${y(energy).toFixed(1)}`).join("L");
  return (
    <svg class="energy-chart" viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" aria-hidden="true">
      <path class="area" d={`M0 ${HIGH}L${line}L${WIDE} ${HIGH}Z`} />
      <path class="line" d={`M${line}`} />
      {now > from && now < to && <path class="here" d={`M${x(now).toFixed(1)} 0V${HIGH}`} />}
    </svg>
  );
}
