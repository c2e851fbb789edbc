// What plays: cover, title, who picked it, how far it is; how to react to it and to vote it away.
import { useEffect, useState } from "preact/hooks";
import { position } from "../../shared/room/clock";
import { type Now, SERVER } from "../../shared/room/types";
import { Icon } from "../../shared/ui/icon";
import { Avatar, Cover, coverOf } from "../../shared/ui/picture";
import { counted, duration, fill } from "../../shared/messages";
import { HostBar } from "./hostbar";
import { ReactionBar } from "./reactions";
import { useParty } from "../store";
import { t } from "../messages";
import { why } from "../queue/why";

export function NowPlaying() {
  const { room, taste } = useParty();
  const view = room.view.value;
  if (!view) return <Waiting />;
  const { now } = view;
  if (!now) return <Silence />;
  const names = room.names.value;
  const reason = why(taste.scores.value.get(now.item), { me: room.me, names }, now.by === SERVER);
  return (
    <section class="now" aria-labelledby="now-head">
      <h2 class="sr" id="now-head">{t.now.title}</h2>
      <img class="now-glow" src={coverOf(now.song.id)} alt="" />
      <div class="now-song">
        <Cover song={now.song.id} size={116} eager />
        <div class="now-text">
          <h3 class="clip-2" dir="auto">{now.song.title}</h3>
          <p class="clip now-artist" dir="auto">{now.song.artist}</p>
          <p class="now-by"><By id={now.by} name={names.get(now.by)} me={room.me} /></p>
        </div>
      </div>
      {reason && <p class="small muted now-why"><Icon name="spark" size={16} /><span dir="auto">{reason}</span></p>}
      <Progress now={now} />
      <div class="now-acts">
        <ReactionBar />
        <SkipVote now={now} />
      </div>
      {room.hosts.value && <HostBar />}
    </section>
  );
}

/** Who picked a song, with a face. */
function By({ id, name, me }: { id: string; name: string | undefined; me: string }) {
  if (id === SERVER) return <><Icon name="spark" size={18} /><span class="clip">{t.now.autopilot}</span></>;
  return <><Avatar seed={name ?? id} size={22} /><span class="clip" dir="auto">{id === me ? t.now.byYou : fill(t.now.by, { name: name ?? t.gone })}</span></>;
}

function Progress({ now }: { now: Now }) {
  const { room } = useParty();
  const [at, setAt] = useState(() => position(now, room.clock.now()));
  useEffect(() => {
    const tick = () => setAt(position(now, room.clock.now()));
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [now]);
  const share = now.song.durationMs > 0 ? at / now.song.durationMs : 0;
  return (
    <div class="progress">
      <div class="progress-line" aria-hidden="true"><i style={{ transform: `scaleX(${share.toFixed(4)})` }} /></div>
      <p class="num small muted">
        <span>{duration(at)}</span>
        {now.state === "paused" && <span class="tag warn">{t.now.paused}</span>}
        <span>{duration(now.song.durationMs)}</span>
      </p>
    </div>
  );
}

/** Votes that end what plays when so many are present, as the server counts. */
const neededSkips = (share: number, present: number): number => Math.max(1, Math.min(Math.floor(share * present) + 1, present));

function SkipVote({ now }: { now: Now }) {
  const { room } = useParty();
  const settings = room.view.value?.settings;
  const needed = neededSkips(settings?.skipShare ?? 0.5, room.online.value.length);
  const mine = now.skips.includes(room.me);
  const count = `${now.skips.length}/${needed}`;
  return (
    <button
      type="button"
      class="button mini skip-vote"
      aria-pressed={mine}
      aria-label={`${mine ? t.now.skipVoted : t.now.skip} ${count}, ${fill(t.now.skips, { n: now.skips.length, of: needed })}`}
      onClick={() => !mine && void room.send("skip:vote", { item: now.item })}
    >
      <Icon name="skip" size={18} />
      <span>{mine ? t.now.skipVoted : t.now.skip}</span>
      <span class="num">{count}</span>
    </button>
  );
}

/** Nothing plays: what one can do about it. */
function Silence() {
  const { room, sheet } = useParty();
  const view = room.view.value;
  const queued = view?.queue.length ?? 0;
  const host = room.hosts.value;
  const text = queued > 0 ? (host ? t.silence.start : t.silence.wait) : host ? (view?.settings.autopilot ? t.silence.autopilot : t.silence.addHost) : t.silence.add;
  const startable = host && (queued > 0 || view?.settings.autopilot);
  return (
    <section class="now silence" aria-labelledby="now-head">
      <span class="silence-icon"><Icon name="music" size={30} /></span>
      <div class="grow">
        <h2 id="now-head">{t.silence.title}</h2>
        <p class="muted">{text}{queued > 0 && ` ${counted(queued, t.silence.waiting)}`}</p>
      </div>
      {startable && <button type="button" class="button main wide" onClick={() => void room.send("play:start")}><Icon name="play" size={20} />{t.host.start}</button>}
      {!startable && queued === 0 && <button type="button" class="button main wide" onClick={() => (sheet.value = { kind: "search" })}><Icon name="add" size={20} />{t.silence.addFirst}</button>}
    </section>
  );
}

function Waiting() {
  return (
    <section class="now" aria-hidden="true">
      <div class="now-song">
        <div class="skeleton now-cover" />
        <div class="now-text stack"><div class="skeleton line-1" /><div class="skeleton line-2" /></div>
      </div>
    </section>
  );
}
