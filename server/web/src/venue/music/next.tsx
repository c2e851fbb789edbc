// What to play in the next hour; with one press in the party's queue.
import { useState } from "preact/hooks";
import { ApiError } from "../../shared/api";
import { fill } from "../../shared/messages";
import { Cover } from "../../shared/ui/picture";
import { Icon } from "../../shared/ui/icon";
import { say } from "../../shared/ui/toasts";
import { type House, type Music, type Song, readMusic } from "../venue";
import { addSong } from "../room";
import { useReading, useStill } from "../reading";
import { trouble } from "../sentences";
import { t } from "../messages";

const FIRST = 8;
const MORE = 20;
const FOR: Record<Music["for"], string> = { "who is there now": t.forNow, "who usually comes": t.forUsual, "popular here": t.forPopular };

export function NextCard({ house, style, again }: { house: House; style: number; again: () => void }) {
  const [k, setK] = useState(FIRST);
  const { value, of, wrong, again: retry } = useReading(`${house.venue} ${k} ${style}`, (signal) => readMusic(house.venue, k, signal));
  const [music, element] = useStill(value, of);
  return (
    <article class="card answer">
      <h2>{t.nextAsk}</h2>
      {wrong && !music && <p class="note warn" role="alert"><Icon name="warning" /><span>{trouble(wrong)} <button type="button" class="button mini" onClick={retry}>{t.again}</button></span></p>}
      {!music && !wrong && <div class="skeleton waiting" />}
      {music && (
        <div ref={element} class="stack next">
          <p class="muted">{FOR[music.for] ?? music.for}</p>
          {music.songs.length === 0 && <p class="note warn"><Icon name="info" />{t.nextNone}</p>}
          <ol class="next-songs">
            {music.songs.map((song) => <Row key={song.id} song={song} house={house} again={again} />)}
          </ol>
          {k < MORE && music.songs.length >= k && <button type="button" class="button line mini" onClick={() => setK(MORE)}>{t.more}</button>}
          {!house.room && <p class="small muted">{t.needsParty}</p>}
        </div>
      )}
    </article>
  );
}

function Row({ song, house, again }: { song: Song; house: House; again: () => void }) {
  const [state, setState] = useState<"" | "busy" | "added">("");
  const title = song.title ?? song.id;
  async function add() {
    if (!house.room || state !== "") return;
    setState("busy");
    try {
      await addSong(house.room.id, song.id, house.name);
      setState("added");
      say(fill(t.addedSaid, { title }));
      again();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setState(error.code === "DUPLICATE_SONG" ? "added" : "");
      say(t.refused[error.code] ?? trouble(error));
    }
  }
  return (
    <li class="row">
      <Cover song={song.id} size={44} />
      <span class="grow">
        <strong class="clip song-title" dir="auto">{title}</strong>
        <small class="clip muted song-artist" dir="auto">{song.artist}</small>
      </span>
      {house.room && (
        <button type="button" class="button mini" aria-disabled={state !== ""} aria-label={fill(state === "added" ? t.addedOf : t.addOf, { title })} onClick={() => void add()}>
          <Icon name={state === "added" ? "check" : "add"} size={18} />{state === "added" ? t.added : t.add}
        </button>
      )}
    </li>
  );
}
