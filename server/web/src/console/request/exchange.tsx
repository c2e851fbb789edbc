// The request of what is shown, to be copied, and the answer as it came.
import { useState } from "preact/hooks";
import { fill, number } from "../../shared/messages";
import { Segments } from "../../shared/ui/controls";
import { Copy } from "../../shared/ui/copy";
import type { Call } from "./call";
import { mistake, shown } from "./searching";
import { type Tongue, snippet } from "./snippets";
import { t } from "../messages";

const TONGUES: { value: Tongue; text: string }[] = [{ value: "curl", text: "curl" }, { value: "python", text: "Python" }, { value: "javascript", text: "JavaScript" }];
/** Characters of an answer that are shown; all of it can be copied. */
const SHOWN = 120_000;

/** What went over the wire last: of the hits, or of the mistake. */
interface Exchanged {
  call: Call;
  raw: unknown;
  tookMs?: number | undefined;
  ms?: number;
  bytes?: number;
}

function last(): Exchanged | undefined {
  const [wrong, now] = [mistake.value, shown.value];
  if (wrong?.call) return { call: wrong.call, raw: { error: wrong.error.detail } };
  return now && { call: now.call, raw: now.raw, tookMs: now.answer.took_ms, ms: now.ms, bytes: now.bytes };
}

export function Exchange() {
  const [tongue, setTongue] = useState<Tongue>("curl");
  const now = last();
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
      <AnswerOf now={now} />
    </div>
  );
}

function AnswerOf({ now }: { now: Exchanged }) {
  const [open, setOpen] = useState(false);
  return (
    <section aria-label={t.answer}>
      <div class="row">
        <h2 class="grow">{t.answer}</h2>
        <Copy text={() => JSON.stringify(now.raw, null, 2)} what={t.answer} />
      </div>
      {now.ms !== undefined && (
        <dl class="figures">
          {now.tookMs !== undefined && <div><dt>took_ms</dt><dd class="num">{number(now.tookMs)}</dd></div>}
          <div><dt>{t.roundTrip}</dt><dd class="num">{number(Math.round(now.ms))} ms</dd></div>
          <div><dt>{t.size}</dt><dd class="num">{bytes(now.bytes ?? 0)}</dd></div>
        </dl>
      )}
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t.showAnswer}</summary>
        {open && <Raw raw={now.raw} />}
      </details>
    </section>
  );
}

function Raw({ raw }: { raw: unknown }) {
  const text = JSON.stringify(raw, null, 2);
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
