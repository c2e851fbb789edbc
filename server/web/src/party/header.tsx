// The top: whose party, who is here, the way to bring others, and what else there is.
import { Icon } from "../shared/ui/icon";
import { Avatar } from "../shared/ui/picture";
import { counted } from "../shared/messages";
import { useParty } from "./store";
import { t } from "./messages";

const FACES = 3;

export function Header() {
  const { room, sheet, summary } = useParty();
  const online = room.online.value;
  return (
    <header class="party-top">
      <h1 class="clip" dir="auto">{room.view.value?.name ?? summary.name}</h1>
      <button type="button" class="button plain faces" onClick={() => (sheet.value = { kind: "people" })} aria-label={`${t.people.title}: ${counted(online.length, t.here)}`}>
        {online.slice(0, FACES).map(({ id, name }) => <Avatar key={id} seed={name} size={28} />)}
        <span class="num">{online.length}</span>
      </button>
      <button type="button" class="button plain icon" aria-label={t.invite.title} onClick={() => (sheet.value = { kind: "invite" })}><Icon name="qr" /></button>
      <button type="button" class="button plain icon" aria-label={t.evening.title} onClick={() => (sheet.value = { kind: "evening" })}><Icon name="list" /></button>
      <button type="button" class="button plain icon" aria-label={room.hosts.value ? t.host.title : t.looks} onClick={() => (sheet.value = { kind: room.hosts.value ? "host" : "looks" })}>
        <Icon name="settings" />
      </button>
    </header>
  );
}
