// Text with what matched marked. The answer is cut at the marker characters; nothing in it is ever markup.
import { POST, PRE } from "../request/request";

/** Pieces of a marked text, every second one a match. */
export function pieces(text: string): { text: string; hit: boolean }[] {
  const out: { text: string; hit: boolean }[] = [];
  for (const [at, part] of text.split(PRE).entries()) {
    const [hit = "", ...rest] = at === 0 ? ["", part] : part.split(POST);
    if (hit) out.push({ text: hit, hit: true });
    const plain = rest.join("").replaceAll(POST, "");
    if (plain) out.push({ text: plain, hit: false });
  }
  return out;
}

export const unmarked = (text: string): string => text.replaceAll(PRE, "").replaceAll(POST, "");

export function Marked({ text }: { text: string }) {
  return <>{pieces(text).map((piece, at) => (piece.hit ? <mark key={at}>{piece.text}</mark> : piece.text))}</>;
}
