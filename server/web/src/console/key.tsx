// The dialog for the API key. The key stays in this tab; snippets say $TUTTI_KEY instead.
import { signal } from "@preact/signals";
import { useId, useState } from "preact/hooks";
import { apiKey, setApiKey } from "../shared/key";
import { Dialog } from "../shared/ui/dialog";
import { Icon } from "../shared/ui/icon";
import { t } from "./messages";

const asking = signal(false);

/** Opens the dialog. */
export const asksForKey = (): void => {
  asking.value = true;
};

export function KeyButton() {
  return (
    <button type="button" class="button line mini" aria-haspopup="dialog" onClick={asksForKey}>
      <Icon name="lock" size={18} />
      {apiKey.value ? t.keyThere : t.keyMissing}
    </button>
  );
}

export function KeyDialog() {
  const id = useId();
  const [typed, setTyped] = useState("");
  if (!asking.value) return null;
  const close = () => {
    asking.value = false;
    setTyped("");
  };
  return (
    <Dialog title={t.apiKey} onClose={close}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim()) setApiKey(typed.trim());
          close();
        }}
      >
        <p>{t.keyWhy}</p>
        <div class="field">
          <label for={id}>{t.keyLabel}</label>
          <input id={id} class="input" type="password" autocomplete="off" spellcheck={false} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} placeholder={apiKey.value ? "••••••••" : ""} />
          <p class="hint">{t.keyHow} <code>tutti keys --data DIR</code></p>
        </div>
        <div class="wrap">
          <button type="submit" class="button main">{t.keyUse}</button>
          {apiKey.value && <button type="button" class="button bad" onClick={() => (setApiKey(""), close())}>{t.keyForget}</button>}
        </div>
        <p class="muted small">{t.keyWhere}</p>
      </form>
    </Dialog>
  );
}

/** In the place of what cannot be shown without a key. */
export function NeedsKey({ why }: { why: string }) {
  return (
    <div class="note">
      <Icon name="lock" />
      <div class="stack">
        <p>{why} {t.keyHow} <code>tutti keys --data DIR</code></p>
        <p><button type="button" class="button line mini" onClick={asksForKey}>{t.keyEnter}</button></p>
      </div>
    </div>
  );
}
