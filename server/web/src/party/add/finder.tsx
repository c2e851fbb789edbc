// Adding a song: search as you type. What was found stays until the new answer is there; before the first key there are suggestions.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { say } from "../../shared/ui/toasts";
import { Icon } from "../../shared/ui/icon";
import { Cover } from "../../shared/ui/picture";
import { Switch } from "../../shared/ui/controls";
import { counted, fill, number } from "../../shared/messages";
import { type Answer, type Found, search, suggested } from "./catalogue";
import { Chips } from "./chips";
import { rememberSong } from "./pending";
import { useParty } from "../store";
import { t } from "../messages";

const DEBOUNCE = 120;

type Suggested = { group: Found[]; played: Found[] };

export function Finder() {
  const { room, taste } = useParty();
  const [text, setText] = useState("");
  const [genre, setGenre] = useState<string>();
  const [decade, setDecade] = useState<number>();
  const [ours, setOurs] = useState(false);
  const [answer, setAnswer] = useState<Answer>();
  const [state, setState] = useState<"still" | "loading" | "offline">("still");
  const [ideas, setIdeas] = useState<Suggested>();
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const view = room.view.value;
  const explicit = view?.settings.explicit ?? true;
  const known = taste.taste.value?.members.filter((member) => member.known).map((member) => member.id) ?? [];
  const asking = text.trim() !== "" || genre !== undefined || decade !== undefined;

  useEffect(() => {
    const stop = new AbortController();
    const played = [...(room.state.peek()?.history ?? [])].reverse().map(({ song }) => song);
    const once = [...new Map(played.map((song) => [song.id, song])).values()].slice(0, 6);
    suggested(known.slice(0, 20), stop.signal)
      .then((group) => setIdeas({ group, played: once }))
      .catch(() => setIdeas({ group: [], played: once }));
    return () => stop.abort();
  }, []);
  useEffect(() => {
    if (!asking) return setAnswer(undefined);
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      setState("loading");
      try {
        setAnswer(await search({ text, genre, decade, tasteOf: ours ? known : [], explicit }, stop.signal));
        setActive(-1);
        setState("still");
      } catch {
        if (!stop.signal.aborted) setState("offline");
      }
    }, DEBOUNCE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, genre, decade, ours, explicit]);

  const groups: { head: string; songs: Found[] }[] = answer
    ? [{ head: "", songs: answer.hits }]
    : asking
      ? []
      : [{ head: known.length > 0 ? t.add.forYou : t.add.popular, songs: ideas?.group ?? [] }, { head: t.add.played, songs: ideas?.played ?? [] }].filter(({ songs }) => songs.length > 0);
  const songs = groups.flatMap((group) => group.songs);
  const queued = new Map(view?.queue.map((item) => [item.song.id, item]));
  const waiting = new Set(room.outbox.ahead.value.filter(({ name }) => name === "song:add").map(({ payload }) => payload.songId));

  const choose = async (song: Found) => {
    const there = queued.get(song.id);
    if (there && !view?.settings.allowDuplicates) {
      if (there.votes[room.me] === "up") return say(t.add.voted);
      await room.send("song:vote", { item: there.item, vote: "up" });
      return say(fill(t.add.votedFor, { title: song.title }));
    }
    if (waiting.has(song.id)) return;
    rememberSong(song.id, song.title, song.artist);
    if (room.link.peek() !== "live") say(fill(t.add.later, { title: song.title }));
    const ack = await room.send("song:add", { songId: song.id });
    if (!ack.ok) return;
    const place = (room.state.peek()?.queue.findIndex((item) => item.item === ack.item) ?? -1) + 1;
    say(place > 0 ? fill(t.add.addedAt, { title: song.title, place }) : fill(t.add.added, { title: song.title }));
  };
  const key = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && songs.length > 0) {
      event.preventDefault();
      const next = Math.max(-1, Math.min(songs.length - 1, active + step));
      setActive(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      const song = songs[active] ?? (answer ? songs[0] : undefined);
      if (song) void choose(song);
    } else if (event.key === "Escape" && text) {
      event.preventDefault();
      event.stopPropagation();
      setText("");
    }
  };
  const meant = answer && (answer.total < 3 || !answer.hits.length) ? answer.correction : undefined;
  let at = -1;
  return (
    <div class="finder" aria-busy={state === "loading"}>
      <div class="finder-box">
        <Icon name="search" />
        <input
          ref={input}
          autoFocus
          class="input"
          type="text"
          inputMode="search"
          role="combobox"
          dir="auto"
          aria-label={t.add.box}
          aria-expanded={songs.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
          placeholder={t.add.hint}
          autoComplete="off"
          autoCorrect="off"
          spellcheck={false}
          enterKeyHint="search"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={key}
        />
      </div>
      {answer && <Chips answer={answer} genre={genre} decade={decade} onGenre={setGenre} onDecade={setDecade} />}
      {known.length > 0 && asking && <Switch label={t.add.ours} on={ours} onChange={setOurs} />}
      <p class="sr" role="status">{answer && state === "still" ? (answer.total > 0 ? counted(answer.total, t.add.found) : t.add.nothing) : ""}</p>
      {state === "offline" && <p class="note warn small">{t.add.offline}</p>}
      {meant && <p class="finder-meant">{t.add.meant} <button type="button" class="chip" dir="auto" onClick={() => (setText(meant), input.current?.focus())}>{meant}</button></p>}
      {answer && answer.hits.length === 0 && <div class="empty"><Icon name="search" /><h3>{t.add.nothing}</h3><p>{t.add.nothingHint}</p></div>}
      <div id={`${id}-list`} role="listbox" aria-label={t.add.list} class="finder-list" data-stale={state === "loading" || undefined}>
        {groups.map(({ head, songs: some }) => (
          <div key={head} role="group" aria-label={head || t.add.list}>
            {head && <p class="finder-head" role="presentation">{head}</p>}
            {some.map((song) => {
              at += 1;
              const mine = at;
              return <Option key={song.id} id={`${id}-${mine}`} song={song} active={active === mine} queued={queued.has(song.id)} waiting={waiting.has(song.id)} onChoose={() => void choose(song)} />;
            })}
          </div>
        ))}
      </div>
      {!answer && !ideas && [0, 1, 2, 3, 4].map((n) => <div key={n} class="skeleton row-wait" />)}
      {answer && answer.total > answer.hits.length && <p class="small muted finder-more">{fill(t.add.more, { n: number(answer.total - answer.hits.length) })}</p>}
    </div>
  );
}

function Option({ id, song, active, queued, waiting, onChoose }: { id: string; song: Found; active: boolean; queued: boolean; waiting: boolean; onChoose: () => void }) {
  return (
    <div id={id} role="option" aria-selected={active} class="finder-song" data-queued={queued || undefined} onClick={onChoose}>
      <Cover song={song.id} size={48} />
      <span class="song-text">
        <span class="song-title"><span class="clip" dir="auto">{song.title}</span>{song.explicit && <Icon name="explicit" size={15} label={t.explicit} />}</span>
        <span class="song-artist clip" dir="auto">{song.artist}{song.year ? ` · ${song.year}` : ""}</span>
      </span>
      {queued ? <span class="tag good"><Icon name="check" size={14} />{t.add.queued}</span> : waiting ? <span class="tag">{t.add.waiting}</span> : <span class="finder-add"><Icon name="add" size={20} /></span>}
    </div>
  );
}
