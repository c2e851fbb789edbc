// Field names that complete what is being typed, in a query, a filter or a list of fields.
import { type FlatField, type Index, isCollection, isNumber, isText } from "../index/definition";

/** `list` is of fields to search, `names` of any. */
export type Grammar = "lucene" | "odata" | "list" | "names";

export interface Completion {
  /** Shown, and read out. */
  name: string;
  type: string;
  /** Put in the place of the word. */
  insert: string;
  /** Where the caret stands afterwards, in `insert`. */
  caret: number;
}

export interface Completing {
  from: number;
  to: number;
  options: Completion[];
}

/** Options for the word before the caret; none while it is shorter than two letters. */
export function completing(text: string, caret: number, index: Index, grammar: Grammar): Completing | undefined {
  const before = text.slice(0, caret);
  const match = (grammar === "lucene" ? /(?:^|[\s(+\-!])([A-Za-z_][\w/]*)$/ : grammar === "odata" ? /(?:^|[\s(])([A-Za-z_][\w/]*)$/ : /(?:^|,)\s*([A-Za-z_][\w/]*)$/).exec(before);
  const word = match?.[1];
  if (!word || word.length < 2 || inQuotes(before, grammar)) return undefined;
  const wanted = word.toLowerCase();
  const fits = (field: FlatField) => field.path.toLowerCase().startsWith(wanted) || field.name.toLowerCase().startsWith(wanted);
  const allowed = grammar === "odata" ? (field: FlatField) => field.filterable === true : grammar === "names" ? (field: FlatField) => field.retrievable !== false : (field: FlatField) => field.searchable === true && isText(field);
  const options = index.fields.filter((field) => allowed(field) && fits(field)).slice(0, 8).map((field) => option(field, grammar));
  if (options.length === 0 || (options.length === 1 && options[0]?.insert === word)) return undefined;
  return { from: caret - word.length, to: caret, options };
}

function option(field: FlatField, grammar: Grammar): Completion {
  const insert = grammar === "lucene" ? `${field.path}:` : grammar === "odata" ? condition(field) : field.path;
  const hole = insert.indexOf("''");
  return { name: field.path, type: field.type.replaceAll("Edm.", ""), insert, caret: hole >= 0 ? hole + 1 : insert.length };
}

/** The beginning of a condition on a field. */
function condition(field: FlatField): string {
  if (field.within) return `${field.within}/any(x: x${field.path.slice(field.within.length)} eq '')`;
  if (isCollection(field)) return isText(field) ? `${field.path}/any(x: x eq '')` : `${field.path}/any(x: x eq `;
  if (isText(field)) return `${field.path} eq ''`;
  return isNumber(field) || field.type === "Edm.DateTimeOffset" ? `${field.path} ge ` : `${field.path} eq `;
}

const inQuotes = (before: string, grammar: Grammar): boolean => (grammar === "lucene" || grammar === "odata") && before.split(grammar === "odata" ? "'" : '"').length % 2 === 0;

/** A text with a completion in it, and the caret. */
export function completed(text: string, { from, to }: Completing, { insert, caret }: Completion): { text: string; caret: number } {
  return { text: text.slice(0, from) + insert + text.slice(to), caret: from + caret };
}
