// A score as a tree: every part with its value and its share of the part above.
import { Icon } from "../../shared/ui/icon";
import { percent } from "../../shared/messages";
import { type Part, scoreOf, shortly } from "./score";
import type { Hit } from "../request/searching";
import { t } from "../messages";

export function Explain({ hit, weight }: { hit: Hit; weight: number }) {
  const root = scoreOf(hit, weight, t.score);
  if (!root) return null;
  return <div class="score-tree"><Branch part={root} open sign="" /></div>;
}

function Branch({ part, sign, open }: { part: Part; sign: string; open?: boolean }) {
  if (part.parts.length === 0) return <div class="leaf"><Line part={part} sign={sign} /></div>;
  const inner = part.by === "product" ? "×" : part.by === "sum" ? "+" : "";
  return (
    <details open={open ?? true}>
      <summary><Icon name="expand" size={16} /><Line part={part} sign={sign} /></summary>
      <ul>{part.parts.map((one, at) => <li key={at}><Branch part={one} sign={at === 0 ? "" : inner} /></li>)}</ul>
    </details>
  );
}

function Line({ part, sign }: { part: Part; sign: string }) {
  return (
    <span class="part">
      <span class="what"><bdi>{part.text}</bdi></span>
      {part.share !== undefined && <span class="share" aria-hidden="true"><i style={{ inlineSize: `${Math.max(0, Math.min(1, part.share)) * 100}%` }} /></span>}
      {part.share !== undefined && <span class="percent num">{percent(part.share)}</span>}
      <span class="value num">{sign && <span class="sign">{sign} </span>}<data value={String(part.value)}>{shortly(part.value)}</data></span>
    </span>
  );
}
