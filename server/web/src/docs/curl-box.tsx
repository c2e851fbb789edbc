// A request as curl, to be copied.
import { Copy } from "../shared/ui/copy";

export function Curl({ text }: { text: string }) {
  return (
    <section>
      <div class="row"><h4 class="grow">curl</h4><Copy text={() => text} what="curl" /></div>
      <pre class="code" tabIndex={0} aria-label="curl" dir="ltr"><code>{text}</code></pre>
    </section>
  );
}
