// A party of one's own: a name for it, a name for oneself, and one is the host.
import { useState } from "preact/hooks";
import { ApiError, ask } from "../shared/api";
import { note } from "../shared/room/recent";
import { enter, leave, session } from "../shared/session";
import { t } from "./messages";
import type { RoomMade } from "../shared/wire";

const MOST = 40;

export function StartForm() {
  const [name, setName] = useState("");
  const [mine, setMine] = useState(session.value?.name ?? "");
  const [wrong, setWrong] = useState<{ field: "name" | "mine" | "all"; words: string }>();
  const [busy, setBusy] = useState(false);
  const start = async (event: Event) => {
    event.preventDefault();
    const [party, host] = [name.trim(), mine.trim()];
    if (!party) return setWrong({ field: "name", words: t.wrong.name });
    if (!host) return setWrong({ field: "mine", words: t.wrong.yourName });
    setBusy(true);
    setWrong(undefined);
    try {
      const made = await makeRoom(party, host);
      note({ id: made.id, code: made.code, name: party, screenToken: made.screenToken });
      location.assign(`/r/${made.code}`);
    } catch (error) {
      setBusy(false);
      setWrong({ field: "all", words: inWords(error) });
    }
  };
  return (
    <form class="card stack home-start" onSubmit={start} noValidate>
      <div><h2>{t.start}</h2><p class="muted small">{t.startHint}</p></div>
      <div class="field">
        <label for="party-name">{t.name}</label>
        <input id="party-name" class="input" dir="auto" maxLength={MOST} value={name} placeholder={t.nameExample} autoComplete="off" aria-invalid={wrong?.field === "name" ? "true" : undefined} aria-describedby={wrong?.field === "name" ? "start-wrong" : undefined} onInput={(event) => setName(event.currentTarget.value)} />
      </div>
      <div class="field">
        <label for="host-name">{t.yourName}</label>
        <input id="host-name" class="input" dir="auto" maxLength={MOST} value={mine} autoComplete="nickname" aria-invalid={wrong?.field === "mine" ? "true" : undefined} aria-describedby={wrong?.field === "mine" ? "start-wrong" : undefined} onInput={(event) => setMine(event.currentTarget.value)} />
      </div>
      {wrong && <p class="field"><span class="wrong" id="start-wrong" role="alert">{wrong.words}</span></p>}
      <button class="button big wide" disabled={busy}>{busy ? t.making : t.make}</button>
    </form>
  );
}

/** As who this device is; a pass that has run out is replaced. The name one gives is the one the others see. */
async function makeRoom(name: string, host: string): Promise<RoomMade> {
  const make = async (): Promise<RoomMade> => {
    const who = session.value?.name === host ? session.value : await enter(host);
    return ask<RoomMade>("/v1/rooms", { body: { name }, token: who.token });
  };
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    leave();
    return make();
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof ApiError) || error.status === 0) return t.wrong.offline;
  return error.status === 429 || error.code === "ROOM_FULL" ? t.wrong.many : t.wrong.otherwise;
}
