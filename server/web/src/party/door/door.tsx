// The door: the room's name, a name for oneself with a face made of it, and in.
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../shared/api";
import type { Pass } from "../../shared/room/room";
import type { Summary } from "../../shared/room/types";
import { enter, session } from "../../shared/session";
import { Icon, Mark } from "../../shared/ui/icon";
import { Avatar } from "../../shared/ui/picture";
import { Looks } from "../../shared/ui/top";
import { counted } from "../../shared/messages";
import { friendlyName } from "./names";
import { inWords } from "../refusals";
import { t } from "../messages";

const MOST = 40;

/** `onShown` is called once the door has been painted. */
export function Door({ summary, again, onShown, onEnter }: { summary: Summary; again: boolean; onShown: () => void; onEnter: (pass: Pass) => Promise<void> }) {
  const [name, setName] = useState(() => session.value?.name ?? friendlyName());
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  useEffect(() => {
    const frame = requestAnimationFrame(() => setTimeout(onShown));
    return () => cancelAnimationFrame(frame);
  }, []);
  const come = async (event: Event) => {
    event.preventDefault();
    const chosen = name.trim();
    if (!chosen) return setWrong(t.door.needsName);
    setBusy(true);
    setWrong(undefined);
    try {
      await onEnter(session.value ? { ...session.value, name: chosen } : await enter(chosen));
    } catch (error) {
      setWrong(error instanceof ApiError ? inWords(error) : t.refused.otherwise);
      setBusy(false);
    }
  };
  return (
    <main class="hall" id="main">
      <div class="hall-end"><Looks /></div>
      <form class="hall-card" onSubmit={come} noValidate>
        <a class="brand" href="/"><Mark />tutti</a>
        <div>
          <p class="muted">{again ? t.door.again : t.door.to}</p>
          <h1 dir="auto">{summary.name}</h1>
          <p class="muted">{summary.online > 0 ? counted(summary.online, t.door.here) : t.door.nobody}</p>
        </div>
        <span class="door-face"><Avatar seed={name.trim() || "?"} size={112} /></span>
        <div class="field door-name">
          <label for="name">{t.door.name}</label>
          <div class="row">
            <input id="name" class="input" dir="auto" value={name} maxLength={MOST} autoComplete="nickname" enterKeyHint="go" aria-invalid={wrong ? "true" : undefined} aria-describedby={wrong ? "name-wrong" : undefined} onInput={(event) => setName(event.currentTarget.value)} />
            <button type="button" class="button icon" aria-label={t.door.shuffle} title={t.door.shuffle} onClick={() => setName(friendlyName())}><Icon name="shuffle" /></button>
          </div>
          {wrong && <span class="wrong" id="name-wrong" role="alert">{wrong}</span>}
        </div>
        <button class="button main big wide" disabled={busy}>{busy ? t.door.coming : t.door.come}</button>
        <p class="small muted">{t.door.noAccount}</p>
      </form>
    </main>
  );
}
