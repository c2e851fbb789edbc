// The request of an operation as curl, with the values that were filled in.
import { shell } from "../shared/shell";
import { type Operation, type Spec, sample } from "./spec";

/** What is filled in at first, so that a first press shows something. */
export function guessed(operation: Operation): Record<string, string> {
  const known: Record<string, string> = operation.path.startsWith("/v1/{index}") ? { index: "songs", q: "love", top: "3" } : {};
  return Object.fromEntries(operation.parameters.flatMap(({ name }) => (known[name] ? [[name, known[name]]] : [])));
}

/** The path and query that values make; what is missing in the path stands there in capitals. */
export function addressOf(operation: Operation, values: Record<string, string>): string {
  const filled = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (values[name] ? encodeURIComponent(values[name]) : name.toUpperCase()));
  const query = new URLSearchParams(operation.parameters.filter((one) => one.in === "query" && values[one.name]).map((one) => [one.name, values[one.name] ?? ""])).toString();
  return query ? `${filled}?${query}` : filled;
}

export function curlOf(operation: Operation, spec: Spec, values: Record<string, string>, origin: string): string {
  const schemes = operation.security?.flatMap((one) => Object.keys(one)) ?? [];
  const [path = "", query = ""] = addressOf(operation, values).split("?");
  const parts = operation.method === "get" && query !== ""
    ? [`curl -s -G ${shell(origin + path)}`, ...[...new URLSearchParams(query)].map(([name, value]) => `--data-urlencode ${shell(`${name}=${value}`)}`)]
    : [`curl -s${operation.method === "get" ? "" : ` -X ${operation.method.toUpperCase()}`} ${shell(origin + addressOf(operation, values))}`];
  if (schemes.includes("token")) parts.push('-H "authorization: Bearer $TUTTI_TOKEN"');
  else if (schemes.includes("key")) parts.push('-H "api-key: $TUTTI_KEY"');
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (content && type === "application/json") {
    parts.push("-H 'content-type: application/json'", `-d ${shell(JSON.stringify(content.example ?? sample(spec, content.schema), null, 2))}`);
  } else if (content) {
    parts.push(`-H 'content-type: ${type}'`, "--data-binary @FILE");
  }
  return parts.join(" \\\n  ");
}
