// An input for a query or a filter: completes field names as one types (a combobox) and underlines a mistake exactly where it is.
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Completing, type Completion, type Grammar, completed, completing } from "./complete";
import { Icon, type IconName } from "../../shared/ui/icon";
import { Prose } from "../../shared/ui/prose";
import type { Index } from "../index/definition";
import { t } from "../messages";

export interface Wrong {
  from: number;
  to: number;
  message: string;
  remedy: string | undefined;
}

interface Props {
  id: string;
  label: string;
  /** Whether the label is read out only. */
  hidden?: boolean;
  value: string;
  placeholder?: string | undefined;
  grammar: Grammar;
  index: Index | undefined;
  wrong: Wrong | undefined;
  icon?: IconName;
  /** The key that leads here. */
  hotkey?: string;
  type?: "search" | "text";
  onInput: (text: string) => void;
  /** Enter, or leaving with a change. */
  onDone: (text: string) => void;
  /** Down with nothing to choose. */
  onDown?: () => void;
}

export function QueryInput({ id, label, hidden, value, placeholder, grammar, index, wrong, icon, hotkey, type = "text", onInput, onDone, onDown }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  const caret = useRef<number | undefined>(undefined);
  const [options, setOptions] = useState<Completing>();
  const [at, setAt] = useState(-1);
  const list = useId();
  const message = `${id}-wrong`;

  const follow = () => {
    if (mirror.current && input.current) mirror.current.scrollLeft = input.current.scrollLeft;
  };
  useLayoutEffect(() => {
    if (caret.current !== undefined) input.current?.setSelectionRange(caret.current, caret.current);
    caret.current = undefined;
    follow();
  });
  useEffect(() => {
    const shown = input.current;
    shown?.addEventListener("scroll", follow);
    document.addEventListener("selectionchange", follow);
    return () => {
      shown?.removeEventListener("scroll", follow);
      document.removeEventListener("selectionchange", follow);
    };
  }, []);

  const close = () => {
    setOptions(undefined);
    setAt(-1);
  };
  const look = () => {
    const shown = input.current;
    setAt(-1);
    setOptions(index && shown ? completing(shown.value, shown.selectionStart ?? 0, index, grammar) : undefined);
  };
  const take = (option: Completion) => {
    if (!options) return;
    const next = completed(value, options, option);
    caret.current = next.caret;
    close();
    onInput(next.text);
    input.current?.focus();
  };
  const keyed = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const some = options?.options ?? [];
    if (event.key === "ArrowDown" && some.length === 0 && onDown) onDown();
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && some.length > 0) setAt((at + (event.key === "ArrowDown" ? 1 : some.length + (at < 0 ? 0 : -1))) % some.length);
    else if ((event.key === "Enter" || event.key === "Tab") && at >= 0 && some[at]) take(some[at]);
    else if (event.key === "Enter") {
      close();
      onDone(value);
    } else if (event.key === "Escape" && some.length > 0) close();
    else if (event.key === "Escape" && value !== "") {
      onInput("");
      onDone("");
    } else if (event.key === "Escape") input.current?.blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="query-input">
      <label for={id} class={hidden ? "sr" : undefined}>{label}</label>
      <div class={icon ? "typed with-icon" : "typed"}>
        <input
          ref={input}
          id={id}
          class="input"
          type="text"
          inputMode={type === "search" ? "search" : "text"}
          enterkeyhint="search"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder={placeholder}
          value={value}
          dir={value ? "auto" : undefined}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={options !== undefined}
          aria-controls={list}
          aria-activedescendant={at >= 0 ? `${list}-${at}` : undefined}
          aria-invalid={wrong ? "true" : undefined}
          aria-describedby={wrong ? message : undefined}
          onInput={(event) => {
            onInput(event.currentTarget.value);
            look();
          }}
          onKeyDown={keyed}
          onBlur={() => {
            close();
            onDone(value);
          }}
        />
        <div class="mirror" aria-hidden="true" dir="auto" ref={mirror}>{wrong && <Underlined text={value} from={wrong.from} to={wrong.to} />}</div>
        {icon && <Icon name={icon} size={20} />}
        {hotkey && value === "" && <kbd aria-hidden="true">{hotkey}</kbd>}
        <ul class="completions" role="listbox" id={list} aria-label={t.fieldsFitting} hidden={!options}>
          {options?.options.map((option, place) => (
            <li
              key={option.name}
              id={`${list}-${place}`}
              role="option"
              aria-selected={place === at}
              onPointerDown={(event) => {
                event.preventDefault();
                take(option);
              }}
            >
              <code>{option.name}</code> <small class="muted">{option.type}</small>
            </li>
          ))}
        </ul>
      </div>
      {wrong && (
        <p class="wrong" id={message}>
          <Prose text={wrong.message} />
          {wrong.remedy && <span class="remedy"> <Prose text={wrong.remedy} /></span>}
        </p>
      )}
    </div>
  );
}

/** The text once more, unseen, with a line under a part of it; at the end of the text under the place after it. */
function Underlined({ text, from, to }: { text: string; from: number; to: number }) {
  const [start, end] = [Math.min(from, text.length), Math.min(Math.max(to, from + 1), text.length)];
  return (
    <>
      {text.slice(0, start)}
      <span class="mistake">{text.slice(start, end) || "\u00A0"}</span>
      {text.slice(end)}
    </>
  );
}
