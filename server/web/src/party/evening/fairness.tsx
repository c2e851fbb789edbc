// Fairness of the evening: for each guest how well it suited him and how often his songs came. Side by side, in the order they came; no ranking.
import { Avatar } from "../../shared/ui/picture";
import { counted, percent } from "../../shared/messages";
import { t } from "../messages";

export interface Fair {
  id: string;
  name: string;
  satisfaction: number | null;
  turns: number;
}

const MOST = 60;

export function Fairness({ people }: { people: readonly Fair[] }) {
  if (people.length === 0) return null;
  return (
    <>
      <p class="small muted">{t.evening.fairHint}</p>
      <ul class="meters">
        {people.slice(0, MOST).map(({ id, name, satisfaction, turns }) => (
          <li key={id}>
            <Avatar seed={name} size={28} />
            <span class="grow">
              <span class="row meters-line"><bdi class="clip grow">{name}</bdi><span class="small muted num">{counted(turns, t.evening.turns)}</span></span>
              {satisfaction === null ? <span class="small muted">{t.evening.unknown}</span> : <meter min={0} max={1} value={satisfaction} aria-label={`${name}: ${percent(satisfaction)}`} />}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
