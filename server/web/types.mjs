// Writes the shapes of /v1 for the pages: `tutti openapi | node types.mjs > src/shared/wire.ts`. One interface or type for each schema of
// the description. tests/web.sh says when the file is not what the server answers today.
import { readFileSync } from "node:fs";

const { components } = JSON.parse(readFileSync(0, "utf8"));
const named = (name) => (/^\w+$/.test(name) ? name : JSON.stringify(name));
const comment = (text, indent = "") => (text ? `${indent}/** ${text.replaceAll(/\s+/g, " ").trim()} */\n` : "");

function type(schema, indent) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return [...new Set(choices.map((choice) => type(choice, indent)))].join(" | ");
  if (schema.allOf) return schema.allOf.map((part) => type(part, indent)).join(" & ");
  const kinds = [schema.type ?? "unknown"].flat();
  return kinds.map((kind) => simple(kind, schema, indent)).join(" | ");
}

function simple(kind, schema, indent) {
  switch (kind) {
    case "integer": case "number": return "number";
    case "string": case "boolean": case "null": return kind;
    case "array": return array(schema, indent);
    case "object": return object(schema, indent);
    default: return "unknown";
  }
}

function array(schema, indent) {
  if (schema.prefixItems) return `[${schema.prefixItems.map((item) => type(item, indent)).join(", ")}]`;
  const item = type(schema.items ?? {}, indent);
  if (schema.minItems && schema.minItems === schema.maxItems) return `[${Array(schema.minItems).fill(item).join(", ")}]`;
  return / [|&] /.test(item) ? `(${item})[]` : `${item}[]`;
}

function object({ properties, required = [], additionalProperties }, indent) {
  const rest = additionalProperties && `Record<string, ${type(additionalProperties, indent)}>`;
  if (!properties) return rest || "Record<string, unknown>";
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(
    ([name, of]) => `${comment(of.description, inner)}${inner}${named(name)}${required.includes(name) ? "" : "?"}: ${type(of, inner)};\n`);
  return `{\n${members.join("")}${indent}}${rest ? ` & ${rest}` : ""}`;
}

let out = "// Written by types.mjs from the server's own description; not to be changed by hand.\n";
for (const [name, schema] of Object.entries(components.schemas)) {
  const text = type(schema, "");
  const plain = text.startsWith("{") && text.indexOf("\n}") === text.length - 2;
  out += `\n${comment(schema.description)}${plain ? `export interface ${name} ${text}` : `export type ${name} = ${text};`}\n`;
}
process.stdout.write(out);
