// Years, energy, quiet hours: each off until switched on.
import { useId } from "preact/hooks";
import { percent } from "../../shared/messages";
import { Switch } from "../../shared/ui/controls";
import type { Quiet } from "../venue";
import { t } from "../messages";

export function Years({ years, wrong, onChange }: { years: [number, number] | null; wrong: boolean; onChange: (years: [number, number] | null) => void }) {
  const id = useId();
  const last = new Date().getFullYear();
  const put = (at: 0 | 1) => (event: { currentTarget: HTMLInputElement }) => {
    const year = event.currentTarget.valueAsNumber;
    if (years && year >= 1900 && year <= last) onChange(at === 0 ? [year, years[1]] : [years[0], year]);
  };
  return (
    <div class="style-field">
      <Switch label={t.yearsOn} on={years !== null} onChange={(on) => onChange(on ? [1980, last] : null)} />
      {years && (
        <div class="row">
          <label class="field grow"><span class="label">{t.yearsFrom}</span><input class="input num" type="number" min="1900" max={last} value={years[0]} aria-invalid={wrong || undefined} aria-describedby={wrong ? id : undefined} onInput={put(0)} /></label>
          <label class="field grow"><span class="label">{t.yearsTo}</span><input class="input num" type="number" min="1900" max={last} value={years[1]} aria-invalid={wrong || undefined} aria-describedby={wrong ? id : undefined} onInput={put(1)} /></label>
        </div>
      )}
      {wrong && <p id={id} class="wrong small" role="alert">{t.wrongYears}</p>}
    </div>
  );
}

export function Energy({ energy, onChange }: { energy: number | null; onChange: (energy: number | null) => void }) {
  return (
    <div class="style-field">
      <Switch label={t.energyOn} hint={t.energyHint} on={energy !== null} onChange={(on) => onChange(on ? 0.6 : null)} />
      {energy !== null && <Slider label={t.energy} value={energy} onChange={onChange} />}
    </div>
  );
}

export function QuietHours({ quiet, onChange }: { quiet: Quiet | null; onChange: (quiet: Quiet | null) => void }) {
  const put = (name: "from" | "to") => (event: { currentTarget: HTMLInputElement }) => {
    const { value } = event.currentTarget;
    if (quiet && value) onChange({ ...quiet, [name]: value.slice(0, 5) });
  };
  return (
    <div class="style-field">
      <Switch label={t.quiet} hint={t.quietHint} on={quiet !== null} onChange={(on) => onChange(on ? { from: "23:00", to: "07:00", energy: 0.25 } : null)} />
      {quiet && (
        <>
          <div class="row">
            <label class="field grow"><span class="label">{t.quietFrom}</span><input class="input num" type="time" value={quiet.from} onChange={put("from")} /></label>
            <label class="field grow"><span class="label">{t.quietTo}</span><input class="input num" type="time" value={quiet.to} onChange={put("to")} /></label>
          </div>
          <Slider label={t.quietEnergy} value={quiet.energy} onChange={(energy) => onChange({ ...quiet, energy })} />
        </>
      )}
    </div>
  );
}

function Slider({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  return (
    <label class="slider">
      <span class="row"><span class="label grow">{label}</span><output class="num">{percent(value)}</output></span>
      <input type="range" min="0" max="1" step="0.05" value={value} onInput={(event) => onChange(event.currentTarget.valueAsNumber)} />
      <span class="row small muted"><span class="grow">{t.calm}</span><span>{t.intense}</span></span>
    </label>
  );
}
