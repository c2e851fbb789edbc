// Trying a request out: for those that only read and need no key.
import { useId, useState } from "preact/hooks";
import { number } from "../shared/messages";
import { addressOf, curlOf, guessed } from "./curl";
import { Curl } from "./curl-box";
import type { Operation, Parameter, Spec } from "./spec";
import { t } from "./messages";

/** Characters of an answer that are shown. */
const SHOWN = 60_000;

export const triable = (operation: Operation): boolean => operation.method === "get" && !operation.security && !operation.path.endsWith("/stream");

interface Tried {
  status: number;
  ms: number;
  bytes: number;
  text: string;
}

export function TryIt({ operation, spec }: { operation: Operation; spec: Spec }) {
  const [values, setValues] = useState(guessed(operation));
  const [tried, setTried] = useState<Tried>();
  const [busy, setBusy] = useState(false);
  const fillable = operation.parameters.filter((one) => one.in !== "header");
  // Where there are many, those that are needed or filled in stand first.
  const first = fillable.length > 6 ? fillable.filter((one) => one.required || guessed(operation)[one.name]) : fillable;
  const others = fillable.filter((one) => !first.includes(one));
  const field = (one: Parameter) => <Fill key={one.name} parameter={one} value={values[one.name] ?? ""} onInput={(value) => setValues({ ...values, [one.name]: value })} />;
  const ready = fillable.every((one) => !one.required || values[one.name]);
  const send = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const started = performance.now();
    try {
      const response = await fetch(addressOf(operation, values));
      const text = await response.text();
      setTried({ status: response.status, ms: performance.now() - started, bytes: new Blob([text]).size, text: pretty(text) });
    } catch {
      setTried({ status: 0, ms: performance.now() - started, bytes: 0, text: t.offline });
    }
    setBusy(false);
  };
  return (
    <>
      <Curl text={curlOf(operation, spec, values, location.origin)} />
      <section>
        <h4>{t.tryIt}</h4>
        <form class="try" onSubmit={send}>
          {first.map(field)}
          {others.length > 0 && <details><summary>{t.moreParameters}</summary><div class="try">{others.map(field)}</div></details>}
          <button type="submit" class="button main mini" disabled={!ready || busy}>{t.send}</button>
        </form>
        <div role="status">{tried && <p class="wrap"><span class={`tag ${tried.status >= 200 && tried.status < 300 ? "good" : "bad"}`}>{tried.status}</span> <span class="muted small num">{number(Math.round(tried.ms))} ms · {number(tried.bytes)} B</span></p>}</div>
        {tried && <pre class="code" tabIndex={0} aria-label={t.answer} dir="ltr"><code>{tried.text.slice(0, SHOWN)}{tried.text.length > SHOWN && "\n…"}</code></pre>}
      </section>
    </>
  );
}

function Fill({ parameter, value, onInput }: { parameter: Parameter; value: string; onInput: (value: string) => void }) {
  const id = useId();
  const { name, required, schema } = parameter;
  const options = schema?.type === "boolean" ? ["true", "false"] : schema?.enum?.map(String);
  return (
    <div class="field">
      <label for={id}><code>{name}</code>{required && <span aria-hidden="true"> *</span>}</label>
      {options ? (
        <select id={id} class="input" value={value} required={required ?? false} onChange={(event) => onInput(event.currentTarget.value)}>
          <option value="">–</option>
          {options.map((option) => <option key={option} value={option}>{option}</option>)}
        </select>
      ) : (
        <input id={id} class="input" value={value} required={required ?? false} autocomplete="off" spellcheck={false} placeholder={schema?.default === undefined ? "" : String(schema.default)} onInput={(event) => onInput(event.currentTarget.value)} />
      )}
    </div>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
