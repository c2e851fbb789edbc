// Codes of rooms: six characters without look-alikes, typed, pasted or in a link.

const LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
export const LENGTH = 6;

/** The code in what somebody typed or pasted; `undefined` when there is none. */
export function codeIn(text: string): string | undefined {
  const link = /\/(?:r|p)\/([^/?#\s]+)/.exec(text)?.[1];
  const code = (link ?? text).toUpperCase().replaceAll(/[\s-]/g, "");
  return code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter)) ? code : undefined;
}

/** A code as it is read aloud: letter by letter. */
export const spelled = (code: string): string => [...code].join(" ");
