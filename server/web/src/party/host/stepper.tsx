// A small number with a button to each side.
import { useId } from "preact/hooks";
import { fill, number } from "../../shared/messages";
import { t } from "../messages";

export function Stepper({ label, value, least, most, onChange }: { label: string; value: number; least: number; most: number; onChange: (value: number) => void }) {
  const id = useId();
  return (
    <div class="row stepper" role="group" aria-labelledby={id}>
      <span id={id} class="grow">{label}</span>
      <button type="button" class="button icon mini" aria-label={fill(t.host.less, { label })} disabled={value <= least} onClick={() => onChange(value - 1)}>−</button>
      <output class="num" aria-live="polite">{number(value)}</output>
      <button type="button" class="button icon mini" aria-label={fill(t.host.more, { label })} disabled={value >= most} onClick={() => onChange(value + 1)}>+</button>
    </div>
  );
}
