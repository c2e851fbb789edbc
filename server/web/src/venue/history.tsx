// What was: visits and fit by day, the hours of the week, the songs of the party.
import { useMemo, useState } from "preact/hooks";
import { counted, dayOf, fill, number, percent } from "../shared/messages";
import { Chart } from "../shared/chart/figure";
import { WeekHeat } from "../shared/chart/heat";
import { Line } from "../shared/chart/line";
import { Segments } from "../shared/ui/controls";
import { Cover } from "../shared/ui/picture";
import { Icon } from "../shared/ui/icon";
import { type Day, type History, readHistory } from "./venue";
import { useReading } from "./reading";
import { fitOverOf, hourSaid, secondsOf, strongest, trouble, visitsOf, writeDay } from "./sentences";
import { t } from "./messages";

type Span = "7" | "28" | "90";
const SPANS: Span[] = ["7", "28", "90"];

export function HistoryPart({ venue, least }: { venue: string; least: number }) {
  const [span, setSpan] = useState<Span>("28");
  const { value, wrong, again } = useReading(`${venue} ${span}`, (signal) => readHistory(venue, Number(span), signal));
  return (
    <section id="history" class="part" aria-labelledby="history-title">
      <div class="row part-head">
        <h2 id="history-title" class="grow">{t.historyTitle}</h2>
        <Segments<Span> label={t.span} value={span} options={SPANS.map((days) => ({ value: days, text: counted(Number(days), t.days) }))} onChange={setSpan} />
      </div>
      {wrong && !value && <p class="note warn" role="alert"><Icon name="warning" /><span>{trouble(wrong)} <button type="button" class="button mini" onClick={again}>{t.again}</button></span></p>}
      {!value && !wrong && <div class="skeleton waiting" />}
      {value && (
        <div class="history">
          <div class="card"><Visits days={value.days} /></div>
          <div class="card"><Fit days={value.days} least={least} /></div>
          <div class="card"><Hours hours={value.hours} days={value.days.length} /></div>
          <div class="card"><Songs songs={value.songs} /></div>
        </div>
      )}
    </section>
  );
}

const write = (seconds: number): string => dayOf(seconds * 1000);

function Visits({ days }: { days: Day[] }) {
  const [x, y] = useMemo(() => [days.map(({ day }) => secondsOf(day)), days.map(({ visits }) => visits)], [days]);
  const title = visitsOf(days);
  return (
    <Chart title={title} units={t.visitsUnits} table={{ head: [t.day, t.visitsHead, t.peopleHead], rows: [...days].reverse().map((day) => [writeDay(day.day), number(day.visits), number(day.people)]) }}>
      <Line days={x} values={y} write={number} writeDay={write} label={title} colour="accent" said={t.said} none="" />
    </Chart>
  );
}

function Fit({ days, least }: { days: Day[]; least: number }) {
  const [x, y] = useMemo(() => [days.map(({ day }) => secondsOf(day)), days.map(({ fit }) => fit)], [days]);
  const title = fitOverOf(days, least);
  const known = days.filter((day): day is Day & { fit: number } => day.fit !== null);
  return (
    <Chart title={title} units={t.fitUnits} table={{ head: [t.day, t.fitHead], rows: [...known].reverse().map(({ day, fit }) => [writeDay(day), percent(fit)]) }}>
      {known.length > 0 && <Line days={x} values={y} most={1} write={percent} writeDay={write} label={title} colour="violet" said={t.said} none={t.noFit} />}
    </Chart>
  );
}

function Hours({ hours, days }: { hours: number[]; days: number }) {
  const any = hours.some((visits) => visits > 0);
  const title = any ? strongest(hours, t.weekHours) : fill(t.visitsNone, { days });
  const rows = hours.flatMap((visits, at) => (visits > 0 ? [[hourSaid(at), number(visits)]] : []));
  return (
    <Chart title={title} units={t.weekHoursUnits} table={{ head: [t.hour, t.visitsHead], rows }}>
      <WeekHeat values={hours} label={title} say={(visits) => counted(visits, t.visit)} />
    </Chart>
  );
}

/** Songs that are shown at once. */
const SHOWN = 6;

function Songs({ songs }: { songs: History["songs"] }) {
  const [first] = songs;
  if (!first) return <p class="muted songs-none"><Icon name="music" />{t.songsNone}</p>;
  const title = first.times < 2 ? counted(songs.length, t.songsEach) : fill(t.songsMost, { title: first.title ?? first.id, artist: first.artist ?? "" });
  return (
    <Chart title={title} units={t.songsUnits} table={{ head: [t.song, t.times], rows: songs.map((song) => [`${song.title ?? song.id} · ${song.artist ?? ""}`, number(song.times)]) }}>
      <ol class="played">
        {songs.slice(0, SHOWN).map((song) => (
          <li class="row" key={song.id}>
            <Cover song={song.id} size={36} />
            <span class="grow"><span class="clip song-title" dir="auto">{song.title ?? song.id}</span><small class="clip muted song-artist" dir="auto">{song.artist}</small></span>
            <span class="num muted">{number(song.times)}</span>
          </li>
        ))}
      </ol>
    </Chart>
  );
}
