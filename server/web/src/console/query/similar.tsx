// Songs that people who like one like, too: neighbours by taste, for indexes without vectors.
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../shared/api";
import { Cover } from "../../shared/ui/picture";
import { send } from "../request/call";
import { address, follow, toFound } from "../view";
import { t } from "../messages";

interface Song {
  id: string;
  title: string;
  artist: string;
  reason: string;
}

export function Similar({ song }: { song: string }) {
  const [songs, setSongs] = useState<Song[]>();
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    const asked = new AbortController();
    send<{ songs: Song[] }>({ method: "GET", path: `/v1/recommendations/similar/songs/${encodeURIComponent(song)}`, query: [["k", "8"]] }, { signal: asked.signal })
      .then(({ value }) => setSongs(value.songs))
      .catch((error) => error instanceof ApiError && setWrong(error.message));
    return () => asked.abort();
  }, [song]);
  const found = (id: string) => ({ q: "", filter: `id eq '${id.replaceAll("'", "''")}'`, choose: {}, range: {}, like: "", vector: "", open: id });
  return (
    <section aria-label={t.similarSongs} aria-busy={songs === undefined && !wrong}>
      <h4>{t.similarSongs}</h4>
      <p class="muted small">{t.similarWhy}</p>
      {wrong && <p class="note warn">{wrong}</p>}
      {songs?.length === 0 && <p class="muted">{t.noSimilar}</p>}
      <ol class="similar">
        {songs?.map(({ id, title, artist, reason }) => (
          <li key={id}>
            <Cover song={id} size={36} />
            <span class="grow">
              <a
                href={address(found(id))}
                dir="auto"
                onClick={(event) => (follow(event, found(id)), toFound())}
              >
                {title}
              </a>
              <small class="muted clip" dir="auto">{artist} · {reason}</small>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
