// The sheet that is open over the page, if any.
import type { ComponentChildren } from "preact";
import { Dialog } from "../shared/ui/dialog";
import { Toasts } from "../shared/ui/toasts";
import { LooksForm } from "../shared/ui/top";
import { Chat } from "./chat";
import { Checkin } from "./checkin";
import { Evening } from "./evening";
import { Finder } from "./finder";
import { HostPanel } from "./hostpanel";
import { Invite } from "./invite";
import { People } from "./people";
import { Quiz } from "./quiz";
import { SongSheet } from "./songsheet";
import { useParty } from "./store";
import { t } from "./words";

export function Sheets() {
  const { sheet, room } = useParty();
  const open = sheet.value;
  const close = () => (sheet.value = undefined);
  switch (open?.kind) {
    case "search":
      return <Sheet title={t.add.title} onClose={close}><Finder /></Sheet>;
    case "chat":
      return <Sheet title={t.chat.title} onClose={close}><Chat /></Sheet>;
    case "people":
      return <Sheet title={t.people.title} onClose={close}><People /></Sheet>;
    case "invite":
      return <Sheet title={t.invite.title} onClose={close}><Invite /></Sheet>;
    case "evening":
      return <Sheet title={t.evening.title} onClose={close}><Evening /></Sheet>;
    case "host":
      return room.hosts.value ? <Sheet title={t.host.title} onClose={close}><HostPanel /></Sheet> : null;
    case "checkin":
      return <Sheet title={t.checkin.title} onClose={close}><Checkin /></Sheet>;
    case "quiz":
      return <Sheet title={t.quiz.title} onClose={close}><Quiz /></Sheet>;
    case "looks":
      return <Sheet title={t.looks} onClose={close}><div class="stack"><LooksForm /><LeaveButton /></div></Sheet>;
    case "song":
      return <SongSheet key={open.item} item={open.item} onClose={close} />;
    default:
      return null;
  }
}

/** A sheet with the short words of the page inside: what stands outside of an open dialog cannot be reached. */
export function Sheet({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  return <Dialog title={title} onClose={onClose} sheet>{children}<Toasts /></Dialog>;
}

/** Out of the room, for good: the others see it. */
export function LeaveButton() {
  const { room } = useParty();
  const go = async () => {
    await room.send("room:leave");
    location.assign("/");
  };
  return <button type="button" class="button wide" onClick={() => void go()}>{t.leave}</button>;
}
