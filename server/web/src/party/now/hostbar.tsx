// What only a host sees under what plays: pause, skip at once, and the way to everything else a host may do.
import { Icon } from "../../shared/ui/icon";
import { useParty } from "../store";
import { t } from "../messages";

export function HostBar() {
  const { room, sheet } = useParty();
  const now = room.view.value?.now;
  if (!now) return null;
  const playing = now.state === "playing";
  return (
    <div class="hostbar" role="group" aria-label={t.host.controls}>
      <button type="button" class="button mini" onClick={() => void room.send(playing ? "play:pause" : "play:resume")}>
        <Icon name={playing ? "pause" : "play"} size={18} />{playing ? t.host.pause : t.host.resume}
      </button>
      <button type="button" class="button mini" onClick={() => void room.send("play:skip", { item: now.item })}><Icon name="skip" size={18} />{t.host.skip}</button>
      <button type="button" class="button mini" onClick={() => (sheet.value = { kind: "host" })}><Icon name="settings" size={18} />{t.host.short}</button>
    </div>
  );
}
