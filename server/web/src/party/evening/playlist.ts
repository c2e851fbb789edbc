// The evening's songs to take home: as text, M3U, CSV or JSON.
import { ask } from "../../shared/api";
import type { Song } from "../../shared/room/types";

export interface Playlist {
  name: string;
  songs: Song[];
}

export const fetchPlaylist = (room: string, token: string): Promise<Playlist> => ask(`/v1/rooms/${room}/playlist`, { token });

export type Format = "m3u" | "csv" | "json";
const MIME: Record<Format, string> = { m3u: "audio/x-mpegurl", csv: "text/csv", json: "application/json" };

export const asText = ({ songs }: Playlist): string => songs.map(({ artist, title }) => `${artist} – ${title}`).join("\n");

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ");
/** A cell of a table, also for programs that take a leading sign for a formula. */
const cell = (value: string): string => `"${(/^[=+\-@\t\r]/.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`;

export function written(playlist: Playlist, format: Format): string {
  const { name, songs } = playlist;
  if (format === "json") return JSON.stringify(playlist, null, 2);
  if (format === "csv") return [["id", "title", "artist", "seconds"].join(","), ...songs.map((song) => [cell(song.id), cell(song.title), cell(song.artist), Math.round(song.durationMs / 1000)].join(","))].join("\r\n");
  const entries = songs.map((song) => `#EXTINF:${Math.round(song.durationMs / 1000)},${oneLine(song.artist)} - ${oneLine(song.title)}\n${encodeURIComponent(`${song.artist} - ${song.title}`)}.mp3`);
  return ["#EXTM3U", `#PLAYLIST:${oneLine(name)}`, ...entries].join("\n");
}

/** Hands a file to the browser. */
export function download(playlist: Playlist, format: Format): void {
  const url = URL.createObjectURL(new Blob([written(playlist, format)], { type: `${MIME[format]};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${playlist.name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "") || "tutti"}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
