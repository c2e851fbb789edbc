// The request behind a tester, as curl.
import { Copy } from "../../shared/ui/copy";
import type { Call } from "./call";
import { snippet } from "./snippets";
import { t } from "../messages";

export function AsCurl({ calls }: { calls: readonly Call[] }) {
  const text = calls.map((call) => snippet(call, location.origin, "curl")).join("\n\n");
  return (
    <details class="as-curl">
      <summary>{t.asCurl}</summary>
      <div class="row"><p class="muted small grow">{t.keyInSnippet}</p><Copy text={() => text} what="curl" /></div>
      <pre class="code" tabIndex={0} aria-label="curl" dir="ltr"><code>{text}</code></pre>
    </details>
  );
}
