// Where a mistake is. The server counts bytes of UTF-8 in the parameter it got; an input counts UTF-16 units of what was typed.
import type { ApiError } from "../../shared/api";
import type { Mistake } from "../request/searching";

export type Where = "q" | "filter" | "fields" | "select" | "sort";

export interface Place {
  where: Where;
  from: number;
  to: number;
}

interface Position {
  parameter?: string;
  offset?: number;
  length?: number;
}

/** What a mistake underlines; `undefined` when it is in none of the inputs. */
export function placeOf({ error, shift, view }: Mistake): Place | undefined {
  const position = error.detail.position as Position | undefined;
  if (position?.parameter && position.offset !== undefined) {
    const where = position.parameter as Where;
    const text = where in view ? String(view[where]) : "";
    const moved = where === "filter" ? shift : 0;
    const from = units(text, position.offset - moved);
    return { where, from, to: Math.max(from, units(text, position.offset - moved + (position.length ?? 0))) };
  }
  return inAzuresWords(error, shift, view.q, view.filter) ?? named(error, view);
}

/** The Azure API says the place in words. */
function inAzuresWords({ message }: ApiError, shift: number, q: string, filter: string): Place | undefined {
  const at = /at position (\d+) in '/.exec(message);
  if (at && /Parameter name: \$filter/.test(message)) return word("filter", filter, units(filter, Number(at[1]) - shift));
  const column = /^Failed to parse query string at line 1, column (\d+)/.exec(message);
  if (column) return word("q", q, [...q].slice(0, Number(column[1]) - 1).join("").length);
  return undefined;
}

const word = (where: Where, text: string, from: number): Place => ({ where, from, to: from + (/^\S+/.exec(text.slice(from))?.[0].length ?? 0) });

/** A field that is named in the message is looked for where it was typed. */
function named({ message }: ApiError, view: Record<Where, string>): Place | undefined {
  const name = /(?:no field|property named|field) [`']([^`']+)[`']/.exec(message)?.[1] ?? /`([^`]+)` is not a sort key/.exec(message)?.[1];
  if (!name) return undefined;
  for (const where of ["filter", "fields", "select", "sort", "q"] as const) {
    const from = view[where].indexOf(name);
    if (from >= 0) return { where, from, to: from + name.length };
  }
  return undefined;
}

/** UTF-16 units of the first `bytes` bytes of a text in UTF-8. */
export function units(text: string, bytes: number): number {
  let [at, left] = [0, bytes];
  for (const letter of text) {
    if (left <= 0) break;
    const code = letter.codePointAt(0) ?? 0;
    left -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    at += letter.length;
  }
  return at;
}

/** How to put it right, when the server says so. */
export function remedyOf(error: ApiError): string | undefined {
  const remedy = (error.detail.details as { code: string; message: string }[] | undefined)?.find((detail) => detail.code === "Remedy")?.message;
  return remedy && sentence(remedy);
}

/** The message as a sentence, without the name of the parameter, which the input says by itself. */
export const plainly = (message: string): string => sentence(message.replace(/^parameter `\w+`: /, "").replace(/\s*Parameter name: \$?\w+\s*$/, ""));

export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?)]$/.test(text) || text === "" ? "" : "."}`;
