// The end of an evening: what it was, and what one takes home.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../../shared/api";
import type { State, Summary } from "../../shared/room/types";
import { session } from "../../shared/session";
import { Mark } from "../../shared/ui/icon";
import { Cover } from "../../shared/ui/picture";
import { Fairness } from "../evening/fairness";
import { TakeHome, usePlaylist } from "../evening/takehome";
import type { Taste } from "../queue/taste";
import { t } from "../messages";

export function Closed({ summary }: { summary: Summary }) {
  const token = session.value?.token ?? "";
  const playlist = usePlaylist(summary.id, token, undefined);
  const [state, setState] = useState<State>();
  const [taste, setTaste] = useState<Taste>();
  useEffect(() => {
    ask<{ state: State }>(`/v1/rooms/${summary.id}/state`, { token }).then((answer) => setState(answer.state), () => undefined);
    ask<Taste>(`/v1/rooms/${summary.id}/taste`, { token }).then(setTaste, () => undefined);
  }, []);
  const satisfaction = new Map(taste?.members.map((member) => [member.id, member.known ? member.satisfaction : null]));
  const people = (state?.members ?? []).filter(({ id, role }) => role !== "screen" && ((state?.turns[id] ?? 0) > 0 || (satisfaction.get(id) ?? null) !== null)).map(({ id, name }) => ({ id, name, satisfaction: satisfaction.get(id) ?? null, turns: state?.turns[id] ?? 0 }));
  return (
    <main class="hall" id="main">
      <div class="closed stack">
        <a class="brand" href="/"><Mark />tutti</a>
        <div><p class="muted">{t.closed.over}</p><h1 dir="auto">{summary.name}</h1></div>
        <p>{t.closed.thanks}</p>
        <section class="card stack"><h2>{t.evening.playlist}</h2><TakeHome playlist={playlist} />
          {playlist && playlist !== "failed" && (
            <ol class="queue">
              {playlist.songs.map((song) => (
                <li key={song.id} class="song"><span class="song-open"><Cover song={song.id} size={44} /><span class="song-text"><span class="song-title clip" dir="auto">{song.title}</span><span class="song-artist clip" dir="auto">{song.artist}</span></span></span></li>
              ))}
            </ol>
          )}
        </section>
        {people.length > 0 && <section class="card stack"><h2>{t.evening.fair}</h2><Fairness people={people} /></section>}
        <a class="button main big wide" href="/">{t.closed.next}</a>
      </div>
    </main>
  );
}
