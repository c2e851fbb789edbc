// How a score came about, as a tree whose parts add up: the server's explanation, and above it what a taste did to the rank.
import type { Explanation, Hit } from "../request/searching";

export interface Part {
  text: string;
  value: number;
  /** How the parts below make the value. */
  by: "sum" | "product" | "none";
  /** Part of the sum above. */
  share: number | undefined;
  parts: Part[];
}

export interface TasteWords {
  rank: (weight: string) => string;
  text: (rest: string, score: string) => string;
  taste: (weight: string, taste: string) => string;
  unknown: (weight: string) => string;
  base: string;
}

/** A number as it is shown: enough digits to see that it adds up. */
export const shortly = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(1) : value.toFixed(Math.abs(value) >= 10 ? 3 : 4));

export function scoreOf(hit: Hit, weight: number, words: TasteWords): Part | undefined {
  const text = hit.explanation && part(hit.explanation, undefined, words);
  if (hit.rank === undefined) return text;
  const taste = hit.taste ?? 0.5;
  const [liked, found] = [weight * taste, hit.rank - weight * taste];
  const share = (value: number) => (hit.rank ? value / hit.rank : 0);
  return {
    text: words.rank(String(weight)),
    value: hit.rank,
    by: "sum",
    share: undefined,
    parts: [
      { text: words.text(String(Number((1 - weight).toFixed(4))), shortly(hit.score)), value: found, by: "none", share: share(found), parts: text ? [text] : [] },
      { text: hit.taste == null ? words.unknown(String(weight)) : words.taste(String(weight), shortly(taste)), value: liked, by: "none", share: share(liked), parts: [] },
    ],
  };
}

function part({ description, value, details = [] }: Explanation, share: number | undefined, words: TasteWords): Part {
  const by = details.length === 0 ? "none" : /product of$/.test(description) ? "product" : "sum";
  const onTop = /: 1 \+ /.test(description);
  const shareOf = (inner: Explanation) => (by === "sum" && value !== 0 ? inner.value / value : undefined);
  // A sum of one thing is that thing.
  const [only] = details;
  if (only && details.length === 1 && description === "sum of") return part(only, share, words);
  const parts = details.map((inner) => part(inner, shareOf(inner), words));
  const base: Part[] = onTop ? [{ text: words.base, value: 1, by: "none", share: value === 0 ? undefined : 1 / value, parts: [] }] : [];
  return { text: description, value, by, share, parts: [...base, ...parts] };
}
