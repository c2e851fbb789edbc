// Songs of this device that wait for the network: they are shown, as what they are.
import { Icon } from "../../shared/ui/icon";
import { Cover } from "../../shared/ui/picture";
import { useParty } from "../store";
import { t } from "../messages";

/** Title and artist of songs that were asked for, to show them before the server knows. */
const asked = new Map<string, { title: string; artist: string }>();
export const rememberSong = (id: string, title: string, artist: string): void => void asked.set(id, { title, artist });

export function Pending() {
  const { room } = useParty();
  if (room.link.value === "live") return null;
  const waiting = room.outbox.ahead.value.filter(({ name }) => name === "song:add");
  if (waiting.length === 0) return null;
  return (
    <ul class="queue pending" aria-label={t.next.pending}>
      {waiting.map(({ op, payload }) => {
        const id = String(payload.songId);
        const song = asked.get(id);
        return (
          <li key={op} class="song">
            <span class="song-open">
              <Cover song={id} size={52} />
              <span class="song-text">
                <span class="song-title clip" dir="auto">{song?.title ?? t.next.pendingSong}</span>
                <span class="song-artist clip" dir="auto">{song?.artist}</span>
                <span class="song-why"><Icon name="clock" size={14} />{t.next.pending}</span>
              </span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
