// A request as something to copy: curl, Python and JavaScript that need nothing installed. The key is never in it, but $TUTTI_KEY.
import { shell } from "../../shared/shell";
import { type Call, target } from "./call";

export type Tongue = "curl" | "python" | "javascript";

/** A value as a Python literal; JSON's texts are Python's too. */
export function python(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${python(one)}`).join(", ")}}`;
  return JSON.stringify(value);
}

export function snippet(call: Call, origin: string, tongue: Tongue): string {
  if (tongue === "curl") return curl(call, origin);
  return tongue === "python" ? inPython(call, origin) : inJavaScript(call, origin);
}

/** An object with a line for each member: long lists stay on one. */
const lines = (body: Record<string, unknown> = {}, value: (value: unknown) => string): string =>
  `{\n${Object.entries(body).map(([name, one]) => `  ${JSON.stringify(name)}: ${value(one)}`).join(",\n")}\n}`;

function curl(call: Call, origin: string): string {
  const key = call.key ? ['-H "api-key: $TUTTI_KEY"'] : [];
  if (call.method === "POST") return ["curl -s", shell(origin + target(call)), ...key, "-H 'content-type: application/json'", `-d ${shell(lines(call.body, JSON.stringify))}`].join(" \\\n  ");
  return ["curl -s -G", shell(origin + call.path), ...key, ...call.query.map(([name, value]) => `--data-urlencode ${shell(`${name}=${value}`)}`)].join(" \\\n  ");
}

function inPython(call: Call, origin: string): string {
  const out = ["import json", ...(call.key ? ["import os"] : []), ...(call.body ? [] : ["import urllib.parse"]), "import urllib.request", ""];
  const headers = [...(call.key ? ['"api-key": os.environ["TUTTI_KEY"]'] : []), ...(call.body ? ['"content-type": "application/json"'] : [])];
  if (call.body) {
    out.push(`body = ${lines(call.body, python)}`);
    out.push(`request = urllib.request.Request(${python(origin + target(call))}, json.dumps(body).encode(), {${headers.join(", ")}})`);
  } else {
    out.push("query = [", ...call.query.map(([name, value]) => `    (${python(name)}, ${python(value)}),`), "]");
    out.push(`request = urllib.request.Request(${python(`${origin + call.path}?`)} + urllib.parse.urlencode(query)${headers.length > 0 ? `, headers={${headers.join(", ")}}` : ""})`);
  }
  out.push("with urllib.request.urlopen(request) as answer:", "    found = json.load(answer)");
  out.push(call.body ? 'for hit in found["value"]:' : 'for hit in found["hits"]:', call.body ? '    print(hit["@search.score"], hit)' : '    print(hit["key"], hit["score"], hit["document"])');
  return out.join("\n");
}

function inJavaScript(call: Call, origin: string): string {
  const text = (value: unknown) => JSON.stringify(value);
  const headers = [...(call.key ? ['"api-key": process.env.TUTTI_KEY'] : []), ...(call.body ? ['"content-type": "application/json"'] : [])];
  const out: string[] = [];
  if (call.body) {
    out.push(`const body = ${lines(call.body, JSON.stringify)};`);
    out.push(`const response = await fetch(${text(origin + target(call))}, {`, '  method: "POST",', `  headers: { ${headers.join(", ")} },`, "  body: JSON.stringify(body),", "});");
  } else {
    out.push("const query = new URLSearchParams([", ...call.query.map(([name, value]) => `  [${text(name)}, ${text(value)}],`), "]);");
    out.push(`const response = await fetch(\`${origin + call.path}?\${query}\`${headers.length > 0 ? `, { headers: { ${headers.join(", ")} } }` : ""});`);
  }
  out.push("const found = await response.json();");
  out.push(call.body ? 'for (const hit of found.value) console.log(hit["@search.score"], hit);' : "for (const hit of found.hits) console.log(hit.key, hit.score, hit.document);");
  return out.join("\n");
}
