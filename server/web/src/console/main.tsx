// The search console: an index looked through with every power of the API, and the request behind what is seen.
import "./console.css";
import "./results/hits.css";
import "./results/facets.css";
import "./index/testers.css";
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { number } from "../shared/messages";
import { begin } from "../shared/page";
import { Dialog } from "../shared/ui/dialog";
import { Icon } from "../shared/ui/icon";
import { Top } from "../shared/ui/top";
import { Analyze } from "./index/analyze";
import { Bar } from "./query/bar";
import { Exchange } from "./request/exchange";
import { Facets } from "./results/facets";
import { Hits, Sort, Trouble } from "./results/hits";
import { KeyButton, KeyDialog } from "./key";
import { KeysHelp, toHits, useKeys } from "./query/keyboard";
import { Schema } from "./index/schema";
import { begin as beginSearching, index, indexes, shown } from "./request/searching";
import { CheatSheet } from "./query/cheat-sheet";
import { Typeahead } from "./query/typeahead";
import { type Tab, address, byVector, follow, go, view } from "./view";
import { t } from "./messages";

/** Whether there is room for facets, and for the request, beside the hits. */
const roomFor = (query: string) => {
  const media = matchMedia(query);
  const there = signal(media.matches);
  media.addEventListener("change", () => (there.value = media.matches));
  return there;
};
const facetsFit = roomFor("(min-width: 52rem)");
const requestFits = roomFor("(min-width: 76rem)");

function Console() {
  const [sheet, setSheet] = useState(false);
  const [keys, setKeys] = useState(false);
  useKeys(() => setKeys(true));
  const tab = view.value.tab;
  const here = index.value?.name === view.value.index;
  return (
    <>
      <Top here="console" />
      <main id="main" class="console">
        <Head onKeys={() => setKeys(true)} />
        {tab === "search" && <Bar onDown={toHits} onSyntax={() => setSheet(true)} />}
        {tab === "search" && <Search />}
        {tab !== "search" && !here && <Trouble />}
        {here && tab === "definition" && <Schema />}
        {here && tab === "analyze" && <Analyze />}
        {here && tab === "suggest" && <Typeahead />}
      </main>
      {sheet && <CheatSheet index={index.value} onClose={() => setSheet(false)} />}
      {keys && <KeysHelp onClose={() => setKeys(false)} />}
      <KeyDialog />
    </>
  );
}

function Head({ onKeys }: { onKeys: () => void }) {
  const v = view.value;
  const tabs: { tab: Tab; text: string }[] = [{ tab: "search", text: t.search }, { tab: "definition", text: t.definition }, { tab: "analyze", text: t.analyze }, { tab: "suggest", text: t.suggest }];
  const known = indexes.value.some((one) => one.name === v.index);
  return (
    <div class="console-head">
      <h1>{t.title}</h1>
      <label class="pick">
        <span class="sr">{t.indexLabel}</span>
        <select class="input" value={v.index} onChange={(event) => go({ index: event.currentTarget.value })}>
          {!known && <option value={v.index}>{v.index}</option>}
          {indexes.value.map((one) => <option key={one.name} value={one.name}>{one.name} ({number(one.documents)})</option>)}
        </select>
      </label>
      <nav aria-label={t.views}>
        <ul>
          {tabs.map((one) => (
            <li key={one.tab}>
              <a
                href={address({ tab: one.tab })}
                aria-current={one.tab === v.tab ? "page" : undefined}
                onClick={(event) => follow(event, { tab: one.tab })}
              >
                {one.text}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="end">
        <KeyButton />
        <button type="button" class="button plain icon mini" aria-label={t.keys.title} aria-haspopup="dialog" onClick={onKeys}><kbd aria-hidden="true">?</kbd></button>
      </div>
    </div>
  );
}

function Search() {
  const [panel, setPanel] = useState<"facets" | "request">();
  const now = shown.value;
  const v = view.value;
  const chosen = [...Object.values(v.choose), ...Object.values(v.range)].flat().length;
  const tools = (
    <>
      {!facetsFit.value && <button type="button" class="button line mini" aria-haspopup="dialog" onClick={() => setPanel("facets")}><Icon name="filter" size={18} />{t.facets}{chosen > 0 && <span class="tag violet">{number(chosen)}</span>}</button>}
      {!requestFits.value && <button type="button" class="button line mini" aria-haspopup="dialog" onClick={() => setPanel("request")}><Icon name="code" size={18} />{t.request}</button>}
      {!byVector(v) && <label class="check"><input type="checkbox" checked={v.explain} onChange={(event) => go({ explain: event.currentTarget.checked })} /> {t.explain}</label>}
      <Sort />
    </>
  );
  return (
    <div class="columns">
      {facetsFit.value && <aside class="left" aria-label={t.facets}>{now && now.view.index === v.index && <Facets shown={now} />}</aside>}
      <Hits tools={tools} />
      {requestFits.value && <aside class="right" aria-label={t.requestAndAnswer}><Exchange /></aside>}
      {panel === "facets" && !facetsFit.value && now && <Dialog title={t.facets} onClose={() => setPanel(undefined)} sheet><Facets shown={now} /></Dialog>}
      {panel === "request" && !requestFits.value && <Dialog title={t.requestAndAnswer} onClose={() => setPanel(undefined)} sheet><Exchange /></Dialog>}
    </div>
  );
}

beginSearching();
begin(<Console />);
