// The evening's playlist to copy or to download.
import { useEffect, useState } from "preact/hooks";
import { copied } from "../../shared/clipboard";
import { Icon } from "../../shared/ui/icon";
import { say } from "../../shared/ui/toasts";
import { counted } from "../../shared/messages";
import { type Format, type Playlist, asText, download, fetchPlaylist } from "./playlist";
import { t } from "../messages";

const FORMATS: Format[] = ["m3u", "csv", "json"];

export function usePlaylist(room: string, token: string, key: unknown): Playlist | "failed" | undefined {
  const [playlist, setPlaylist] = useState<Playlist | "failed">();
  useEffect(() => {
    let over = false;
    fetchPlaylist(room, token).then((found) => over || setPlaylist(found), () => over || setPlaylist("failed"));
    return () => {
      over = true;
    };
  }, [room, key]);
  return playlist;
}

export function TakeHome({ playlist }: { playlist: Playlist | "failed" | undefined }) {
  if (playlist === "failed") return <p class="note warn">{t.evening.failed}</p>;
  if (!playlist) return <div class="skeleton row-wait" role="status" aria-label={t.looking} />;
  if (playlist.songs.length === 0) return <p class="muted">{t.evening.nothing}</p>;
  const copy = async () => say((await copied(asText(playlist))) ? t.evening.copied : t.evening.notCopied);
  return (
    <div class="stack">
      <p class="muted small">{counted(playlist.songs.length, t.songs)}</p>
      <div class="wrap">
        <button type="button" class="button mini" onClick={() => void copy()}><Icon name="copy" size={18} />{t.evening.copy}</button>
        {FORMATS.map((format) => <button key={format} type="button" class="button mini" onClick={() => download(playlist, format)}><Icon name="download" size={18} /><span aria-hidden="true">{format.toUpperCase()}</span><span class="sr">{t.evening.as} {format.toUpperCase()}</span></button>)}
      </div>
    </div>
  );
}
