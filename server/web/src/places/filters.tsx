// What a place must be: open, of a kind, near enough, as full as one likes it.
import { useState } from "preact/hooks";
import { counted, distance, number } from "../shared/messages";
import { Icon } from "../shared/ui/icon";
import { kindOf } from "./sentences";
import { ground } from "./search";
import { type Crowd, RADII, filters, go, view } from "./view";
import { t } from "./messages";

export function Filters() {
  const on = filters(view.value);
  // Open at first when something in it is on; from then on as the person has it.
  const [opened] = useState(view.value.kinds.length > 0 || view.value.crowd !== undefined);
  return (
    <div class="wrap filtering">
      <button type="button" class="chip" aria-pressed={view.value.open} onClick={() => go({ open: !view.value.open })}>{t.openNow}</button>
      <Radius />
      <details class="filters" open={opened}>
        <summary class="chip"><Icon name="filter" size={18} />{on > 0 ? counted(on, t.filtersOn) : t.filters}</summary>
        <div class="filters-more">
          <Kinds />
          <Full />
          {on > 0 && <button type="button" class="button plain mini" onClick={() => go({ open: false, kinds: [], crowd: undefined })}>{t.clear}</button>}
        </div>
      </details>
    </div>
  );
}

function Radius() {
  const { radius } = view.value;
  const offered = RADII.some((one) => one === radius) ? [...RADII] : [...RADII, radius].sort((a, b) => a - b);
  return (
    <label class="chip select-chip">
      <span class="muted">{t.distance}</span>
      <select value={radius} onChange={(event) => go({ radius: Number(event.currentTarget.value) })}>
        {offered.map((metres) => <option key={metres} value={metres}>{distance(metres)}</option>)}
      </select>
    </label>
  );
}

function Kinds() {
  const { kinds } = view.value;
  const there = ground.value?.kinds ?? [];
  // A chosen kind stays, with zero, when there is none around.
  const shown = [...there, ...kinds.filter((kind) => !there.some(({ value }) => value === kind)).map((value) => ({ value, count: 0 }))];
  if (shown.length === 0) return null;
  const toggle = (kind: string) => go({ kinds: kinds.includes(kind) ? kinds.filter((one) => one !== kind) : [...kinds, kind] });
  return (
    <fieldset>
      <legend class="small muted">{t.kind}</legend>
      <div class="wrap">
        {shown.map(({ value, count }) => (
          <button type="button" key={value} class="chip" aria-pressed={kinds.includes(value)} onClick={() => toggle(value)}>
            {kinds.includes(value) && <Icon name="check" size={16} />}
            {kindOf(value)} <span class="num kind-count">{number(count)}</span>
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function Full() {
  const { crowd } = view.value;
  const options: { value: Crowd | undefined; text: string }[] = [
    { value: undefined, text: t.fullAny },
    { value: "quiet", text: t.fullQuiet },
    { value: "lively", text: t.fullLively },
    { value: "packed", text: t.fullPacked },
  ];
  return (
    <fieldset>
      <legend class="small muted">{t.full}</legend>
      <div class="wrap">
        {options.map(({ value, text }) => (
          <button type="button" key={text} class="chip" aria-pressed={crowd === value} onClick={() => go({ crowd: value })}>{text}</button>
        ))}
      </div>
    </fieldset>
  );
}
