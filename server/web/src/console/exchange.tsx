// The request of what is shown, to be copied, and the answer as it came.
import { useState } from "preact/hooks";
import { fill, number } from "../shared/words";
import { Segments } from "../shared/ui/controls";
import { Copy } from "../shared/ui/copy";
import { type Shown, shown } from "./searching";
import { type Tongue, snippet } from "./snippets";
import { t } from "./words";

const TONGUES: { value: Tongue; text: string }[] = [{ value: "curl", text: "curl" }, { value: "python", text: "Python" }, { value: "javascript", text: "JavaScript" }];
/** Characters of an answer that are shown; all of it can be copied. */
const SHOWN = 120_000;

export function Exchange() {
  const [tongue, setTongue] = useState<Tongue>("curl");
  const [open, setOpen] = useState(false);
  const now = shown.value;
  if (!now) return null;
  const text = snippet(now.call, location.origin, tongue);
  return (
    <div class="exchange">
      <section aria-label={t.request}>
        <div class="row">
          <h2 class="grow">{t.request}</h2>
          <Copy text={() => text} what={t.request} />
        </div>
        <Segments label={t.language} value={tongue} options={TONGUES} onChange={setTongue} />
        <pre class="code" tabIndex={0} aria-label={t.request} dir="ltr"><code data-tongue={tongue}>{text}</code></pre>
        {now.call.key && <p class="muted small">{t.keyInSnippet}</p>}
      </section>
      <section aria-label={t.answer}>
        <div class="row">
          <h2 class="grow">{t.answer}</h2>
          <Copy text={() => JSON.stringify(now.raw, null, 2)} what={t.answer} />
        </div>
        <dl class="figures">
          {now.answer.took_ms !== undefined && <div><dt>took_ms</dt><dd class="num">{number(now.answer.took_ms)}</dd></div>}
          <div><dt>{t.roundTrip}</dt><dd class="num">{number(Math.round(now.ms))} ms</dd></div>
          <div><dt>{t.size}</dt><dd class="num">{bytes(now.bytes)}</dd></div>
        </dl>
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{t.showAnswer}</summary>
          {open && <Raw now={now} />}
        </details>
      </section>
    </div>
  );
}

function Raw({ now }: { now: Shown }) {
  const text = JSON.stringify(now.raw, null, 2);
  return (
    <>
      <pre class="code raw" tabIndex={0} aria-label={t.answer} dir="ltr"><code>{text.slice(0, SHOWN)}</code></pre>
      {text.length > SHOWN && <p class="muted small">{fill(t.cut, { n: number(text.length - SHOWN) })}</p>}
    </>
  );
}

/** "812 B", "6.2 kB", "1.4 MB". */
export function bytes(count: number): string {
  const [unit, size] = count < 1000 ? ["B", count] : count < 1_000_000 ? ["kB", count / 1000] : ["MB", count / 1_000_000];
  return `${number(Math.round((size as number) * 10) / 10)} ${unit}`;
}
