// Songs that are never played, found by title or artist.
import { useEffect, useState } from "preact/hooks";
import { ask, path } from "../../shared/api";
import { fill } from "../../shared/messages";
import { Cover } from "../../shared/ui/picture";
import { Icon } from "../../shared/ui/icon";
import { type Suggestion, Suggest } from "../../shared/ui/suggest";
import type { Song } from "../venue";
import { t } from "../messages";

interface Found {
  hits: { key: string; document: Song }[];
}

async function find(text: string, signal: AbortSignal): Promise<Suggestion<Song>[]> {
  const words = text.replaceAll(/[+|"()~*\\-]+/g, " ").trim();
  if (words === "") return [];
  const { hits } = await ask<Found>(path("/v1/songs/search", { q: `${words}*`, syntax: "simple", mode: "all", fields: "title^2,artist", top: 8, select: "id,title,artist" }), { signal });
  return hits.map(({ key, document }) => ({ id: key, text: document.title ?? key, more: document.artist, lead: <Cover song={key} size={36} />, value: { ...document, id: key } }));
}

export function Blocked({ blocked, onChange }: { blocked: string[]; onChange: (ids: string[]) => void }) {
  const [known, setKnown] = useState<Record<string, Song>>({});
  // Songs that were blocked before are kept by id alone.
  const missing = blocked.filter((id) => !known[id]).join("|");
  useEffect(() => {
    if (missing === "") return;
    const abort = new AbortController();
    const filter = `search.in(id, '${missing.replaceAll("'", "''")}', '|')`;
    ask<Found>(path("/v1/songs/search", { filter, top: 500, select: "id,title,artist" }), { signal: abort.signal }).then(
      ({ hits }) => setKnown((before) => ({ ...before, ...Object.fromEntries(hits.map(({ key, document }) => [key, { ...document, id: key }])) })),
      () => undefined,
    );
    return () => abort.abort();
  }, [missing]);
  const titleOf = (id: string) => known[id]?.title ?? id;
  return (
    <fieldset class="style-field">
      <legend>{t.blocked}</legend>
      <p class="small muted">{t.blockedHint}</p>
      {blocked.length > 0 && (
        <ul class="blocked">
          {blocked.map((id) => (
            <li class="row" key={id}>
              <Cover song={id} size={36} />
              <span class="grow"><span class="clip song-title" dir="auto">{titleOf(id)}</span><small class="clip muted song-artist" dir="auto">{known[id]?.artist}</small></span>
              <button type="button" class="button plain icon mini" aria-label={fill(t.remove, { name: titleOf(id) })} onClick={() => onChange(blocked.filter((one) => one !== id))}><Icon name="close" size={18} /></button>
            </li>
          ))}
        </ul>
      )}
      <Suggest<Song>
        label={t.blockSong}
        placeholder={t.blockSong}
        icon="veto"
        none={t.songNone}
        find={find}
        onPick={(song) => {
          setKnown((before) => ({ ...before, [song.id]: song }));
          if (!blocked.includes(song.id)) onChange([...blocked, song.id]);
        }}
        clears
      />
    </fieldset>
  );
}
