// Short words about what just happened, with an undo where there is one. Read out politely; gone after a while.
import { signal } from "@preact/signals";
import { common } from "./common";

interface Toast {
  id: number;
  text: string;
  undo: (() => void) | undefined;
  label: string;
}

const shown = signal<Toast[]>([]);
let last = 0;

/** Says something; at most three stand at once. `undo` takes it back, or does what `label` says. */
export function say(text: string, undo?: () => void, label: string = common.undo): void {
  const id = ++last;
  shown.value = [...shown.value.slice(-2), { id, text, undo, label }];
  setTimeout(() => drop(id), undo ? 8000 : 5000);
}

function drop(id: number): void {
  shown.value = shown.value.filter((toast) => toast.id !== id);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.value.map(({ id, text, undo, label }) => (
        <div class="toast" key={id}>
          <span dir="auto">{text}</span>
          {undo && (
            <button
              type="button"
              class="button mini"
              onClick={() => {
                drop(id);
                undo();
              }}
            >
              {label}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
