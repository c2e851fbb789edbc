// Controls that the browser has, dressed: a switch is a checkbox, segments are radio buttons.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export function Switch({ label, hint, on, onChange, disabled }: { label: string; hint?: string | undefined; on: boolean; onChange: (on: boolean) => void; disabled?: boolean }) {
  return (
    <label class="switch">
      <span>
        {label}
        {hint && <small>{hint}</small>}
      </span>
      <input type="checkbox" role="switch" checked={on} disabled={disabled ?? false} onChange={(event) => onChange(event.currentTarget.checked)} />
    </label>
  );
}

/** One of a few; `label` is read out, not shown. */
export function Segments<V extends string>({ label, value, options, onChange }: { label: string; value: V; options: readonly { value: V; text: ComponentChildren }[]; onChange: (value: V) => void }) {
  const name = useId();
  return (
    <fieldset class="segments">
      <legend class="sr">{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input type="radio" name={name} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} />
          <span>{option.text}</span>
        </label>
      ))}
    </fieldset>
  );
}
