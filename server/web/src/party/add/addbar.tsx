// The bottom of the page, in reach of the thumb: the box that opens the search, and the chat.
import { Icon } from "../../shared/ui/icon";
import { counted } from "../../shared/messages";
import { useParty } from "../store";
import { t } from "../messages";

export function AddBar() {
  const { room, sheet, seen } = useParty();
  const view = room.view.value;
  const settings = view?.settings;
  const may = !settings || settings.guestsAdd || room.hosts.value;
  const unread = (view?.chat.filter(({ seq, by, deleted }) => seq > seen.value && by !== room.me && !deleted).length ?? 0);
  return (
    <div class="addbar" role="region" aria-label={t.add.zone}>
      <div>
        <button type="button" class="addbox" disabled={!may} onClick={() => (sheet.value = { kind: "search" })}>
          <Icon name="search" />
          <span>{may ? t.add.box : t.add.off}</span>
        </button>
        {(settings?.chat !== false || settings?.pictures !== false) && (
          <button type="button" class="button icon chat-button" aria-label={unread > 0 ? `${t.chat.title}, ${counted(unread, t.chat.unread)}` : t.chat.title} onClick={() => (sheet.value = { kind: "chat" })}>
            <Icon name="chat" />
            {unread > 0 && <span class="badge num" aria-hidden="true">{unread > 9 ? "9+" : unread}</span>}
          </button>
        )}
      </div>
    </div>
  );
}
