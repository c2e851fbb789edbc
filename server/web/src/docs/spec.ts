// The description of the API (OpenAPI 3.1) as this page needs it: operations in groups, and shapes.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  format?: string;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  maxLength?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
}

export interface Parameter {
  $ref?: string;
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  description?: string;
  schema?: Schema;
}

type Content = Record<string, { schema?: Schema; example?: unknown }>;

export interface Response {
  $ref?: string;
  description?: string;
  content?: Content;
}

interface Described {
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; description?: string; content?: Content };
  responses?: Record<string, Response>;
  security?: Record<string, unknown>[];
}

export interface Spec {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Described>>;
  components?: {
    schemas?: Record<string, Schema>;
    responses?: Record<string, Response>;
    parameters?: Record<string, Parameter>;
    securitySchemes?: Record<string, { description?: string }>;
  };
}

export interface Operation extends Described {
  /** The deep link: `get-v1-rooms-id`. */
  id: string;
  method: string;
  path: string;
  group: string;
  parameters: Parameter[];
  /** What a filter looks through, in small letters. */
  text: string;
}

const METHODS = ["get", "post", "put", "patch", "delete"];

export function operationsOf(spec: Spec): Operation[] {
  return Object.entries(spec.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, described]) => {
        const parameters = (described.parameters ?? []).map((one) => resolved(spec, one));
        const words = [method, path, described.summary, described.description, described.requestBody?.description, ...parameters.flatMap((one) => [one.name, one.description])];
        return { ...described, id: slug(`${method} ${path}`), method, path, parameters, group: described.tags?.[0] ?? groupOf(path), text: words.filter(Boolean).join(" ").toLowerCase() };
      }),
  );
}

export const slug = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");

/** Where a path without a tag belongs. */
function groupOf(path: string): string {
  const [first = "", second = ""] = path.split("/").slice(1);
  if (first !== "v1" || second === "openapi.json") return "server";
  if (second === "" || second.startsWith("{")) return "search";
  if (["guests", "accounts", "sessions", "me", "people"].includes(second)) return "accounts";
  if (["interactions", "taste"].includes(second)) return "taste";
  return second === "venue-owners" ? "venues" : second;
}

const ORDER = ["search", "rooms", "recommendations", "venues", "songs", "taste", "accounts", "server"];

/** Groups in the order they are best read; those unknown here come before the last. */
export function grouped(operations: readonly Operation[]): [string, Operation[]][] {
  const place = (group: string) => (ORDER.includes(group) ? ORDER.indexOf(group) : ORDER.length - 1.5);
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) groups.set(operation.group, [...(groups.get(operation.group) ?? []), operation]);
  return [...groups].sort(([a], [b]) => place(a) - place(b));
}

/** What a reference stands for. */
export function resolved<T extends { $ref?: string }>(spec: Spec, given: T): T {
  if (!given.$ref) return given;
  const found = given.$ref.replace(/^#\//, "").split("/").reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], spec);
  return (found as T | undefined) ?? given;
}

export const refName = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1);

/** A value that fits a schema, for bodies without an example. */
export function sample(spec: Spec, given: Schema | undefined, depth = 0): unknown {
  if (!given || depth > 5) return {};
  const schema = resolved(spec, given);
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum?.length) return schema.enum[0];
  const one = schema.oneOf?.[0] ?? schema.anyOf?.[0] ?? schema.allOf?.[0];
  if (one) return sample(spec, one, depth + 1);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "array") return [sample(spec, schema.items, depth + 1)];
  if (type === "string") return "text";
  if (type === "integer" || type === "number") return schema.minimum ?? 1;
  if (type === "boolean") return true;
  const required = schema.required ?? [];
  const shown = Object.entries(schema.properties ?? {}).filter(([name], at) => required.includes(name) || (required.length === 0 && at < 6));
  return Object.fromEntries(shown.map(([name, inner]) => [name, sample(spec, inner, depth + 1)]));
}

/** "integer, 0 to 1000, usually 10". */
export function typeOf(schema: Schema | undefined, words: { any: string; listOf: string; usually: string; atMost: string; from: string; or: string }): string {
  if (!schema) return words.any;
  if (schema.$ref) return refName(schema.$ref);
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return variants.map((one) => typeOf(one, words)).join(` ${words.or} `);
  const type = Array.isArray(schema.type) ? schema.type.join(` ${words.or} `) : (schema.type ?? words.any);
  const named = type === "array" ? `${words.listOf} ${typeOf(schema.items, words)}` : type;
  const range = schema.minimum !== undefined && schema.maximum !== undefined ? `${schema.minimum} – ${schema.maximum}` : schema.maximum !== undefined ? `${words.atMost} ${schema.maximum}` : schema.minimum !== undefined ? `${words.from} ${schema.minimum}` : "";
  const length = schema.maxItems !== undefined ? `${words.atMost} ${schema.maxItems}` : "";
  return [named, range, length, schema.default !== undefined && `${words.usually} ${JSON.stringify(schema.default)}`].filter(Boolean).join(", ");
}
