// The shape of a JSON value: its type, and its members one by one. Shapes with a name are linked, not repeated.
import { Prose } from "../shared/ui/prose";
import { type Schema, type Spec, refName, typeOf } from "./spec";
import { t } from "./messages";

export function Shape({ schema, spec }: { schema: Schema; spec: Spec }) {
  if (schema.$ref) return <p><RefLink name={refName(schema.$ref)} /></p>;
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return <ul class="variants">{variants.map((one, at) => <li key={at}>{at > 0 && <span class="muted small">{t.or}</span>}<Shape schema={one} spec={spec} /></li>)}</ul>;
  if (schema.items) return <><p class="type">{t.words.listOf}</p><Shape schema={schema.items} spec={spec} /></>;
  if (!schema.properties) return <p class="type"><code>{typeOf(schema, t.words)}</code> {schema.description && <Prose text={schema.description} />}</p>;
  return (
    <dl class="shape">
      {Object.entries(schema.properties).map(([name, inner]) => (
        <div key={name}>
          <dt><code>{name}</code>{schema.required?.includes(name) && <span class="tag violet">{t.required}</span>}</dt>
          <dd>
            <TypeLine schema={inner} />
            {inner.description && <p><Prose text={inner.description} /></p>}
            {inner.enum && <Values of={inner.enum} />}
            {(inner.properties || inner.items?.properties) && <Shape schema={inner.properties ? inner : (inner.items ?? inner)} spec={spec} />}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function TypeLine({ schema }: { schema: Schema | undefined }) {
  const ref = schema?.$ref ?? schema?.items?.$ref;
  if (!ref) return <span class="type">{typeOf(schema, t.words)}</span>;
  return <span class="type">{schema?.items && `${t.words.listOf} `}<RefLink name={refName(ref)} /></span>;
}

export function Values({ of }: { of: readonly unknown[] }) {
  return <p class="wrap values">{of.map((value) => <code key={String(value)} class="tag">{String(value)}</code>)}</p>;
}

const RefLink = ({ name }: { name: string }) => <a href={`#schema-${name}`}><code>{name}</code></a>;
