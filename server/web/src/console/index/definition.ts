// The definition of an index, its fields laid flat, and what of them the console goes by.

export interface Field {
  name: string;
  type: string;
  key?: boolean;
  searchable?: boolean;
  filterable?: boolean;
  sortable?: boolean;
  facetable?: boolean;
  retrievable?: boolean;
  analyzer?: string | null;
  indexAnalyzer?: string | null;
  searchAnalyzer?: string | null;
  normalizer?: string | null;
  synonymMaps?: string[];
  dimensions?: number | null;
  vectorSearchProfile?: string | null;
  fields?: Field[];
}

export interface Definition {
  name: string;
  fields: Field[];
  suggesters: { name: string; searchMode: string; sourceFields: string[] }[];
  scoringProfiles: ScoringProfile[];
  defaultScoringProfile: string | null;
  analyzers: { name: string }[];
  normalizers: { name: string }[];
  vectorSearch: Record<string, unknown> | null;
}

export interface ScoringProfile {
  name: string;
  text: { weights: Record<string, number> } | null;
  functions: ({ type: string; fieldName: string; boost: number; interpolation: string } & Record<string, unknown>)[];
  functionAggregation: string;
}

/** A field by its whole path. */
export interface FlatField extends Field {
  path: string;
  depth: number;
  /** The nearest collection of complex values it is part of. */
  within: string | undefined;
}

export function flat(fields: readonly Field[], before = "", depth = 0, within?: string): FlatField[] {
  return fields.flatMap((field) => {
    const path = before + field.name;
    const inner = field.type === "Collection(Edm.ComplexType)" ? path : within;
    return [{ ...field, path, depth, within }, ...flat(field.fields ?? [], `${path}/`, depth + 1, inner)];
  });
}

export const isText = (field: Field): boolean => field.type === "Edm.String" || field.type === "Collection(Edm.String)";
export const isVector = (field: Field): boolean => /^Collection\(Edm\.(Single|Half|Byte|SByte|Int16)\)$/.test(field.type) && field.dimensions != null;
export const isNumber = (field: Field): boolean => /^Edm\.(Int32|Int64|Double|Single)$/.test(field.type);
export const isCollection = (field: Field): boolean => field.type.startsWith("Collection(");

/** What is known of an index. */
export interface Index {
  name: string;
  documents: number;
  bytes: number;
  definition: Definition;
  fields: FlatField[];
}

export function indexOf(answer: { name: string; documents: number; bytes: number; definition: Definition }): Index {
  return { ...answer, fields: flat(answer.definition.fields) };
}

/** Fields that are marked where they match. */
export const marked = (index: Index): string[] =>
  index.fields.filter((field) => field.searchable && field.retrievable !== false && isText(field)).slice(0, 16).map((field) => field.path);

export const vectorFields = (index: Index): FlatField[] => index.fields.filter(isVector);

export const keyField = (index: Index): string => index.definition.fields.find((field) => field.key)?.name ?? "id";

const TITLES = ["title", "name", "displayName", "label", "heading", "subject"];
/** The field that a document is called by. */
export function titleField(index: Index): string {
  const named = TITLES.find((name) => index.definition.fields.some((field) => field.name === name && isText(field)));
  return named ?? index.definition.fields.find((field) => field.searchable && field.type === "Edm.String" && !field.key)?.name ?? keyField(index);
}

const BESIDE = ["artist", "kind", "handle", "owner", "city", "album", "year", "country", "bio", "description", "genres", "category", "author"];
/** Fields that say at a glance what a document is, besides its title. */
export const besideFields = (index: Index): string[] => {
  const there = BESIDE.filter((name) => index.definition.fields.some((field) => field.name === name));
  return there.filter((name) => name !== titleField(index)).slice(0, 4);
};

/** A value inside a document, by the path of its field. */
export function valueAt(document: Record<string, unknown>, path: string): unknown {
  let value: unknown = document;
  for (const name of path.split("/")) {
    if (Array.isArray(value)) value = value.map((item) => (item as Record<string, unknown> | null)?.[name]);
    else value = (value as Record<string, unknown> | null | undefined)?.[name];
  }
  return value;
}
