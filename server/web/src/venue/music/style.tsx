// The music style of the house: changed here, its effect shown at once, kept when saved.
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../shared/api";
import { Switch } from "../../shared/ui/controls";
import { Icon } from "../../shared/ui/icon";
import { say } from "../../shared/ui/toasts";
import { Blocked } from "./blocked";
import { Genres } from "./genres";
import { type Songs, type Style, effectOf, keepStyle, readStyle } from "../venue";
import { useReading } from "../reading";
import { effectSaid, trouble } from "../sentences";
import { Energy, QuietHours, Years } from "./limits";
import { t } from "../messages";

export function StylePart({ venue, onSaved }: { venue: string; onSaved: () => void }) {
  const { value, wrong, again } = useReading(venue, (signal) => readStyle(venue, signal), true);
  return (
    <section id="style" class="part" aria-labelledby="style-title">
      <h2 id="style-title">{t.styleTitle}</h2>
      <p class="muted part-lead">{t.styleLead}</p>
      {wrong && <p class="note warn" role="alert"><Icon name="warning" /><span>{trouble(wrong)} <button type="button" class="button mini" onClick={again}>{t.again}</button></span></p>}
      {!value && !wrong && <div class="skeleton waiting" />}
      {value && <Form venue={venue} first={value} onSaved={onSaved} />}
    </section>
  );
}

interface Kept {
  style: Style;
  songs: Songs;
}

/** Milliseconds after the last change before its effect is asked for. */
const WAIT = 350;

function Form({ venue, first, onSaved }: { venue: string; first: Kept; onSaved: () => void }) {
  const [kept, setKept] = useState(first);
  const [style, setStyle] = useState(first.style);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const changed = JSON.stringify(style) !== JSON.stringify(kept.style);
  const inverted = style.years !== null && style.years[0] > style.years[1];
  const effect = useEffectOf(venue, style, changed ? undefined : kept.songs, inverted);
  const change = (part: Partial<Style>) => {
    setWrong(undefined);
    setStyle((before) => ({ ...before, ...part }));
  };

  useEffect(() => {
    if (!changed) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [changed]);

  async function save(event: SubmitEvent) {
    event.preventDefault();
    if (busy || !changed || inverted) return;
    setBusy(true);
    try {
      const next = await keepStyle(venue, style);
      setKept(next);
      setStyle(next.style);
      onSaved();
      say(t.saved);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setWrong(trouble(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form class="card style" onSubmit={(event) => void save(event)}>
      <div class="style-parts">
        <div class="style-column">
          <Switch label={t.explicit} hint={t.explicitHint} on={style.explicit} onChange={(explicit) => change({ explicit })} />
          <Genres label={t.only} hint={t.onlyHint} chosen={style.only} others={style.without} onChange={(only) => change({ only })} />
          <Genres label={t.without} chosen={style.without} others={style.only} onChange={(without) => change({ without })} bad />
        </div>
        <div class="style-column">
          <Years years={style.years} wrong={inverted} onChange={(years) => change({ years })} />
          <Energy energy={style.energy} onChange={(energy) => change({ energy })} />
          <QuietHours quiet={style.quiet} onChange={(quiet) => change({ quiet })} />
          <Blocked blocked={style.blocked} onChange={(blocked) => change({ blocked })} />
        </div>
      </div>
      {wrong && <p class="note bad" role="alert"><Icon name="warning" />{wrong}</p>}
      <div class="style-foot">
        <p class="grow" role="status">
          <strong class="num">{effect === "asking" ? t.effectAsking : effect === "failed" ? t.effectFailed : effectSaid(effect)}</strong>
          {changed && <small class="muted">{t.unsaved}</small>}
        </p>
        <button type="button" class="button line" aria-disabled={!changed || busy} onClick={() => changed && !busy && setStyle(kept.style)}>{t.undo}</button>
        <button type="submit" class="button main" aria-disabled={!changed || busy || inverted}>{busy ? t.saving : t.save}</button>
      </div>
    </form>
  );
}

/** How many songs a style leaves: as kept, or counted by the server while it is being changed. */
function useEffectOf(venue: string, style: Style, known: Songs | undefined, wrong: boolean): Songs | "asking" | "failed" {
  const [effect, setEffect] = useState<Songs | "asking" | "failed">(known ?? "asking");
  const text = JSON.stringify(style);
  useEffect(() => {
    if (known) return setEffect(known);
    if (wrong) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      effectOf(venue, style, abort.signal).then(
        ({ songs }) => setEffect(songs),
        () => !abort.signal.aborted && setEffect("failed"),
      );
    }, WAIT);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [venue, text, known, wrong]);
  return effect;
}
