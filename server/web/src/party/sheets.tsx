// The sheet that is open over the page, if any.
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { LooksForm } from "../shared/ui/top";
import { Finder } from "./add/finder";
import { fetchMore, more } from "./later";
import { LeaveButton } from "./door/leave";
import { Sheet } from "./sheet";
import { SongSheet } from "./queue/songsheet";
import { useParty } from "./store";
import { t } from "./messages";

type Named = keyof typeof TITLES;
const TITLES = { search: t.add.title, chat: t.chat.title, people: t.people.title, invite: t.invite.title, evening: t.evening.title, host: t.host.title, checkin: t.checkin.title, quiz: t.quiz.title, looks: t.looks };

export function Sheets() {
  const { sheet, room } = useParty();
  const open = sheet.value;
  const close = () => (sheet.value = undefined);
  if (!open || (open.kind === "host" && !room.hosts.value)) return null;
  if (open.kind === "song") return <SongSheet key={open.item} item={open.item} onClose={close} />;
  return <Sheet key={open.kind} title={TITLES[open.kind]} onClose={close}><Inside kind={open.kind} /></Sheet>;
}

function Inside({ kind }: { kind: Named }): ComponentChildren {
  if (kind === "search") return <Finder />;
  if (kind === "looks") return <div class="stack"><LooksForm /><LeaveButton /></div>;
  const there = more.value;
  if (!there) return <Coming />;
  const { Chat, Checkin, Evening, HostPanel, Invite, People, Quiz } = there;
  switch (kind) {
    case "chat":
      return <Chat />;
    case "people":
      return <People />;
    case "invite":
      return <Invite />;
    case "evening":
      return <Evening />;
    case "host":
      return <HostPanel />;
    case "checkin":
      return <Checkin />;
    case "quiz":
      return <Quiz />;
  }
}

/** Until the script is there; without network it says so. */
function Coming() {
  const { room } = useParty();
  useEffect(() => void fetchMore(), [room.link.value]);
  return room.link.value === "away" ? <p class="note warn">{t.refused.codes.OFFLINE}</p> : <div class="skeleton row-wait" role="status" aria-label={t.looking} />;
}
