// One request of the API: what it takes, what it answers, and how it is made. Its inside is rendered once it is opened.
import { signal } from "@preact/signals";
import { Icon } from "../shared/ui/icon";
import { Curl } from "./curl-box";
import { curlOf, guessed } from "./curl";
import { Prose } from "../shared/ui/prose";
import { Shape, TypeLine, Values } from "./shape";
import { type Operation, type Parameter, type Response, type Schema, type Spec, resolved } from "./spec";
import { TryIt, triable } from "./try";
import { t } from "./messages";

/** Operations that stand open, by their deep links. */
export const opened = signal<ReadonlySet<string>>(new Set());

/** The deep link that the address has. */
export const here = signal("");

export function open(id: string, on: boolean): void {
  if (opened.peek().has(id) === on) return;
  const next = new Set(opened.peek());
  if (on) next.add(id);
  else next.delete(id);
  opened.value = next;
}

export function OperationBox({ operation, spec }: { operation: Operation; spec: Spec }) {
  const { id, method, path, summary } = operation;
  const shown = opened.value.has(id);
  return (
    <details
      id={id}
      class="operation"
      open={shown}
      onToggle={(event) => {
        const now = event.currentTarget.open;
        if (now !== opened.peek().has(id)) {
          history.replaceState(null, "", now ? `#${id}` : location.pathname + location.search);
          here.value = now ? id : "";
        }
        open(id, now);
      }}
    >
      <summary>
        <span class={`method ${method}`}>{method.toUpperCase()}</span>
        <code class="path">{path}</code>
        <span class="summary"><Prose text={summary ?? ""} /></span>
        {operation.security && <span class="lock"><Icon name="lock" size={16} label={needs(operation)} /></span>}
      </summary>
      {shown && <Inside operation={operation} spec={spec} />}
    </details>
  );
}

const needs = (operation: Operation): string => {
  const names = operation.security?.flatMap((one) => Object.keys(one)) ?? [];
  return names.includes("key") && names.includes("token") ? t.needsEither : names.includes("key") ? t.needsKey : t.needsToken;
};

function Inside({ operation, spec }: { operation: Operation; spec: Spec }) {
  return (
    <div class="inside">
      <div class="said">
        {operation.description && <p><Prose text={operation.description} /></p>}
        {operation.security && <p class="note"><Icon name="lock" size={18} /><span>{needs(operation)}</span></p>}
        {operation.parameters.length > 0 && <Parameters of={operation.parameters} />}
        {operation.requestBody && (
          <section>
            <h4>{t.body}</h4>
            {operation.requestBody.description && <p><Prose text={operation.requestBody.description} /></p>}
            {Object.entries(operation.requestBody.content ?? {}).map(([type, content]) => (
              <div key={type}>
                {type !== "application/json" && <p class="muted small"><code>{type}</code></p>}
                {content.schema && tells(content.schema) && <Shape schema={content.schema} spec={spec} />}
              </div>
            ))}
          </section>
        )}
        <Answers operation={operation} spec={spec} />
      </div>
      <div class="done">{triable(operation) ? <TryIt operation={operation} spec={spec} /> : <Curl text={curlOf(operation, spec, guessed(operation), location.origin)} />}</div>
    </div>
  );
}

function Parameters({ of }: { of: readonly Parameter[] }) {
  return (
    <section>
      <h4>{t.parameters}</h4>
      <dl class="shape">
        {of.map((parameter) => (
          <div key={`${parameter.in} ${parameter.name}`}>
            <dt><code>{parameter.name}</code>{parameter.required && <span class="tag violet">{t.required}</span>}<span class="tag">{t.places[parameter.in]}</span></dt>
            <dd>
              <TypeLine schema={parameter.schema} />
              {parameter.description && <p><Prose text={parameter.description} /></p>}
              {parameter.schema?.enum && <Values of={parameter.schema.enum} />}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Whether a shape says more than that it is an object. */
const tells = (schema: Schema): boolean => Boolean(schema.$ref ?? schema.properties ?? schema.items ?? schema.oneOf ?? schema.anyOf);

function Answers({ operation, spec }: { operation: Operation; spec: Spec }) {
  const answers = Object.entries(operation.responses ?? {}).map(([status, given]) => [status, resolved(spec, given)] as [string, Response]);
  return (
    <section>
      <h4>{t.answers}</h4>
      <dl class="shape answers">
        {answers.map(([status, answer]) => (
          <div key={status}>
            <dt><span class={`tag ${status < "300" ? "good" : status < "400" ? "" : "bad"}`}>{status}</span></dt>
            <dd>
              {answer.description && <p><Prose text={answer.description} /></p>}
              {Object.entries(answer.content ?? {}).map(([type, content]) => (
                <div key={type}>
                  {type !== "application/json" && <code class="tag">{type}</code>}
                  {content.schema && tells(content.schema) && <Shape schema={content.schema} spec={spec} />}
                </div>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
