// This evening: how fair it is, what was played, and the playlist to take home.
import { useEffect } from "preact/hooks";
import type { Played } from "../../shared/room/types";
import { Icon } from "../../shared/ui/icon";
import { Cover } from "../../shared/ui/picture";
import { fill, timeOfDay } from "../../shared/messages";
import { Fairness } from "./fairness";
import { useParty } from "../store";
import { TakeHome, usePlaylist } from "./takehome";
import { t } from "../messages";

export function Evening() {
  const { room, taste } = useParty();
  useEffect(() => taste.soon(), []);
  const view = room.view.value;
  const history = [...(view?.history ?? [])].reverse();
  const playlist = usePlaylist(room.id, room.pass.token, history[0]?.item);
  const satisfaction = new Map(taste.taste.value?.members.map((member) => [member.id, member.known ? member.satisfaction : null]));
  const people = (view?.members ?? []).filter(({ id, online, role }) => role !== "screen" && (online || (view?.turns[id] ?? 0) > 0)).map(({ id, name }) => ({ id, name, satisfaction: satisfaction.get(id) ?? null, turns: view?.turns[id] ?? 0 }));
  return (
    <div class="stack evening">
      <section class="stack"><h3>{t.evening.fair}</h3><Fairness people={people} /></section>
      <section class="stack"><h3>{t.evening.playlist}</h3><TakeHome playlist={playlist} /></section>
      <section class="stack">
        <h3>{t.evening.history}</h3>
        {history.length === 0 && <p class="muted">{t.evening.nothing}</p>}
        <ol class="queue">{history.map((played) => <Past key={`${played.item} ${played.startedMs}`} played={played} />)}</ol>
      </section>
    </div>
  );
}

const CUT = new Set(["skipped", "voted", "veto"]);

function Past({ played: { song, startedMs, reason } }: { played: Played }) {
  const { room } = useParty();
  const queued = room.view.value?.queue.some((item) => item.song.id === song.id);
  const may = room.hosts.value || room.view.value?.settings.guestsAdd;
  return (
    <li class="song">
      <span class="song-open">
        <Cover song={song.id} size={44} />
        <span class="song-text">
          <span class="song-title clip" dir="auto">{song.title}</span>
          <span class="song-artist clip" dir="auto">{song.artist}</span>
          <span class="song-why num">{timeOfDay(startedMs)}{CUT.has(reason) && ` · ${t.evening.cut}`}</span>
        </span>
      </span>
      {queued ? <span class="tag good">{t.add.queued}</span> : may && <button type="button" class="button icon mini" aria-label={fill(t.evening.again, { title: song.title })} onClick={() => void room.send("song:add", { songId: song.id })}><Icon name="add" size={20} /></button>}
    </li>
  );
}
