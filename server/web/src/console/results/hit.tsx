// One hit: what it is called, why it matched, how well; and when it is open the whole document and its score.
import { useState } from "preact/hooks";
import { number } from "../../shared/messages";
import { Cover } from "../../shared/ui/picture";
import { Icon } from "../../shared/ui/icon";
import { apiKey } from "../../shared/key";
import { type Index, besideFields, titleField, valueAt, vectorFields } from "../index/definition";
import { Explain } from "./explain";
import { Marked, unmarked } from "./marks";
import { PRE } from "../request/request";
import { shortly } from "./score";
import type { Hit as Found } from "../request/searching";
import { Similar } from "../query/similar";
import { Members } from "./value";
import { type View, byVector, go, toFound } from "../view";
import { asksForKey } from "../key";
import { t } from "../messages";

interface Props {
  hit: Found;
  best: number;
  index: Index;
  view: View;
  open: boolean;
}

export function HitRow({ hit, best, index, view, open }: Props) {
  const title = titleField(index);
  const measure = measureOf(hit, view);
  const songs = index.name === "songs";
  return (
    <li class="hit" data-open={open}>
      <div class="head">
        {songs && <Cover song={hit.key} size={48} />}
        <div class="grow">
          <h3>
            <button type="button" class="title" aria-expanded={open} data-key={hit.key} onClick={() => go({ open: open ? "" : hit.key }, { replace: true })}>
              <span dir="auto"><Text hit={hit} path={title} otherwise={hit.key} /></span>
              <Icon name="expand" size={18} />
            </button>
          </h3>
          <p class="beside">
            {besideFields(index).map((path) => shownValue(hit, path) && <span key={path} dir="auto"><Text hit={hit} path={path} /></span>)}
            <code class="muted key"><bdi>{hit.key}</bdi></code>
          </p>
          <Fragments hit={hit} without={[title, ...besideFields(index)]} />
        </div>
        <div class="measure" title={measure.name}>
          <span class="num"><span class="sr">{measure.name} </span><bdi>{measure.shown}</bdi></span>
          {measure.value !== undefined && <span class="bar" aria-hidden="true"><i style={{ inlineSize: `${best > 0 ? Math.max(2, Math.min(1, measure.value / best) * 100) : 0}%` }} /></span>}
          {measure.field && <small class="muted clip">{measure.name}</small>}
        </div>
      </div>
      {open && <Whole hit={hit} index={index} view={view} />}
    </li>
  );
}

/** What the hits are in order of: the score, the rank, or a field. */
export function measureOf(hit: Found, view: View): { name: string; shown: string; value: number | undefined; field: boolean } {
  const [, field] = /^\s*([\w/]+)/.exec(view.sort) ?? [];
  if (hit.rank !== undefined) return { name: t.rankOf, shown: shortly(hit.rank), value: hit.rank, field: false };
  if (!field || field === "score") return { name: t.scoreOf, shown: shortly(hit.score), value: hit.score, field: false };
  const value = valueAt(hit.document, field);
  const shown = typeof value === "number" && !/year/i.test(field) ? number(value) : typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? value.slice(0, 10) : String(value ?? "–");
  return { name: field, shown, value: typeof value === "number" && !/year/i.test(field) ? value : undefined, field: true };
}

const shownValue = (hit: Found, path: string): string => {
  const value = valueAt(hit.document, path);
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return "";
  return Array.isArray(value) ? value.slice(0, 4).join(", ") : String(value);
};

/** A field of the document in short, marked where it matched. */
function Text({ hit, path, otherwise = "" }: { hit: Found; path: string; otherwise?: string }) {
  const plain = shownValue(hit, path) || otherwise;
  const marks = hit.highlights?.[path] ?? [];
  if (marks.length === 0) return <>{plain}</>;
  const value = valueAt(hit.document, path);
  if (!Array.isArray(value)) return unmarked(marks[0] ?? "") === plain ? <Marked text={marks[0] ?? ""} /> : <>{plain}</>;
  const shown = value.slice(0, 4).map((one) => marks.find((mark) => unmarked(mark) === String(one)) ?? String(one));
  return <Marked text={shown.join(", ")} />;
}

/** Where else it matched. */
function Fragments({ hit, without }: { hit: Found; without: readonly string[] }) {
  const whole = (path: string) => hit.highlights?.[path]?.every((mark) => shownValue(hit, path).includes(unmarked(mark)));
  const rest = Object.entries(hit.highlights ?? {}).filter(([path, marks]) => marks.some((mark) => mark.includes(PRE)) && !(without.includes(path) && whole(path)));
  if (rest.length === 0) return null;
  return (
    <p class="fragments">
      {rest.map(([path, marks]) => (
        <span key={path}>
          <code class="muted">{path}</code> <bdi><Marked text={marks.slice(0, 3).join(" … ")} /></bdi>
        </span>
      ))}
    </p>
  );
}

function Whole({ hit, index, view }: { hit: Found; index: Index; view: View }) {
  const [similar, setSimilar] = useState(false);
  const explained = hit.explanation !== undefined || hit.rank !== undefined;
  /** The button goes; the focus goes to the name of the hit. */
  const explain = (button: HTMLElement) => {
    button.closest(".hit")?.querySelector<HTMLElement>(".title")?.focus({ preventScroll: true });
    go({ explain: true, open: hit.key });
  };
  const vectors = vectorFields(index).length > 0;
  return (
    <div class="whole">
      <div class="wrap">
        {!explained && !byVector(view) && <button type="button" class="button mini" onClick={(event) => explain(event.currentTarget)}><Icon name="chart" size={18} />{t.explainThis}</button>}
        {vectors && <button type="button" class="button mini" onClick={() => (apiKey.value || asksForKey(), go({ like: hit.key, vector: "", q: "", open: "", tab: "search" }), toFound())}><Icon name="spark" size={18} />{t.moreLikeThis}</button>}
        {!vectors && index.name === "songs" && <button type="button" class="button mini" aria-expanded={similar} onClick={() => setSimilar(!similar)}><Icon name="spark" size={18} />{t.similarSongs}</button>}
        <a class="button mini" href={`/v1/${encodeURIComponent(index.name)}/documents/${encodeURIComponent(hit.key)}`}><Icon name="code" size={18} />{t.asJson}</a>
      </div>
      {similar && <Similar song={hit.key} />}
      {explained && (
        <section aria-label={t.explanation}>
          <h4>{t.explanation}</h4>
          <Explain hit={hit} weight={view.tasteWeight} />
          {hit.explanation === undefined && <p><button type="button" class="button mini" onClick={(event) => explain(event.currentTarget)}>{t.explainText}</button></p>}
        </section>
      )}
      {byVector(view) && <p class="muted small">{t.vectorScore}</p>}
      <section aria-label={t.document}>
        <h4>{t.document}</h4>
        <Members of={hit.document} />
      </section>
    </div>
  );
}
