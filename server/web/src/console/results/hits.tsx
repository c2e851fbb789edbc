// The middle: how many were found, what narrows them, the hits, and more of them.
import { useEffect, useRef } from "preact/hooks";
import { counted, fill, number } from "../../shared/messages";
import { Icon } from "../../shared/ui/icon";
import { Prose } from "../../shared/ui/prose";
import { Chips } from "./chips";
import { isCollection } from "../index/definition";
import { HitRow, measureOf } from "./hit";
import { NeedsKey, asksForKey } from "../key";
import { placeOf, plainly, remedyOf, sentence } from "../query/mistakes";
import { type Shown, again, busy, index, mistake, plans, question, shown } from "../request/searching";
import { Teach } from "../query/teach";
import { PAGE, type View, address, asksNothing, byVector, follow, go, toFound, view } from "../view";
import { t } from "../messages";

export function Hits({ tools }: { tools: preact.ComponentChildren }) {
  const now = shown.value;
  const v = view.value;
  const section = useRef<HTMLElement>(null);
  const asked = now && question({ ...now.view, shown: PAGE });
  const before = useRef(asked);
  // Other hits are seen from their beginning.
  useEffect(() => {
    if (before.current && asked !== before.current && section.current && section.current.getBoundingClientRect().top < 0) section.current.scrollIntoView({ block: "start" });
    before.current = asked;
  }, [asked]);
  return (
    <section ref={section} class="middle" aria-labelledby="found" aria-busy={busy.value}>
      <div class="above">
        <h2 id="found" tabIndex={-1} class="num">{now ? counted(now.answer.total ?? now.answer.hits.length, t.hits) : busy.value ? t.searching : t.noAnswer}</h2>
        {now && <span class="muted small num">{number(Math.round(now.ms))} ms</span>}
        <span class="working" data-on={busy.value} aria-hidden="true" />
        <div class="tools">{tools}</div>
      </div>
      <p class="sr" role="status">{now && !busy.value ? counted(now.answer.total ?? now.answer.hits.length, t.hits) : ""}</p>
      <Chips view={v} plans={plans.value} />
      <Trouble />
      {now && now.view.index === v.index && <Found now={now} v={v} />}
      {!now && !busy.value && index.value && <Teach index={index.value} />}
      {!now && busy.value && <ol class="hit-list" aria-hidden="true">{[...Array(8).keys()].map((at) => <li key={at} class="hit"><div class="skeleton waiting" /></li>)}</ol>}
    </section>
  );
}

function Found({ now, v }: { now: Shown; v: View }) {
  const { answer } = now;
  if (asksNothing(v)) return <Teach index={now.index} />;
  // With a mistake below its input the last hits stay, but say that they answer another question.
  const stale = mistake.value !== undefined;
  const best = Math.max(0, ...answer.hits.map((hit) => measureOf(hit, now.view).value ?? 0));
  const left = (answer.total ?? 0) - answer.hits.length;
  const further = answer.next !== undefined || ((byVector(now.view) || now.view.tasteOf !== "") && left > 0 && answer.hits.length === now.view.shown);
  const more = () => {
    // From the last hit the keys lead on to the first new one.
    [...document.querySelectorAll<HTMLElement>(".hit .title")].at(-1)?.focus({ preventScroll: true });
    go({ shown: Math.min(1000, v.shown + PAGE) }, { replace: true });
  };
  return (
    <>
      {answer.warnings?.map((warning) => <p key={warning} class="note warn"><Icon name="warning" /><span><Prose text={sentence(warning)} /></span></p>)}
      {answer.did_you_mean && <DidYouMean text={answer.did_you_mean} />}
      {stale && <p class="muted small">{t.staleHits}</p>}
      {answer.hits.length === 0 && !stale && <Nothing v={v} />}
      <ol class="hit-list" data-stale={stale} aria-label={t.hitList}>
        {answer.hits.map((hit) => <HitRow key={hit.key} hit={hit} best={best} index={now.index} view={now.view} open={v.open === hit.key} />)}
      </ol>
      {further && (
        <p class="center">
          <button type="button" class="button line" onClick={more}>
            {fill(t.showMore, { n: number(Math.min(PAGE, left)) })}
          </button>
        </p>
      )}
    </>
  );
}

function DidYouMean({ text }: { text: string }) {
  return (
    <p class="note">
      <Icon name="spark" />
      <span>{t.didYouMean} <a href={address({ q: text, shown: PAGE, open: "" })} onClick={(event) => (follow(event, { q: text, shown: PAGE, open: "" }), toFound())}><strong dir="auto">{text}</strong></a>?</span>
    </p>
  );
}

function Nothing({ v }: { v: View }) {
  const narrowed = v.filter.trim() || Object.keys(v.choose).length > 0 || Object.keys(v.range).length > 0;
  return (
    <div class="empty">
      <Icon name="search" />
      <h3>{t.nothingFound}</h3>
      <p>{narrowed ? t.nothingNarrowed : t.nothingAdvice}</p>
      <div class="wrap">
        {narrowed && <button type="button" class="button" onClick={() => (go({ filter: "", choose: {}, range: {}, open: "" }), toFound())}>{t.widen}</button>}
        {v.mode === "all" && <button type="button" class="button" onClick={() => (go({ mode: "any" }), toFound())}>{t.anyWord}</button>}
      </div>
    </div>
  );
}

/** Mistakes that belong to no input. */
export function Trouble() {
  const wrong = mistake.value;
  const where = wrong && placeOf(wrong)?.where;
  if (!wrong || where === "q" || where === "filter") return null;
  const { error } = wrong;
  if (error.code === "NeedsKey") return <NeedsKey why={t.vectorNeedsKey} />;
  const text = error.status === 0 ? t.offline : error.code === "NoVector" ? t.noStoredVector : plainly(error.message);
  const remedy = remedyOf(error);
  return (
    <div class="note bad" role="alert">
      <Icon name={error.status === 0 ? "offline" : "warning"} />
      <div class="stack">
        <p><Prose text={text} />{remedy && <> <Prose text={remedy} /></>}</p>
        {(error.status === 0 || error.status >= 500) && <p><button type="button" class="button mini" onClick={again}>{t.tryAgain}</button></p>}
        {(error.status === 401 || error.status === 403) && <p><button type="button" class="button line mini" onClick={asksForKey}>{t.keyEnter}</button></p>}
      </div>
    </div>
  );
}

/** What hits are sorted by. */
export function Sort() {
  const now = shown.value;
  const sort = view.value.sort;
  const fields = now?.index.fields.filter((field) => field.sortable && !field.within && !isCollection(field) && field.type !== "Edm.GeographyPoint") ?? [];
  const usual = fields.flatMap((field) => [`${field.path} desc`, `${field.path} asc`]);
  return (
    <label class="sort">
      <span>{t.sort}</span>
      <select class="input" value={sort} onChange={(event) => go({ sort: event.currentTarget.value, shown: PAGE, open: "", tasteOf: event.currentTarget.value ? "" : view.value.tasteOf })}>
        <option value="">{t.byScore}</option>
        {sort && !usual.includes(sort) && <option value={sort}>{sort}</option>}
        {fields.map((field) => (
          <optgroup key={field.path} label={field.path}>
            <option value={`${field.path} desc`}>{field.path} ↓</option>
            <option value={`${field.path} asc`}>{field.path} ↑</option>
          </optgroup>
        ))}
      </select>
    </label>
  );
}
