// Nothing is asked for yet: five queries to begin with.
import { fill, number } from "../../shared/messages";
import { examplesOf } from "./examples";
import type { Index } from "../index/definition";
import { plans } from "../request/searching";
import { address, follow, go, toFound } from "../view";
import { t } from "../messages";

export function Teach({ index }: { index: Index }) {
  return (
    <div class="teach">
      <h3>{fill(t.beginWith, { name: index.name })}</h3>
      <p class="muted">{t.beginHint}</p>
      <ol>
        {examplesOf(index, plans.value).map(({ change, shown, says }) => (
          <li key={shown + says}>
            <a
              href={address(change)}
              onClick={(event) => (follow(event, change), toFound())}
            >
              <code dir="ltr">{shown}</code>
              <span class="muted">{says}</span>
            </a>
          </li>
        ))}
      </ol>
      {index.documents > 0 ? <button type="button" class="button line" onClick={() => (go({ q: "*" }), toFound())}>{fill(t.showAll, { n: number(index.documents) })}</button> : <p class="note">{t.emptyIndex}</p>}
    </div>
  );
}
