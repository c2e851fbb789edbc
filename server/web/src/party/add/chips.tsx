// Genres and decades of what was found, with counts, to narrow it down. What is chosen stands first and can be taken back.
import { fill, number } from "../../shared/messages";
import type { Answer } from "./catalogue";
import { t } from "../messages";

interface Props {
  answer: Answer;
  genre: string | undefined;
  decade: number | undefined;
  onGenre: (genre: string | undefined) => void;
  onDecade: (decade: number | undefined) => void;
}

export function Chips({ answer, genre, decade, onGenre, onDecade }: Props) {
  const genres = [...answer.genres];
  if (genre !== undefined && genres.every(({ value }) => value !== genre)) genres.unshift({ value: genre, count: 0 });
  genres.sort((a, b) => Number(b.value === genre) - Number(a.value === genre));
  const decades = [...answer.decades].sort((a, b) => Number(b.from === decade) - Number(a.from === decade) || b.from - a.from);
  if (decade !== undefined && decades.every(({ from }) => from !== decade)) decades.unshift({ from: decade, count: 0 });
  if (genres.length + decades.length === 0) return null;
  return (
    <div class="chips" role="group" aria-label={t.add.narrow}>
      {genres.map(({ value, count }) => (
        <button key={value} type="button" class="chip" aria-pressed={value === genre} onClick={() => onGenre(value === genre ? undefined : value)}>
          <bdi>{value}</bdi><span class="num muted">{number(count)}</span>
        </button>
      ))}
      {decades.map(({ from, count }) => (
        <button key={from} type="button" class="chip" aria-pressed={from === decade} onClick={() => onDecade(from === decade ? undefined : from)}>
          {fill(t.add.decade, { year: from })}<span class="num muted">{number(count)}</span>
        </button>
      ))}
    </div>
  );
}
