// Bars in pairs: two shares of the same thing, the one above the other. Each says its number, so colour is not needed.

export interface Side {
  share: number;
  /** The share as it is written. */
  text: string;
}

export interface Pair {
  name: string;
  first: Side;
  /** Nothing when there is no second side. */
  second: Side | undefined;
}

export function PairedBars({ pairs, first, second }: { pairs: readonly Pair[]; first: string; second: string | undefined }) {
  const most = Math.max(0.01, ...pairs.flatMap((pair) => [pair.first.share, pair.second?.share ?? 0]));
  return (
    <div class="bars" aria-hidden="true">
      <p class="bars-legend small">
        <span><i class="bars-key first" />{first}</span>
        {second && <span><i class="bars-key second" />{second}</span>}
      </p>
      {pairs.map((pair) => (
        <div class="bars-row" key={pair.name}>
          <span class="clip bars-name">{pair.name}</span>
          <div class="bars-pair">
            <Bar side={pair.first} most={most} kind="first" />
            {pair.second !== undefined && <Bar side={pair.second} most={most} kind="second" />}
          </div>
        </div>
      ))}
    </div>
  );
}

function Bar({ side, most, kind }: { side: Side; most: number; kind: "first" | "second" }) {
  return (
    <span class="bar-line">
      <i class={`bar-fill ${kind}`} style={{ inlineSize: `${(74 * side.share) / most}%` }} />
      <span class="num bar-number">{side.text}</span>
    </span>
  );
}
