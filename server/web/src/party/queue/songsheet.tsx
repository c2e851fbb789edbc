// One song of the queue up close: who added it and why, votes, veto, taking it back, moving it.
import { useRef } from "preact/hooks";
import { SERVER } from "../../shared/room/types";
import { Icon } from "../../shared/ui/icon";
import { Avatar, Cover } from "../../shared/ui/picture";
import { say } from "../../shared/ui/toasts";
import { counted, duration, fill, percent } from "../../shared/messages";
import { Sheet } from "../sheet";
import { useParty } from "../store";
import { t } from "../messages";
import { why } from "./why";

export function SongSheet({ item: id, onClose }: { item: string; onClose: () => void }) {
  const { room, taste } = useParty();
  const view = room.view.value;
  const found = view?.queue.find(({ item }) => item === id);
  const last = useRef(found);
  if (found) last.current = found;
  const item = last.current;
  if (!view || !item) return null;
  const { song } = item;
  const names = room.names.value;
  const place = view.queue.findIndex((one) => one.item === id);
  const mine = item.by === room.me;
  const vote = item.votes[room.me] ?? "none";
  const reason = why(taste.scores.value.get(id), { me: room.me, names }, item.by === SERVER);
  const left = Math.max(0, view.settings.vetoesPerMember - (view.members.find((member) => member.id === room.me)?.vetoes ?? 0));
  const vetoed = item.vetoes.includes(room.me);
  const movable = room.hosts.value || view.settings.guestsMove;
  const remove = () => {
    const undo = room.sendLater("song:remove", { item: id });
    say(fill(t.song.removed, { title: song.title }), undo);
    onClose();
  };
  const veto = async () => {
    const ack = await room.send("song:veto", { item: id });
    if (!ack.ok) return;
    say(ack.removed ? fill(t.song.vetoedOut, { title: song.title }) : t.song.vetoed);
    if (ack.removed) onClose();
  };
  const move = (to: number) => void room.send("song:move", { item: id, to });
  return (
    <Sheet title={place < 0 ? t.song.goneTitle : fill(t.song.place, { n: place + 1 })} onClose={onClose}>
      <div class="stack song-sheet">
        <div class="row">
          <Cover song={song.id} size={88} />
          <div class="grow">
            <h3 class="clip-2" dir="auto">{song.title}</h3>
            <p class="muted" dir="auto">{song.artist}</p>
            <p class="small muted num">{duration(song.durationMs)}{song.explicit && <> · {t.explicit}</>}</p>
          </div>
        </div>
        <p class="row small">
          {item.by === SERVER ? <><Icon name="spark" size={20} />{t.now.autopilot}</> : <><Avatar seed={names.get(item.by) ?? item.by} size={24} /><span dir="auto">{mine ? t.song.byYou : fill(t.song.by, { name: names.get(item.by) ?? t.gone })}</span></>}
        </p>
        {item.note && <blockquote dir="auto">{item.note}</blockquote>}
        {reason && <p class="row small"><Icon name="heart" size={20} /><span dir="auto">{reason}</span></p>}
        {place < 0 ? <p class="note">{t.song.gone}</p> : (
          <>
            <div class="row vote-wide">
              <button type="button" class="button grow" aria-pressed={vote === "up"} onClick={() => void room.send("song:vote", { item: id, vote: vote === "up" ? "none" : "up" })}><Icon name="up" />{t.song.up}<span class="num">{item.up}</span></button>
              <button type="button" class="button grow" aria-pressed={vote === "down"} onClick={() => void room.send("song:vote", { item: id, vote: vote === "down" ? "none" : "down" })}><Icon name="down" />{t.song.down}<span class="num">{item.down}</span></button>
            </div>
            {movable && (
              <div class="wrap" role="group" aria-label={t.song.move}>
                <button type="button" class="button mini" disabled={place === 0} onClick={() => move(0)}>{t.song.first}</button>
                <button type="button" class="button mini" disabled={place === 0} onClick={() => move(place - 1)}><Icon name="up" size={18} />{t.song.earlier}</button>
                <button type="button" class="button mini" disabled={place === view.queue.length - 1} onClick={() => move(place + 1)}><Icon name="down" size={18} />{t.song.later}</button>
              </div>
            )}
            {!mine && (
              <div>
                <button type="button" class="button wide" disabled={vetoed || (!room.hosts.value && left === 0)} onClick={() => void veto()}><Icon name="veto" size={20} />{vetoed ? t.song.vetoGiven : t.song.veto}</button>
                <p class="small muted song-hint">{room.hosts.value ? t.song.vetoHost : `${counted(view.settings.vetoCount, t.song.vetoNeeds)} ${counted(left, t.song.vetoesLeft)}`}{item.vetoes.length > 0 && !vetoed && ` ${counted(item.vetoes.length, t.song.vetoes)}`}</p>
              </div>
            )}
            {(mine || room.hosts.value) && <button type="button" class="button bad wide" onClick={remove}><Icon name="trash" size={20} />{t.song.remove}</button>}
            <Suits scores={taste.scores.value.get(id)} />
          </>
        )}
      </div>
    </Sheet>
  );
}

/** How a song suits each of those present. */
function Suits({ scores }: { scores: Record<string, number> | undefined }) {
  const { room } = useParty();
  const known = room.online.value.flatMap(({ id, name }) => (scores?.[id] === undefined ? [] : [{ id, name, score: scores[id] }]));
  if (known.length === 0) return null;
  return (
    <details>
      <summary>{t.song.suits}</summary>
      <ul class="meters">
        {known.map(({ id, name, score }) => <li key={id}><Avatar seed={name} size={24} /><bdi class="clip grow">{name}</bdi><meter min={0} max={1} value={score} aria-label={name} /><span class="num small">{percent(score)}</span></li>)}
      </ul>
    </details>
  );
}
