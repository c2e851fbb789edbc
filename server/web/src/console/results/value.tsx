// A value of a document, whatever its type, for people to read.
import { number } from "../../shared/messages";
import { t } from "../messages";

/** Longer lists are cut until somebody asks. */
const LONG = 24;

export function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span class="muted">{t.nothing}</span>;
  if (Array.isArray(value)) return <List values={value} />;
  if (typeof value === "object") return <Members of={value as Record<string, unknown>} />;
  return <bdi class={typeof value === "string" ? undefined : "num"}>{String(value)}</bdi>;
}

function List({ values }: { values: readonly unknown[] }) {
  if (values.length === 0) return <span class="muted">{t.none}</span>;
  const vector = values.length > 8 && values.every((one) => typeof one === "number");
  if (vector) return <span class="num muted">[{values.slice(0, 4).map((one) => Number(one).toPrecision(3)).join(", ")}, … {number(values.length)}]</span>;
  if (values.some((one) => typeof one === "object" && one !== null)) return <ol class="members">{values.map((one, at) => <li key={at}><Value value={one} /></li>)}</ol>;
  return (
    <span class="listed">
      {values.slice(0, LONG).map((one, at) => <span key={at} class="tag"><bdi>{String(one)}</bdi></span>)}
      {values.length > LONG && <span class="muted">+{number(values.length - LONG)}</span>}
    </span>
  );
}

/** Names and values of an object. */
export function Members({ of }: { of: Record<string, unknown> }) {
  return (
    <dl class="members">
      {Object.entries(of).map(([name, value]) => (
        <div key={name}>
          <dt><code>{name}</code></dt>
          <dd><Value value={value} /></dd>
        </div>
      ))}
    </dl>
  );
}
