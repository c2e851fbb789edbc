// What a suggester offers while somebody types: whole documents, and words that go on.
import { useEffect, useId, useState } from "preact/hooks";
import { ApiError } from "../../shared/api";
import { apiKey } from "../../shared/key";
import { Segments } from "../../shared/ui/controls";
import { AsCurl } from "../request/as-curl";
import { azure, send } from "../request/call";
import { keyField } from "../index/definition";
import { NeedsKey } from "../key";
import { Marked } from "../results/marks";
import { plainly } from "./mistakes";
import { POST, PRE } from "../request/request";
import { index } from "../request/searching";
import { address, follow, go, toFound, view } from "../view";
import { t } from "../messages";

interface Suggestion extends Record<string, unknown> {
  "@search.text": string;
}
interface Ending {
  text: string;
  queryPlusText: string;
}

export function Typeahead() {
  const v = view.value;
  const of = index.value;
  const id = useId();
  const [suggestions, setSuggestions] = useState<Suggestion[]>();
  const [endings, setEndings] = useState<Ending[]>();
  const [wrong, setWrong] = useState("");
  const key = apiKey.value;
  const suggester = v.suggester || of?.definition.suggesters[0]?.name || "";
  const text = v.text;
  const asked = { search: text, suggesterName: suggester, fuzzy: v.fuzzy, top: 8 };
  useEffect(() => {
    setWrong("");
    if (!text.trim() || !key || !of || !suggester) {
      setSuggestions(undefined);
      return setEndings(undefined);
    }
    const abort = new AbortController();
    const body = { ...asked, highlightPreTag: PRE, highlightPostTag: POST };
    const given = { key, signal: abort.signal };
    Promise.all([send<{ value: Suggestion[] }>(azure(of.name, "/docs/suggest", body), given), send<{ value: Ending[] }>(azure(of.name, "/docs/autocomplete", { ...body, autocompleteMode: v.terms }), given)])
      .then(([one, other]) => {
        setSuggestions(one.value.value);
        setEndings(other.value.value);
      })
      .catch((error) => error instanceof ApiError && setWrong(plainly(error.message)));
    return () => abort.abort();
  }, [text, suggester, v.fuzzy, v.terms, key, of?.name]);
  if (!of) return null;
  if (of.definition.suggesters.length === 0) return <div class="card"><h2>{t.suggestTitle}</h2><p class="muted">{t.noSuggesters}</p></div>;
  const document = (found: Suggestion) => ({ tab: "search" as const, q: "", filter: `${keyField(of)} eq '${String(found[keyField(of)]).replaceAll("'", "''")}'`, open: String(found[keyField(of)]) });
  return (
    <div class="tester card">
      <h2>{t.suggestTitle}</h2>
      <p class="muted">{t.suggestHint}</p>
      <div class="two">
        <div class="field">
          <label for={`${id}-text`}>{t.typedText}</label>
          <input id={`${id}-text`} class="input" dir="auto" value={text} autocomplete="off" placeholder={t.suggestExample} onInput={(event) => go({ text: event.currentTarget.value }, { replace: true })} />
        </div>
        <div class="field">
          <label for={`${id}-with`}>{t.suggester}</label>
          <select id={`${id}-with`} class="input" value={suggester} onChange={(event) => go({ suggester: event.currentTarget.value }, { replace: true })}>
            {of.definition.suggesters.map((one) => <option key={one.name} value={one.name}>{one.name} ({one.sourceFields.join(", ")})</option>)}
          </select>
        </div>
      </div>
      <div class="wrap">
        <Segments label={t.terms} value={v.terms} options={[{ value: "oneTerm", text: t.oneTerm }, { value: "twoTerms", text: t.twoTerms }, { value: "oneTermWithContext", text: t.withContext }]} onChange={(terms) => go({ terms }, { replace: true })} />
        <label class="check"><input type="checkbox" checked={v.fuzzy} onChange={(event) => go({ fuzzy: event.currentTarget.checked }, { replace: true })} /> {t.fuzzy}</label>
      </div>
      {!key && <NeedsKey why={t.suggestKey} />}
      {wrong && <p class="note bad" role="alert">{wrong}</p>}
      <div class="two">
        <section aria-labelledby={`${id}-s`}>
          <h3 id={`${id}-s`}>{t.suggestions}</h3>
          {suggestions?.length === 0 && <p class="muted">{t.noneFitting}</p>}
          <ol class="offered">
            {suggestions?.map((found) => (
              <li key={String(found[keyField(of)])}>
                <a
                  href={address(document(found))}
                  dir="auto"
                  onClick={(event) => (follow(event, document(found)), toFound())}
                >
                  <Marked text={found["@search.text"]} />
                </a>{" "}
                <code class="muted">{String(found[keyField(of)])}</code>
              </li>
            ))}
          </ol>
        </section>
        <section aria-labelledby={`${id}-e`}>
          <h3 id={`${id}-e`}>{t.endings}</h3>
          {endings?.length === 0 && <p class="muted">{t.noneFitting}</p>}
          <ol class="offered">{endings?.map((one) => <li key={one.queryPlusText}><button type="button" class="link" dir="auto" onClick={() => go({ text: one.queryPlusText.replaceAll(PRE, "").replaceAll(POST, "") }, { replace: true })}><Marked text={one.queryPlusText} /></button></li>)}</ol>
        </section>
      </div>
      {text.trim() && <AsCurl calls={[azure(of.name, "/docs/suggest", asked), azure(of.name, "/docs/autocomplete", { ...asked, autocompleteMode: v.terms })]} />}
    </div>
  );
}
