// The query bar: query and filter, how they are read, and more ways to narrow and rank behind buttons.
import { useEffect, useRef, useState } from "preact/hooks";
import { fill } from "../../shared/messages";
import { Segments } from "../../shared/ui/controls";
import { Icon } from "../../shared/ui/icon";
import { keyField, titleField } from "../index/definition";
import { Near } from "./near";
import { placeOf, plainly, remedyOf } from "./mistakes";
import type { Where } from "./mistakes";
import type { Grammar } from "./complete";
import { QueryInput, type Wrong } from "./query-input";
import { index, mistake, plans } from "../request/searching";
import { PAGE, type View, byVector, go, view } from "../view";
import { t } from "../messages";

/** Milliseconds without a key before what was typed is asked for; and before a mistake in it is pointed out. */
const REST = 220;
const PATIENCE = 700;

/** The mistake in an input, unless somebody is still typing. */
function wrongIn(where: Where, text: string): Wrong | undefined {
  const now = mistake.value;
  const place = now && placeOf(now);
  if (!now || place?.where !== where || now.view[where] !== text) return undefined;
  return { from: place.from, to: place.to, message: plainly(now.error.message), remedy: remedyOf(now.error) };
}

function Typed({ where, ...given }: { where: "q" | "filter" | "fields" | "select"; id: string; label: string; hidden?: boolean; placeholder?: string; grammar: Grammar; type?: "search"; icon?: "search" | "filter"; hotkey?: string; onDown?: () => void }) {
  const kept = view.value[where];
  const [text, setText] = useState(kept);
  const [typing, setTyping] = useState(false);
  const waiting = useRef<number | undefined>(undefined);
  // The first change since the last Enter is a step of its own; those after it belong to it.
  const stepped = useRef(false);
  const calm = useRef<number | undefined>(undefined);
  useEffect(() => setText(kept), [kept]);
  const put = (next: string) => {
    if (next === view.peek()[where]) return;
    go({ [where]: next, shown: PAGE, open: "" } as Partial<View>, { replace: stepped.current });
    stepped.current = true;
  };
  const input = (next: string) => {
    setText(next);
    setTyping(true);
    clearTimeout(waiting.current);
    clearTimeout(calm.current);
    waiting.current = setTimeout(() => put(next), REST);
    calm.current = setTimeout(() => setTyping(false), PATIENCE);
  };
  const done = (next: string) => {
    clearTimeout(waiting.current);
    setTyping(false);
    put(next);
    stepped.current = false;
  };
  return <QueryInput {...given} value={text} index={index.value} wrong={typing ? undefined : wrongIn(where, text)} onInput={input} onDone={done} />;
}

/** A filter that this index could have. */
function conditionFor(): string {
  const ranged = plans.value.find((plan) => plan.kind === "ranges" && typeof plan.bounds[0] === "number");
  if (ranged) return `${ranged.field} ge ${ranged.bounds[Math.floor(ranged.bounds.length / 2)]}`;
  const valued = plans.value.find((plan) => plan.type === "Edm.String" && plan.all.length > 0 && !plan.within);
  return valued ? `${valued.field} eq '${valued.all[0]?.value}'` : `${index.value ? keyField(index.value) : "id"} eq '1'`;
}

type Panel = "fields" | "taste" | "near";

export function Bar({ onDown, onSyntax }: { onDown: () => void; onSyntax: () => void }) {
  const v = view.value;
  const of = index.value;
  const used: Record<Panel, boolean> = { fields: v.fields !== "" || v.select !== "", taste: v.tasteOf !== "", near: byVector(v) };
  const [panel, setPanel] = useState<Panel | undefined>((Object.keys(used) as Panel[]).find((one) => used[one]));
  // What came into use elsewhere, as by "more like this", is shown.
  useEffect(() => {
    if (used.near) setPanel("near");
  }, [used.near]);
  const opener = (name: Panel, text: string) => (
    <button type="button" class="chip" aria-expanded={panel === name} aria-controls="panel" data-used={used[name]} onClick={() => setPanel(panel === name ? undefined : name)}>
      {text}
      {used[name] && <span class="dot" role="img" aria-label={t.inUse} />}
    </button>
  );
  return (
    <search class="bar">
      <Typed where="q" id="q" label={t.query} hidden placeholder={fill(t.queryHint, { title: of ? titleField(of) : "title" })} grammar="lucene" type="search" icon="search" hotkey="/" onDown={onDown} />
      <Typed where="filter" id="filter" label={t.filter} hidden placeholder={fill(t.filterHint, { condition: conditionFor() })} grammar="odata" icon="filter" />
      <div class="how">
        <Segments label={t.syntax} value={v.syntax} options={[{ value: "lucene", text: "Lucene" }, { value: "simple", text: t.simple }]} onChange={(syntax) => go({ syntax, open: "" })} />
        <Segments label={t.words} value={v.mode} options={[{ value: "any", text: t.any }, { value: "all", text: t.all }]} onChange={(mode) => go({ mode, open: "" })} />
        <button type="button" class="chip" aria-haspopup="dialog" onClick={onSyntax}><Icon name="info" size={16} />{t.cheatSheet}</button>
        {opener("fields", t.fields)}
        {v.index === "songs" && opener("taste", t.taste)}
        {opener("near", t.vector)}
      </div>
      <div id="panel" class="panel" hidden={!panel}>
        {panel === "fields" && (
          <div class="two">
            <Typed where="fields" id="fields" label={t.fieldsLabel} placeholder="title^3,artist" grammar="list" />
            <Typed where="select" id="select" label={t.selectLabel} placeholder="id,title" grammar="names" />
          </div>
        )}
        {panel === "taste" && <Taste />}
        {panel === "near" && <Near />}
      </div>
    </search>
  );
}

/** Whose taste ranks the songs, and how much. */
function Taste() {
  const v = view.value;
  const [people, setPeople] = useState(v.tasteOf);
  useEffect(() => setPeople(v.tasteOf), [v.tasteOf]);
  const put = () => people !== v.tasteOf && go({ tasteOf: people, ...(people ? { sort: "" } : {}), shown: PAGE, open: "" });
  return (
    <form
      class="near"
      onSubmit={(event) => {
        event.preventDefault();
        put();
      }}
    >
      <div class="field grow">
        <label for="taste-of">{t.tasteOfLabel}</label>
        <input id="taste-of" class="input mono" value={people} placeholder="u1,u2" autocomplete="off" spellcheck={false} onInput={(event) => setPeople(event.currentTarget.value)} onBlur={put} />
      </div>
      <div class="field weight">
        <label for="taste-weight">{t.tasteWeight} <output class="num">{v.tasteWeight}</output></label>
        <input id="taste-weight" type="range" min={0} max={1} step={0.05} value={v.tasteWeight} onInput={(event) => go({ tasteWeight: Number(event.currentTarget.value) }, { replace: true })} />
      </div>
      <p class="muted small whole-line">{t.tasteHint}</p>
    </form>
  );
}
