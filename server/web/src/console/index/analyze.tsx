// What an analyzer makes of a text: its tokens, and where in the text each comes from.
import { useEffect, useId, useState } from "preact/hooks";
import { ApiError } from "../../shared/api";
import { counted } from "../../shared/messages";
import { apiKey } from "../../shared/key";
import { AsCurl } from "../request/as-curl";
import { azure, send } from "../request/call";
import { NeedsKey } from "../key";
import { plainly } from "../query/mistakes";
import { index } from "../request/searching";
import { go, view } from "../view";
import { t } from "../messages";

/** Built in, most asked for first; any other may be typed. */
const BUILT_IN = ["standard.lucene", "standardasciifolding.lucene", "simple", "stop", "whitespace", "keyword", "pattern", "en.lucene", "fr.lucene", "de.lucene", "es.lucene", "it.lucene", "ja.lucene", "ko.lucene", "zh-Hans.lucene"];

interface Token {
  token: string;
  startOffset: number;
  endOffset: number;
  position: number;
}

export function Analyze() {
  const v = view.value;
  const of = index.value;
  const id = useId();
  const [tokens, setTokens] = useState<Token[]>();
  const [wrong, setWrong] = useState("");
  const used = [...new Set(of?.fields.flatMap((field) => (field.analyzer ? [field.analyzer] : [])) ?? [])];
  const own = of?.definition.analyzers.map((analyzer) => analyzer.name) ?? [];
  const analyzer = v.analyzer || used[0] || "standard.lucene";
  const text = v.text;
  const key = apiKey.value;
  useEffect(() => {
    setWrong("");
    if (!text || !key || !of) return setTokens(undefined);
    const asked = new AbortController();
    send<{ tokens: Token[] }>(azure(of.name, "/analyze", { text, analyzer }), { key, signal: asked.signal })
      .then(({ value }) => setTokens(value.tokens))
      .catch((error) => error instanceof ApiError && (setTokens(undefined), setWrong(plainly(error.message))));
    return () => asked.abort();
  }, [text, analyzer, key, of?.name]);
  return (
    <div class="tester card">
      <h2>{t.analyzeTitle}</h2>
      <p class="muted">{t.analyzeHint}</p>
      <div class="two">
        <div class="field">
          <label for={`${id}-text`}>{t.textLabel}</label>
          <textarea id={`${id}-text`} class="input" rows={3} dir="auto" value={text} placeholder={t.analyzeExample} onInput={(event) => go({ text: event.currentTarget.value }, { replace: true })} />
        </div>
        <div class="field">
          <label for={`${id}-with`}>{t.analyzer}</label>
          <input id={`${id}-with`} class="input mono" list={`${id}-known`} value={v.analyzer} placeholder={analyzer} spellcheck={false} autocomplete="off" onChange={(event) => go({ analyzer: event.currentTarget.value.trim() }, { replace: true })} />
          <datalist id={`${id}-known`}>{[...new Set([...own, ...used, ...BUILT_IN])].map((name) => <option key={name} value={name} />)}</datalist>
          <div class="wrap">{[...new Set([...own, ...used, "standard.lucene", "en.lucene", "keyword"])].slice(0, 6).map((name) => <button key={name} type="button" class="chip" aria-pressed={name === analyzer} onClick={() => go({ analyzer: name }, { replace: true })}>{name}</button>)}</div>
        </div>
      </div>
      {!key && <NeedsKey why={t.analyzeKey} />}
      {wrong && <p class="note bad" role="alert">{wrong}</p>}
      <div role="status">{tokens && <p class="num">{counted(tokens.length, t.tokens)}</p>}</div>
      {tokens && (
        <ol class="tokens" aria-label={t.tokenList}>
          {tokens.map((token, at) => (
            <li key={at}>
              <b dir="auto">{token.token}</b>
              <small class="muted"><bdi>{text.slice(token.startOffset, token.endOffset)}</bdi></small>
              <small class="muted num">{token.startOffset}–{token.endOffset} · {t.position} {token.position}</small>
            </li>
          ))}
        </ol>
      )}
      {of && text && <AsCurl calls={[azure(of.name, "/analyze", { text, analyzer })]} />}
    </div>
  );
}
