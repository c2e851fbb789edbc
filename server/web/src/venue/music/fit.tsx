// How tonight's crowd fits what the house plays: one figure, a sentence, genres in pairs.
import { counted, fill, percent } from "../../shared/messages";
import { Chart } from "../../shared/chart/figure";
import { PairedBars, type Side } from "../../shared/chart/bars";
import { Icon } from "../../shared/ui/icon";
import type { House, Share } from "../venue";
import { fitOf, genresOf, shareOf } from "../sentences";
import { t } from "../messages";

/** Genres in the pairs, at most. */
const PAIRS = 8;

export function FitCard({ house }: { house: House }) {
  const { fit, present, taste } = house;
  return (
    <article class="card answer">
      <h2>{t.fitAsk}</h2>
      <div class="figure-row">
        {fit !== null && <p class="figure num">{percent(fit)}</p>}
        <div class="grow">
          <p class="figure-said">{present === 0 ? t.presentNone : fitOf(house)}</p>
          <p class="row small figure-count">{present === 0 ? fitOf(house) : <><Icon name="people" size={18} /><span>{counted(present, t.present)}</span></>}</p>
        </div>
      </div>
      {fit !== null && <Scale fit={fit} />}
      {taste.house.length > 0 && <Genres taste={taste} />}
      <p class="small muted foot">{t.counts}</p>
    </article>
  );
}

/** Where the figure stands between 0 and 100 %, with the middle marked. */
function Scale({ fit }: { fit: number }) {
  return (
    <div class="scale" role="img" aria-label={t.fitScale} title={t.fitScale}>
      <i style={{ inlineSize: `${100 * fit}%` }} />
      <b />
    </div>
  );
}

/** A side of a pair; of a genre that is not listed only that it has less than the least that is. */
function side(shares: readonly Share[], genre: string): Side {
  const listed = shares.find((one) => one.genre === genre);
  if (listed) return { share: listed.share, text: percent(listed.share) };
  return { share: 0, text: fill(t.less, { share: percent(shareOf(shares, genre)) }) };
}

function Genres({ taste }: { taste: House["taste"] }) {
  const { house, evening } = taste;
  const names = [...new Set([...house.slice(0, PAIRS), ...(evening ?? []).slice(0, PAIRS)].map(({ genre }) => genre))];
  const pairs = names
    .map((name) => ({ name, first: side(house, name), second: evening ? side(evening, name) : undefined }))
    .sort((a, b) => Math.max(b.first.share, b.second?.share ?? 0) - Math.max(a.first.share, a.second?.share ?? 0))
    .slice(0, PAIRS);
  const table = {
    head: evening ? [t.genre, t.usual, t.thisEvening] : [t.genre, t.usual],
    rows: pairs.map(({ name, first, second }) => [name, first.text, ...(second === undefined ? [] : [second.text])]),
  };
  return (
    <Chart title={genresOf(taste)} units={t.genresUnits} table={table}>
      <PairedBars pairs={pairs} first={t.usual} second={evening ? t.thisEvening : undefined} />
    </Chart>
  );
}
