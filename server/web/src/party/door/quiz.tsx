// Five songs to like, dislike or skip; then the party knows one's taste.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, path } from "../../shared/api";
import { Icon } from "../../shared/ui/icon";
import { Cover } from "../../shared/ui/picture";
import { fill } from "../../shared/messages";
import { useParty } from "../store";
import { t } from "../messages";

const ROUNDS = 5;
type Song = { id: string; title: string; artist?: string };

export function Quiz() {
  const { room, taste, sheet } = useParty();
  const [round, setRound] = useState(1);
  const [song, setSong] = useState<Song>();
  const [state, setState] = useState<"asking" | "done" | "nothing" | "failed">("asking");
  const likes = useRef<string[]>([]);
  const dislikes = useRef<string[]>([]);
  const asked = useRef(new Set<string>());
  const main = useRef<HTMLButtonElement>(null);

  const next = async () => {
    try {
      const { ask: songs } = await ask<{ ask: Song[] }>(path("/v1/recommendations/quiz", { k: ROUNDS + 1, likes: likes.current.join(","), dislikes: dislikes.current.join(",") }));
      const fresh = songs.find(({ id }) => !asked.current.has(id));
      if (!fresh) return finish();
      asked.current.add(fresh.id);
      setSong(fresh);
    } catch {
      setState("failed");
    }
  };
  const finish = async () => {
    if (likes.current.length + dislikes.current.length === 0) return setState("nothing");
    try {
      await ask("/v1/me/taste", { body: { likes: likes.current, dislikes: dislikes.current }, token: room.pass.token });
      taste.soon();
      setState("done");
    } catch {
      setState("failed");
    }
  };
  const answer = (list: string[] | undefined) => {
    if (!song) return;
    list?.push(song.id);
    if (round >= ROUNDS) return void finish();
    setRound(round + 1);
    setSong(undefined);
    void next();
  };
  useEffect(() => void next(), []);
  useEffect(() => {
    if (song) main.current?.focus();
  }, [song?.id]);

  if (state !== "asking") {
    const words = { done: t.quiz.done, nothing: t.quiz.nothing, failed: t.quiz.failed }[state];
    return (
      <div class="empty" role="status">
        <Icon name={state === "done" ? "check" : "info"} />
        <h3>{words.title}</h3>
        <p>{words.text}</p>
        <button type="button" class="button main" onClick={() => (sheet.value = undefined)}>{t.quiz.close}</button>
      </div>
    );
  }
  return (
    <div class="stack quiz">
      <p class="small muted" role="status">{fill(t.quiz.round, { n: round, of: ROUNDS })}</p>
      {song ? (
        <>
          <span class="quiz-cover"><Cover song={song.id} size={200} eager /></span>
          <div><h3 dir="auto">{song.title}</h3><p class="muted" dir="auto">{song.artist}</p></div>
        </>
      ) : (
        <><span class="quiz-cover"><span class="skeleton" /></span><div><p class="skeleton line-1" /><p class="skeleton line-2" /></div></>
      )}
      <div class="quiz-acts">
        <button type="button" class="button big" disabled={!song} onClick={() => answer(dislikes.current)}><Icon name="close" />{t.quiz.dislike}</button>
        <button ref={main} type="button" class="button big main" disabled={!song} onClick={() => answer(likes.current)}><Icon name="heart" />{t.quiz.like}</button>
      </div>
      <button type="button" class="button plain wide" disabled={!song} onClick={() => answer(undefined)}>{t.quiz.skip}</button>
    </div>
  );
}
