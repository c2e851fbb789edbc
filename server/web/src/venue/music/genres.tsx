// A list of genres: chosen from those the songs have, so that none is misspelt.
import { ask, path } from "../../shared/api";
import { counted, fill } from "../../shared/messages";
import { Icon } from "../../shared/ui/icon";
import { type Suggestion, Suggest } from "../../shared/ui/suggest";
import { t } from "../messages";

interface Genre {
  value: string;
  count: number;
}

let asked: Promise<Genre[]> | undefined;
/** All genres of the songs, the most frequent first; asked for once. */
function allGenres(): Promise<Genre[]> {
  asked ??= ask<{ facets: { buckets: Genre[] }[] }>(path("/v1/songs/search", { top: "0", facet: "genres,count:0" })).then(
    ({ facets }) => facets[0]?.buckets ?? [],
    (error: unknown) => {
      asked = undefined;
      throw error;
    },
  );
  return asked;
}

const SHOWN = 30;

export function Genres({ label, hint, chosen, others, onChange, bad }: { label: string; hint?: string; chosen: string[]; others: string[]; onChange: (genres: string[]) => void; bad?: boolean }) {
  async function find(text: string): Promise<Suggestion<string>[]> {
    const part = text.toLowerCase();
    const fitting = (await allGenres()).filter(({ value }) => value.toLowerCase().includes(part) && !chosen.includes(value) && !others.includes(value));
    return fitting.slice(0, SHOWN).map(({ value, count }) => ({ id: value, text: value, more: counted(count, t.songsOf), value }));
  }
  return (
    <fieldset class="style-field">
      <legend>{label}</legend>
      {hint && <p class="small muted">{hint}</p>}
      {chosen.length > 0 && (
        <ul class="wrap">
          {chosen.map((genre) => (
            <li key={genre}>
              <button type="button" class={`chip removable${bad ? " bad" : ""}`} aria-label={fill(t.remove, { name: genre })} onClick={() => onChange(chosen.filter((one) => one !== genre))}>
                <bdi>{genre}</bdi><Icon name="close" size={16} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <Suggest<string> label={`${label}: ${t.addGenre}`} placeholder={t.addGenre} icon="add" none={t.genreNone} find={find} onPick={(genre) => onChange([...chosen, genre])} clears />
    </fieldset>
  );
}
