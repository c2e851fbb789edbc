// Asking the catalogue: a query in which every word tolerates a typo and the last one may be unfinished, and what the answer holds.
import { ask, path } from "../../shared/api";

export interface Found {
  id: string;
  title: string;
  artist: string;
  year?: number;
  explicit?: boolean;
}

export interface Bucket {
  value: string;
  count: number;
}

export interface Wanted {
  text: string;
  genre?: string | undefined;
  /** First year of ten. */
  decade?: number | undefined;
  /** People whose taste ranks the hits. */
  tasteOf: readonly string[];
  explicit: boolean;
}

export interface Answer {
  hits: Found[];
  total: number;
  genres: Bucket[];
  decades: { from: number; count: number }[];
  /** The words as they may have been meant. */
  correction: string | undefined;
}

const TOP = 30;
const FIELDS = "title^3,artist^2,album";
/** From this length on one letter may be wrong, from the longer one two. */
const ONE_TYPO = 3;
const TWO_TYPOS = 6;

const wordsOf = (text: string): string[] => text.normalize("NFC").split(/[^\p{L}\p{N}\p{M}]+/u).filter(Boolean);

/** A query of Lucene's syntax. Words that it knows, such as OR, are made small and so are words like others. */
export function queryOf(text: string): string {
  const words = wordsOf(text).map((word) => word.toLowerCase());
  return words.map((word, at) => `(${[`${word}^4`, ...(at === words.length - 1 ? [`${word}*^2`] : []), ...typos(word)].join(" OR ")})`).join(" AND ");
}

function typos(word: string): string[] {
  const length = [...word].length;
  return length >= TWO_TYPOS ? [`${word}~2`] : length >= ONE_TYPO ? [`${word}~1`] : [];
}

/** The words of a corrected query. */
function correctionOf(query: string | undefined, text: string): string | undefined {
  if (!query) return undefined;
  const words = [...query.matchAll(/\(([^\s^]+)\^4/g)].map(([, word]) => word);
  const meant = words.join(" ");
  return meant && meant !== wordsOf(text).join(" ").toLowerCase() ? meant : undefined;
}

interface Raw {
  total: number;
  hits: { key: string; document: { title: string; artist: string; year?: number; explicit?: boolean } }[];
  facets?: { field: string; buckets: { value: string | number; count: number }[] }[];
  did_you_mean?: string;
}

export async function search(wanted: Wanted, signal: AbortSignal): Promise<Answer> {
  const { decade } = wanted;
  const years = decade === undefined ? "" : `year:${Array.from({ length: 10 }, (_, n) => decade + n).join("|")}`;
  const raw = await ask<Raw>(
    path("/v1/songs/search", {
      q: queryOf(wanted.text),
      fields: FIELDS,
      top: TOP,
      select: "title,artist,year,explicit",
      facet: ["genres,count:12", "year,interval:10"],
      // Chosen, not filtered: the other values keep their counts.
      choose: [...(wanted.genre ? [`genres:${wanted.genre}`] : []), ...(years ? [years] : [])],
      filter: wanted.explicit ? "" : "explicit eq false",
      did_you_mean: true,
      tasteOf: wanted.tasteOf.join(","),
    }),
    { signal },
  );
  const buckets = (field: string) => raw.facets?.find((facet) => facet.field === field)?.buckets ?? [];
  return {
    hits: raw.hits.map(({ key, document }) => ({ id: key, ...document })),
    total: raw.total,
    genres: buckets("genres").map(({ value, count }) => ({ value: String(value), count })),
    decades: buckets("year").filter(({ count }) => count > 0).map(({ value, count }) => ({ from: Number(value), count })),
    correction: correctionOf(raw.did_you_mean, wanted.text),
  };
}

/** Songs for those who are here, or what is liked by many where nothing is known of them. */
export async function suggested(people: readonly string[], signal: AbortSignal): Promise<Found[]> {
  if (people.length > 0) {
    const { songs } = await ask<{ songs: Found[] }>("/v1/recommendations/groups", { body: { members: people.map((user) => ({ user })), k: 12 }, signal });
    if (songs.length > 0) return songs;
  }
  return (await ask<{ songs: Found[] }>("/v1/recommendations/start?k=12", { signal })).songs;
}
