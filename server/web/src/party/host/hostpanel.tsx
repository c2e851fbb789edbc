// What a host sets: the player, the autopilot and its energy, the rules, the room. A cohost sees the player only.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../../shared/api";
import { position } from "../../shared/room/clock";
import { note } from "../../shared/room/recent";
import type { Now, Order, Settings } from "../../shared/room/types";
import { Segments, Switch } from "../../shared/ui/controls";
import { Icon } from "../../shared/ui/icon";
import { say } from "../../shared/ui/toasts";
import { LooksForm } from "../../shared/ui/top";
import { duration, fill } from "../../shared/messages";
import { Energy } from "./energy";
import { LeaveButton } from "../door/leave";
import { Stepper } from "./stepper";
import { useParty } from "../store";
import { t } from "../messages";

export function HostPanel() {
  const { room, sheet } = useParty();
  const view = room.view.value;
  if (!view) return null;
  const host = room.role.value === "host";
  const { settings, now } = view;
  const set = (part: Partial<Settings>) => void room.send("room:settings", { settings: part });
  return (
    <div class="stack host">
      {now && <Player key={now.item} now={now} />}
      <button type="button" class="button wide" onClick={() => (sheet.value = { kind: "people" })}><Icon name="people" size={20} />{t.host.people}</button>
      {!host && <p class="note">{t.host.cohost}</p>}
      {host && (
        <>
          <section class="stack">
            <h3>{t.host.music}</h3>
            <Switch label={t.host.autopilot} hint={t.host.autopilotHint} on={settings.autopilot} onChange={(autopilot) => set({ autopilot })} />
            {settings.autopilot && <Stepper label={t.host.minQueue} value={settings.autopilotMinQueue} least={0} most={50} onChange={(autopilotMinQueue) => set({ autopilotMinQueue })} />}
            {settings.autopilot && <Energy curve={settings.energyCurve} onChange={(energyCurve) => set({ energyCurve })} />}
            <Switch label={t.host.explicit} hint={t.host.explicitHint} on={settings.explicit} onChange={(explicit) => set({ explicit })} />
          </section>
          <section class="stack">
            <h3>{t.host.queue}</h3>
            <Segments<Order> label={t.host.order} value={settings.order} options={(["fair", "votes", "fifo"] as const).map((value) => ({ value, text: t.host.orders[value] }))} onChange={(order) => set({ order })} />
            <p class="small muted">{t.host.orderHints[settings.order]}</p>
            <Switch label={t.host.guestsAdd} on={settings.guestsAdd} onChange={(guestsAdd) => set({ guestsAdd })} />
            <Switch label={t.host.guestsMove} on={settings.guestsMove} onChange={(guestsMove) => set({ guestsMove })} />
            <Stepper label={t.host.maxPerMember} value={settings.maxPerMember} least={1} most={100} onChange={(maxPerMember) => set({ maxPerMember })} />
            <Stepper label={t.host.vetoes} value={settings.vetoesPerMember} least={0} most={20} onChange={(vetoesPerMember) => set({ vetoesPerMember })} />
            <Stepper label={t.host.vetoCount} value={settings.vetoCount} least={1} most={50} onChange={(vetoCount) => set({ vetoCount })} />
          </section>
          <section class="stack">
            <h3>{t.host.talk}</h3>
            <Switch label={t.host.chat} on={settings.chat} onChange={(chat) => set({ chat })} />
            <Switch label={t.host.pictures} on={settings.pictures} onChange={(pictures) => set({ pictures })} />
            <Switch label={t.host.checkin} hint={t.host.checkinHint} on={settings.requireCheckin} onChange={(requireCheckin) => set({ requireCheckin })} />
          </section>
          <TheRoom />
        </>
      )}
      <section class="stack"><h3>{t.looks}</h3><LooksForm /></section>
      {!host && <LeaveButton />}
    </div>
  );
}

/** Pause, skip, and where the song stands. */
function Player({ now }: { now: Now }) {
  const { room } = useParty();
  const [at, setAt] = useState(() => position(now, room.clock.now()));
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const tick = () => setAt(position(now, room.clock.now()));
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [now, held]);
  const playing = now.state === "playing";
  return (
    <section class="stack card host-player">
      <h3 class="clip" dir="auto">{now.song.title}</h3>
      <input
        type="range"
        min={0}
        max={now.song.durationMs}
        step={1000}
        value={at}
        aria-label={t.host.seek}
        aria-valuetext={fill(t.host.at, { at: duration(at), of: duration(now.song.durationMs) })}
        onInput={(event) => { setHeld(true); setAt(event.currentTarget.valueAsNumber); }}
        onChange={(event) => { void room.send("play:seek", { positionMs: event.currentTarget.valueAsNumber }); setHeld(false); }}
      />
      <p class="row num small muted"><span class="grow">{duration(at)}</span><span>{duration(now.song.durationMs)}</span></p>
      <div class="row">
        <button type="button" class="button grow" onClick={() => void room.send(playing ? "play:pause" : "play:resume")}><Icon name={playing ? "pause" : "play"} size={20} />{playing ? t.host.pause : t.host.resume}</button>
        <button type="button" class="button grow" onClick={() => void room.send("play:skip", { item: now.item })}><Icon name="skip" size={20} />{t.host.skip}</button>
      </div>
    </section>
  );
}

/** Name, code and end of the room. */
function TheRoom() {
  const { room, code, link } = useParty();
  const before = room.view.value?.name ?? "";
  const [name, setName] = useState(before);
  const [sure, setSure] = useState(false);
  const rename = async (event: Event) => {
    event.preventDefault();
    const ack = await room.send("room:settings", { name: name.trim() });
    if (ack.ok) say(t.host.renamed, () => void room.send("room:settings", { name: before }));
  };
  const renew = async () => {
    try {
      const made = await ask<{ code: string; link: string }>(`/v1/rooms/${room.id}/code`, { method: "POST", token: room.pass.token });
      [code.value, link.value] = [made.code, made.link];
      note({ id: room.id, code: made.code, name: before });
      history.replaceState(null, "", `/r/${made.code}${location.search}`);
      say(fill(t.host.newCodeIs, { code: made.code }));
    } catch {
      say(t.refused.otherwise);
    }
  };
  return (
    <section class="stack">
      <h3>{t.host.room}</h3>
      <form class="field" onSubmit={rename}>
        <label for="room-name">{t.host.name}</label>
        <div class="row"><input id="room-name" class="input grow" dir="auto" maxLength={40} value={name} onInput={(event) => setName(event.currentTarget.value)} /><button class="button" disabled={!name.trim() || name.trim() === before}>{t.host.rename}</button></div>
      </form>
      <button type="button" class="button wide" onClick={() => void renew()}><Icon name="qr" size={20} />{t.host.newCode}</button>
      <p class="small muted">{t.host.newCodeHint}</p>
      {!sure && <button type="button" class="button bad wide" onClick={() => setSure(true)}>{t.host.close}</button>}
      {sure && (
        <div class="note bad stack" role="group" aria-label={t.host.close}>
          <p>{t.host.closeAsk}</p>
          <div class="row"><button type="button" class="button bad" autoFocus onClick={() => void room.send("room:close")}>{t.host.closeYes}</button><button type="button" class="button" onClick={() => setSure(false)}>{t.host.closeNo}</button></div>
        </div>
      )}
    </section>
  );
}
