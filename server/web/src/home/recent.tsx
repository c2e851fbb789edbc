// The parties this device was at.
import { useState } from "preact/hooks";
import { type Recent, forgetRoom, note, recent } from "../shared/room/recent";
import { Icon } from "../shared/ui/icon";
import { say } from "../shared/ui/toasts";
import { ago, fill } from "../shared/messages";
import { t } from "./messages";

export function RecentParties() {
  const [rooms, setRooms] = useState(recent);
  if (rooms.length === 0) return null;
  const forget = (room: Recent) => {
    forgetRoom(room.id);
    setRooms(recent());
    say(fill(t.forgotten, { name: room.name }), () => {
      note(room);
      setRooms(recent());
    });
  };
  return (
    <section class="card stack home-recent" aria-labelledby="recent-head">
      <h2 id="recent-head">{t.recent}</h2>
      <ul>
        {rooms.map((room) => (
          <li key={room.id}>
            <a href={`/r/${room.code}`}><bdi class="clip">{room.name}</bdi><span class="small muted num">{room.code} · {ago(room.at, Date.now())}</span></a>
            <button type="button" class="button plain icon" aria-label={fill(t.forget, { name: room.name })} onClick={() => forget(room)}><Icon name="close" size={18} /></button>
          </li>
        ))}
      </ul>
    </section>
  );
}
