// Coming in, by account or key, and going out.
import { useState } from "preact/hooks";
import { ApiError } from "../../shared/api";
import { fill } from "../../shared/messages";
import { apiKey, setApiKey } from "../../shared/key";
import { Icon } from "../../shared/ui/icon";
import { ended, isIn, owner, signIn, signOut } from "./owner";
import { trouble } from "../sentences";
import { t } from "../messages";

/** `wrong` is what an earlier key or account was told. */
export function Door({ wrong }: { wrong?: string | undefined }) {
  const said = wrong ?? (ended.value ? t.signedOut : undefined);
  return (
    <div class="stack door">
      {said && <p class="note warn" role="alert"><Icon name="warning" />{said}</p>}
      <Account />
      <details>
        <summary>{t.withKey}</summary>
        <Key />
      </details>
    </div>
  );
}

function Account() {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  async function enter(event: SubmitEvent) {
    event.preventDefault();
    if (busy) return;
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setWrong(undefined);
    try {
      await signIn(String(fields.get("email")).trim(), String(fields.get("password")));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setWrong(error.status === 401 || error.status === 400 || error.status === 403 ? t.wrongPassword : trouble(error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <form class="stack" onSubmit={(event) => void enter(event)}>
      <div class="field">
        <label for="email">{t.email}</label>
        <input id="email" class="input" name="email" type="email" autocomplete="username" required />
      </div>
      <div class="field">
        <label for="password">{t.password}</label>
        <input id="password" class="input" name="password" type="password" autocomplete="current-password" required aria-describedby={wrong ? "door-wrong" : undefined} aria-invalid={wrong ? true : undefined} />
        {wrong && <p id="door-wrong" class="wrong" role="alert">{wrong}</p>}
      </div>
      <button type="submit" class="button main" aria-disabled={busy}>{busy ? t.signingIn : t.signIn}</button>
    </form>
  );
}

function Key() {
  const [typed, setTyped] = useState("");
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim()) setApiKey(typed.trim());
      }}
    >
      <div class="field">
        <label for="key">{t.key}</label>
        <input id="key" class="input" value={typed} type="password" autocomplete="off" spellcheck={false} aria-describedby="key-hint" onInput={(event) => setTyped(event.currentTarget.value)} />
        <p id="key-hint" class="hint">{t.keyHint}</p>
      </div>
      <button type="submit" class="button">{t.useKey}</button>
    </form>
  );
}

/** Who is in, and the way out. */
export function WhoIsIn() {
  if (!isIn()) return null;
  return (
    <p class="row who-is-in small muted">
      <span class="clip" dir="auto">{owner.value ? fill(t.byAccount, { name: owner.value.email }) : apiKey.value && t.byKey}</span>
      <button type="button" class="button plain mini" onClick={signOut}>{t.signOut}</button>
    </p>
  );
}
