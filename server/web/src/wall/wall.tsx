// The wall: what plays in very large type, what comes next, and how to join. Everything on it is bounded, so that it can stand for days.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { ask } from "../shared/api";
import { position } from "../shared/room/clock";
import { spelled } from "../shared/room/code";
import { Emoji } from "../shared/room/emoji";
import { usePicture } from "../shared/room/pictures";
import type { Room } from "../shared/room/room";
import { type Now, SERVER, type Summary } from "../shared/room/types";
import { Icon, Mark } from "../shared/ui/icon";
import { Avatar, Cover, coverOf } from "../shared/ui/picture";
import { counted, duration, fill } from "../shared/messages";
import { useScreenCode } from "./screencode";
import { useScreenPlayer } from "./screenplayer";
import { t } from "./messages";

const NEXT = 5;
/** How long a new picture stands on the wall, in milliseconds. */
const PICTURE = 45_000;
/** Between two looks at the room's code and link, which the host may change. */
const LOOK = 30_000;

export function Wall({ room, summary }: { room: Room; summary: Summary }) {
  const [door, setDoor] = useState({ code: summary.code, link: summary.link });
  useEffect(() => {
    const timer = setInterval(() => ask<Summary>(`/v1/rooms/${room.id}`).then(({ code, link }) => setDoor((known) => (known.code === code ? known : { code, link })), () => undefined), LOOK);
    return () => clearInterval(timer);
  }, [room]);
  useScreenPlayer(room);
  const view = room.view.value;
  const now = view?.now ?? undefined;
  return (
    <main class="wall" id="main" data-quiet={!now || undefined}>
      {now && <img key={now.song.id} class="wall-glow" src={coverOf(now.song.id)} alt="" />}
      <header class="wall-top">
        <Mark size={44} />
        <h1 class="clip" dir="auto">{view?.name ?? summary.name}</h1>
        <p class="num">{counted(room.online.value.length, t.here)}</p>
        {room.link.value === "away" && <p class="wall-away" role="status"><Icon name="offline" size={28} />{t.reconnecting}</p>}
      </header>
      {now ? <Playing room={room} now={now} /> : <Quiet />}
      <aside class="wall-side" aria-label={t.next}>
        <Upcoming room={room} />
        <Door room={room} name={view?.name ?? summary.name} code={door.code} link={door.link} />
      </aside>
      <Latest room={room} />
      <Air room={room} />
    </main>
  );
}

function Playing({ room, now }: { room: Room; now: Now }) {
  const name = room.names.value.get(now.by);
  return (
    <section class="wall-now" aria-label={t.now}>
      <Cover key={now.song.id} song={now.song.id} size={520} eager />
      <div class="wall-song">
        <h2 class="wall-title" dir="auto" data-long={isLong(now.song.title) || undefined}>{now.song.title}</h2>
        <p class="wall-artist" dir="auto">{now.song.artist}</p>
        <p class="wall-by">{now.by === SERVER ? <><Icon name="spark" size={36} />{t.autopilot}</> : <><Avatar seed={name ?? now.by} size={52} /><span class="clip" dir="auto">{fill(t.by, { name: name ?? t.gone })}</span></>}</p>
        <Progress room={room} now={now} />
      </div>
    </section>
  );
}

/** Whether a title needs smaller letters to stand in three lines. */
const isLong = (title: string): boolean => title.length > 34 || title.split(/\s/).some((word) => word.length > 11);

function Progress({ room, now }: { room: Room; now: Now }) {
  const [at, setAt] = useState(() => position(now, room.clock.now()));
  useEffect(() => {
    const tick = () => setAt(position(now, room.clock.now()));
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [now]);
  return (
    <div class="wall-progress">
      <div aria-hidden="true"><i style={{ transform: `scaleX(${(at / Math.max(1, now.song.durationMs)).toFixed(4)})` }} /></div>
      <p class="num"><span>{duration(at)}</span>{now.state === "paused" && <span>{t.paused}</span>}<span>{duration(now.song.durationMs)}</span></p>
    </div>
  );
}

function Quiet() {
  return <section class="wall-now wall-quiet"><h2 class="wall-title">{t.quiet}</h2><p class="wall-artist">{t.quietHint}</p></section>;
}

function Upcoming({ room }: { room: Room }) {
  const queue = room.view.value?.queue.slice(0, NEXT) ?? [];
  const names = room.names.value;
  if (queue.length === 0) return <div class="wall-next" />;
  return (
    <div class="wall-next">
      <h2>{t.next}</h2>
      <ol>
        {queue.map(({ item, song, by, score }) => (
          <li key={item}>
            <Cover song={song.id} size={72} />
            <span class="grow">
              <span class="clip wall-next-title" dir="auto">{song.title}</span>
              <span class="clip" dir="auto">{song.artist}{by !== SERVER && <> · <bdi>{names.get(by) ?? t.gone}</bdi></>}</span>
            </span>
            {score > 0 && <span class="wall-score num"><Icon name="up" size={22} />{score}</span>}
          </li>
        ))}
      </ol>
    </div>
  );
}

function Door({ room, name, code, link }: { room: Room; name: string; code: string; link: string }) {
  const shown = useScreenCode(room);
  return (
    <div class="wall-door">
      <img src={`/v1/rooms/${room.id}/qr.svg?${code}`} width={260} height={260} alt={fill(t.qr, { name })} />
      <div>
        <p>{t.join}</p>
        <p class="wall-code"><span class="sr">{fill(t.code, { code: spelled(code) })}</span><span aria-hidden="true">{code}</span></p>
        <p class="wall-host">{fill(t.at, { host: new URL(link, location.href).host })}</p>
        {shown && <p class="wall-checkin">{t.checkin} <b class="num">{shown}</b></p>}
      </div>
    </div>
  );
}

/** The latest picture, for a while. */
function Latest({ room }: { room: Room }) {
  const [, look] = useState(0);
  const latest = room.view.value?.pictures.at(-1);
  const left = latest ? latest.ts + PICTURE - room.clock.now() : 0;
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => look((n) => n + 1), left + 50);
    return () => clearTimeout(timer);
  }, [latest]);
  const address = usePicture(latest && left > 0 ? latest.url : "", room.pass.token);
  if (!latest || left <= 0 || !address) return null;
  const name = room.names.value.get(latest.by) ?? t.gone;
  return (
    <figure class="wall-picture">
      <img src={address} alt={fill(t.picture, { name })} />
      <figcaption class="clip" dir="auto">{latest.caption ?? fill(t.picture, { name })}</figcaption>
    </figure>
  );
}

const air = signal<{ id: number; emoji: string; from: number }[]>([]);
const MOST = 12;
const FLIGHT = 4_000;
let last = 0;

function Air({ room }: { room: Room }) {
  useEffect(
    () =>
      room.listen({
        reaction: ({ emoji }) => {
          if (air.value.length >= MOST || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
          const id = ++last;
          air.value = [...air.value, { id, emoji, from: 4 + Math.random() * 56 }];
          setTimeout(() => (air.value = air.value.filter((one) => one.id !== id)), FLIGHT);
        },
      }),
    [room],
  );
  return <div class="wall-air" aria-hidden="true">{air.value.map(({ id, emoji, from }) => <span key={id} style={{ insetInlineStart: `${from}%` }}><Emoji emoji={emoji} size={72} /></span>)}</div>;
}
