// Who is here: names, roles, who is online, who is at the venue; and for hosts what can be done about it.
import { useState } from "preact/hooks";
import type { Member, Role } from "../../shared/room/types";
import { Icon } from "../../shared/ui/icon";
import { Avatar } from "../../shared/ui/picture";
import { say } from "../../shared/ui/toasts";
import { counted, fill } from "../../shared/messages";
import { useParty } from "../store";
import { useWindow } from "../queue/window";
import { t } from "../messages";

const RANK: Record<Role, number> = { host: 0, cohost: 1, guest: 2, screen: 3 };

export function People() {
  const { room, sheet } = useParty();
  const view = room.view.value;
  const members = [...(view?.members ?? [])].sort((a, b) => Number(b.online) - Number(a.online) || RANK[a.role] - RANK[b.role]);
  const [shown, sentinel] = useWindow(members.length);
  const me = members.find(({ id }) => id === room.me);
  return (
    <div class="stack">
      <button type="button" class="button main wide" onClick={() => (sheet.value = { kind: "invite" })}><Icon name="qr" size={20} />{t.people.invite}</button>
      {view?.settings.requireCheckin && me && !me.checkedIn && <p class="note warn"><span class="grow">{t.people.needsCheckin}</span><button type="button" class="button mini" onClick={() => (sheet.value = { kind: "checkin" })}>{t.checkin.open}</button></p>}
      <ul class="people">
        {members.slice(0, shown).map((member) => <Person key={member.id} member={member} />)}
      </ul>
      {shown < members.length && <p ref={sentinel} class="small muted">{fill(t.next.more, { n: members.length - shown })}</p>}
      {room.role.value === "host" && (view?.bans?.length ?? 0) > 0 && (
        <section class="stack">
          <h3>{t.people.banned}</h3>
          <ul class="people">
            {view?.bans?.map(({ id, name }) => (
              <li key={id}><Avatar seed={name || id} /><bdi class="grow clip">{name || t.gone}</bdi><button type="button" class="button mini" onClick={() => void room.send("member:unban", { member: id })}>{t.people.unban}</button></li>
            ))}
          </ul>
        </section>
      )}
      <p class="small muted">{counted(room.online.value.length, t.here)}</p>
    </div>
  );
}

function Person({ member }: { member: Member }) {
  const { room } = useParty();
  const [open, setOpen] = useState(false);
  const { id, name, role, online, checkedIn } = member;
  const mine = id === room.me;
  const managed = !mine && role !== "host" && (room.role.value === "host" || (room.role.value === "cohost" && role !== "cohost"));
  return (
    <li class="person" data-away={!online || undefined}>
      <div class="row">
        <span class="face"><Avatar seed={name} size={40} />{online && <i class="dot" />}</span>
        <div class="grow">
          <p class="clip"><bdi>{name}</bdi>{mine && <span class="muted"> ({t.you})</span>}</p>
          <p class="wrap person-tags">
            {role !== "guest" && <span class="tag violet">{t.roles[role]}</span>}
            {checkedIn && <span class="tag good"><Icon name="pin" size={12} />{t.people.checkedIn}</span>}
            {!online && <span class="small muted">{t.people.offline}</span>}
          </p>
        </div>
        {managed && <button type="button" class="button icon plain" aria-expanded={open} aria-label={fill(t.people.manage, { name })} onClick={() => setOpen(!open)}><Icon name="more" /></button>}
      </div>
      {open && managed && <Managed member={member} onDone={() => setOpen(false)} />}
    </li>
  );
}

function Managed({ member: { id, name, role }, onDone }: { member: Member; onDone: () => void }) {
  const { room } = useParty();
  const host = room.role.value === "host";
  const change = async (to: Role, words: string) => {
    onDone();
    const ack = await room.send("member:role", { member: id, role: to });
    if (ack.ok) say(fill(words, { name }), () => void room.send("member:role", { member: id, role }));
  };
  const kick = async () => {
    const ack = await room.send("member:kick", { member: id });
    if (ack.ok) say(fill(t.people.kicked, { name }));
  };
  const ban = async () => {
    const ack = await room.send("member:ban", { member: id });
    if (ack.ok) say(fill(t.people.bannedNow, { name }), () => void room.send("member:unban", { member: id }));
  };
  return (
    <div class="wrap person-acts">
      {host && role === "guest" && <button type="button" class="button mini" onClick={() => void change("cohost", t.people.nowCohost)}>{t.people.makeCohost}</button>}
      {host && role === "cohost" && <button type="button" class="button mini" onClick={() => void change("guest", t.people.nowGuest)}>{t.people.makeGuest}</button>}
      {role === "guest" && <button type="button" class="button mini" onClick={() => void change("screen", t.people.nowScreen)}>{t.people.makeScreen}</button>}
      {role === "screen" && <button type="button" class="button mini" onClick={() => void change("guest", t.people.nowGuest)}>{t.people.makeGuest}</button>}
      <button type="button" class="button mini bad" onClick={() => void kick()}>{t.people.kick}</button>
      {host && <button type="button" class="button mini bad" onClick={() => void ban()}>{t.people.ban}</button>}
    </div>
  );
}
