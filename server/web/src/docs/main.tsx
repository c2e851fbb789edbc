// The API described: read from /v1/openapi.json, in groups, with a filter, deep links and requests to copy and to try.
import "./docs.css";
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, ask } from "../shared/api";
import { begin } from "../shared/page";
import { counted, fill } from "../shared/messages";
import { Icon } from "../shared/ui/icon";
import { Top } from "../shared/ui/top";
import { OperationBox, here, open, opened } from "./operation";
import { Prose } from "../shared/ui/prose";
import { Shape } from "./shape";
import { type Operation, type Spec, grouped, operationsOf } from "./spec";
import { t } from "./messages";

const spec = signal<Spec | undefined>(undefined);
const operations = signal<Operation[]>([]);
const wrong = signal("");
const looked = signal(new URLSearchParams(location.search).get("find") ?? "");

async function load(): Promise<void> {
  wrong.value = "";
  try {
    const described = await ask<Spec>("/v1/openapi.json");
    operations.value = operationsOf(described);
    spec.value = described;
  } catch (error) {
    wrong.value = error instanceof ApiError && error.status !== 0 ? error.message : t.offline;
  }
}

function look(text: string): void {
  looked.value = text;
  const here = new URL(location.href);
  if (text) here.searchParams.set("find", text);
  else here.searchParams.delete("find");
  history.replaceState(null, "", here);
}

const fits = (operation: Operation): boolean => looked.value.toLowerCase().split(/\s+/).every((word) => operation.text.includes(word));

/** Opens and shows what the address points at. */
function follow(): void {
  const id = decodeURIComponent(location.hash.slice(1));
  here.value = id;
  if (!id) return;
  if (operations.peek().some((operation) => operation.id === id)) {
    if (looked.peek() && !operations.peek().some((operation) => operation.id === id && fits(operation))) look("");
    open(id, true);
  } else if (looked.peek() && id.startsWith("schema-")) {
    look("");
  }
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(id)?.scrollIntoView({ block: "start" })));
}

function Docs() {
  const there = spec.value;
  useEffect(() => {
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useEffect(() => {
    if (there) follow();
  }, [there]);
  return (
    <>
      <Top here="docs" />
      <main id="main" class="docs">
        <header class="lead">
          <h1>{t.title}</h1>
          {there && <p>{fill(t.version, { version: there.info.version })} {there.info.description && <Prose text={there.info.description} />}</p>}
          <p class="muted">{t.forPrograms} <a href="/v1/openapi.json"><code>/v1/openapi.json</code></a></p>
        </header>
        {wrong.value && <div class="note bad" role="alert"><Icon name="warning" /><div class="stack"><p>{wrong.value}</p><p><button type="button" class="button mini" onClick={load}>{t.again}</button></p></div></div>}
        {!there && !wrong.value && <div class="stack" aria-hidden="true">{[...Array(7).keys()].map((at) => <div key={at} class="skeleton waiting" />)}</div>}
        {there && <Described spec={there} />}
      </main>
    </>
  );
}

function Described({ spec }: { spec: Spec }) {
  const found = operations.value.filter(fits);
  const groups = grouped(found);
  const schemas = Object.entries(spec.components?.schemas ?? {}).filter(([name]) => !looked.value || name.toLowerCase().includes(looked.value.toLowerCase()));
  const shut = found.every((operation) => !opened.value.has(operation.id));
  return (
    <div class="pair">
      <div class="side">
        <div class="finding">
          <label for="find" class="sr">{t.find}</label>
          <input id="find" class="input" type="search" placeholder={t.find} value={looked.value} onInput={(event) => look(event.currentTarget.value)} />
          <div class="row">
            <p class="muted small num grow" role="status">{counted(found.length, t.found)}</p>
            {found.length > 0 && <button type="button" class="button mini" onClick={() => (opened.value = shut ? new Set(found.map((operation) => operation.id)) : new Set())}>{shut ? t.openAll : t.shutAll}</button>}
          </div>
        </div>
        <nav aria-label={t.contents}>
          {groups.map(([group, list]) => (
            <div key={group}>
              <a class="group" href={`#group-${group}`}>{groupName(group)}</a>
              <ul>
                {list.map((operation) => (
                  <li key={operation.id}>
                    <a href={`#${operation.id}`} aria-current={here.value === operation.id ? "location" : undefined} title={`${operation.method.toUpperCase()} ${operation.path}`} onClick={() => open(operation.id, true)}>
                      <span class={`method ${operation.method}`}>{operation.method.toUpperCase()}</span>
                      <span class="clip">{operation.path.replace(/^\/v1\//, "")}</span>
                    </a>
                  </li>
                ))}
              </ul>
            </div>
          ))}
          {schemas.length > 0 && <a class="group" href="#schemas">{t.schemas}</a>}
        </nav>
      </div>
      <div class="content">
        {groups.map(([group, list]) => (
          <section key={group} aria-labelledby={`group-${group}`}>
            <h2 id={`group-${group}`}>{groupName(group)}</h2>
            {about(group) && <p class="muted">{about(group)}</p>}
            {list.map((operation) => <OperationBox key={operation.id} operation={operation} spec={spec} />)}
          </section>
        ))}
        {found.length === 0 && schemas.length === 0 && <div class="empty"><Icon name="search" /><h2>{t.nothing}</h2><p><button type="button" class="button" onClick={() => look("")}>{t.clear}</button></p></div>}
        {schemas.length > 0 && (
          <section aria-labelledby="schemas">
            <h2 id="schemas">{t.schemas}</h2>
            {schemas.map(([name, schema]) => (
              <div key={name} id={`schema-${name}`} class="card named">
                <h3><code>{name}</code></h3>
                {schema.description && <p class="muted"><Prose text={schema.description} /></p>}
                <Shape schema={schema} spec={spec} />
              </div>
            ))}
          </section>
        )}
      </div>
    </div>
  );
}

const groups: Record<string, { name: string; about: string }> = t.groups;
const groupName = (group: string): string => groups[group]?.name ?? group.charAt(0).toUpperCase() + group.slice(1);
const about = (group: string): string | undefined => groups[group]?.about;

begin(<Docs />);
void load();
