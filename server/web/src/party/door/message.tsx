// A page that says one thing and offers one way on.
import { Icon, type IconName, Mark } from "../../shared/ui/icon";
import { t } from "../messages";

export function Message({ icon, title, text, act, home }: { icon: IconName; title: string; text: string; act?: { label: string; run: () => void } | undefined; home?: boolean }) {
  return (
    <main class="hall" id="main">
      <div class="hall-card">
        <a class="brand" href="/"><Mark />tutti</a>
        <span class="hall-icon"><Icon name={icon} size={32} /></span>
        <h1 dir="auto">{title}</h1>
        <p class="muted" dir="auto">{text}</p>
        {act && <button type="button" class="button main big wide" onClick={act.run}>{act.label}</button>}
        {home && <a class="button big wide" href="/">{t.toStart}</a>}
      </div>
    </main>
  );
}
