// A search box with suggestions below it: the combobox pattern of the ARIA guide. The last answer stays while the next one is asked for.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icon";

export interface Suggestion<V> {
  id: string;
  text: string;
  /** A second line, muted. */
  more?: string | undefined;
  /** What stands before the text. */
  lead?: ComponentChildren;
  value: V;
}

interface Props<V> {
  label: string;
  /** Shown above the box; read out only without it. */
  shown?: boolean;
  placeholder?: string | undefined;
  icon?: IconName;
  /** What is in the box at first, and again whenever it changes. */
  text?: string;
  /** Suggestions for what was typed. A rejected promise is "nothing". */
  find: (text: string, signal: AbortSignal) => Promise<Suggestion<V>[]>;
  onPick: (value: V) => void;
  /** Said when nothing fits. */
  none: string;
  /** The box is empty again after a choice: for lists that grow. */
  clears?: boolean;
  disabled?: boolean;
}

/** The question under way. */
interface Asking {
  timer: ReturnType<typeof setTimeout> | undefined;
  abort: AbortController | undefined;
  /** Enter was pressed before the answer. */
  hurried: boolean;
}

/** Milliseconds after the last key before it is asked. */
const WAIT = 120;

export function Suggest<V>({ label, shown, placeholder, icon = "search", text = "", find, onPick, none, clears, disabled }: Props<V>) {
  const id = useId();
  const [typed, setTyped] = useState(text);
  const [found, setFound] = useState<Suggestion<V>[]>([]);
  const [answered, setAnswered] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const asking = useRef<Asking>({ timer: undefined, abort: undefined, hurried: false });

  useEffect(() => setTyped(text), [text]);
  useEffect(() => () => stop(asking.current), []);

  function stop(running: Asking) {
    clearTimeout(running.timer);
    running.abort?.abort();
    running.hurried = false;
  }

  function look(words: string, wait: number) {
    stop(asking.current);
    const abort = new AbortController();
    asking.current.abort = abort;
    asking.current.timer = setTimeout(() => {
      find(words.trim(), abort.signal).catch(() => []).then((list) => {
        if (abort.signal.aborted) return;
        if (asking.current.hurried && list[0]) return pick(list[0]);
        setFound(list);
        setAt(0);
        setAnswered(words.trim());
      });
    }, wait);
  }

  function pick(one: Suggestion<V>) {
    stop(asking.current);
    setOpen(false);
    setTyped(clears ? "" : one.text);
    onPick(one.value);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return show();
      if (found.length > 0) setAt((at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
    } else if (event.key === "Enter") {
      if (!open) return;
      event.preventDefault();
      const one = found[at];
      // Somebody who types fast has the first suggestion as soon as it is there.
      if (answered !== typed.trim()) asking.current.hurried = true;
      else if (one) pick(one);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    }
  }

  function show() {
    setOpen(true);
    look(typed === text ? "" : typed, 0);
  }

  const listed = open && (found.length > 0 || answered !== "");
  return (
    <div
      class="field suggest"
      ref={box}
      onFocusOut={(event) => {
        if (!box.current?.contains(event.relatedTarget as Node | null)) setOpen(false);
      }}
    >
      <label for={id} class={shown ? undefined : "sr"}>{label}</label>
      <div class="suggest-box">
        <Icon name={icon} size={20} />
        <input
          id={id}
          class="input"
          type="text"
          role="combobox"
          autocomplete="off"
          spellcheck={false}
          enterkeyhint="search"
          dir="auto"
          placeholder={placeholder}
          disabled={disabled ?? false}
          value={typed}
          aria-expanded={listed}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={listed && found[at] ? `${id}-${at}` : undefined}
          onClick={(event) => {
            if (!open) {
              event.currentTarget.select();
              show();
            }
          }}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setOpen(true);
            look(event.currentTarget.value, WAIT);
          }}
          onKeyDown={onKeyDown}
        />
        <ul id={`${id}-list`} role="listbox" aria-label={label} hidden={!listed || found.length === 0} class="suggest-list">
          {found.map((one, index) => (
            <li
              key={one.id}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === at}
              onPointerMove={() => at !== index && setAt(index)}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => pick(one)}
            >
              {one.lead}
              <span class="grow">
                <span class="clip suggest-text" dir="auto">{one.text}</span>
                {one.more && <small class="clip muted" dir="auto">{one.more}</small>}
              </span>
            </li>
          ))}
        </ul>
        {listed && found.length === 0 && <p class="suggest-list suggest-none" role="status">{none}</p>}
      </div>
    </div>
  );
}
