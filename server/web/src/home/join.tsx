// Into a party by its code. A pasted link works too, and a wrong code is said in words.
import { useRef, useState } from "preact/hooks";
import { ApiError, ask } from "../shared/api";
import { codeIn, LENGTH } from "../shared/room/code";
import type { Summary } from "../shared/room/types";
import { fill } from "../shared/messages";
import { t } from "./messages";

export function JoinForm() {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const refuse = (words: string) => {
    setWrong(words);
    setBusy(false);
    input.current?.focus();
  };
  const go = async (code: string) => {
    setBusy(true);
    setWrong(undefined);
    try {
      const room = await ask<Summary>(`/v1/rooms/by-code/${code}`);
      location.assign(`/r/${room.code}`);
    } catch (error) {
      refuse(inWords(error, code));
    }
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const code = codeIn(text);
    if (code) void go(code);
    else refuse(text.trim() ? t.wrong.shape : t.wrong.empty);
  };
  const type = (value: string) => {
    const found = value.length > LENGTH ? codeIn(value) : undefined;
    setText(found ?? value.toUpperCase());
    setWrong(undefined);
    // A pasted link needs no button.
    if (found) void go(found);
  };
  return (
    <form class="card home-join" onSubmit={submit} noValidate>
      <h2>{t.join}</h2>
      <div class="field">
        <label for="code" class="sr">{t.code}</label>
        <input ref={input} id="code" class="input home-code" value={text} placeholder="······" autoComplete="off" autoCapitalize="characters" autoCorrect="off" spellcheck={false} enterKeyHint="go" aria-invalid={wrong ? "true" : undefined} aria-describedby={wrong ? "code-wrong" : "code-hint"} onInput={(event) => type(event.currentTarget.value)} />
        <span class="hint" id="code-hint">{t.codeHint}</span>
        {wrong && <span class="wrong" id="code-wrong" role="alert">{wrong}</span>}
      </div>
      <button class="button main big wide" disabled={busy}>{busy ? t.looking : t.go}</button>
    </form>
  );
}

function inWords(error: unknown, code: string): string {
  if (!(error instanceof ApiError) || error.status === 0) return t.wrong.offline;
  if (error.status === 404) return fill(t.wrong.missing, { code });
  if (error.status === 429) return fill(t.wrong.slow, { n: Math.max(1, Math.ceil((error.retryAfterMs ?? 60_000) / 1000)) });
  return t.wrong.otherwise;
}
