// An index from inside: its size, its fields and what they may be used for, profiles, suggesters, and the definition as it is.
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../shared/api";
import { fill, number } from "../../shared/messages";
import { apiKey } from "../../shared/key";
import { azure, send, VERSION } from "../request/call";
import { Copy } from "../../shared/ui/copy";
import type { FlatField, Index, ScoringProfile } from "./definition";
import { bytes } from "../request/exchange";
import { NeedsKey } from "../key";
import { index } from "../request/searching";
import { go, view } from "../view";
import { t } from "../messages";

const ATTRIBUTES = ["key", "searchable", "filterable", "sortable", "facetable", "retrievable"] as const;

export function Schema() {
  const of = index.value;
  if (!of) return null;
  return (
    <div class="schema">
      <Figures of={of} />
      <Fields of={of} />
      <Profiles of={of} />
      <section class="card" aria-labelledby="raw-definition">
        <div class="row">
          <h2 id="raw-definition" class="grow">{t.rawDefinition}</h2>
          <Copy text={() => JSON.stringify(of.definition, null, 2)} what={t.rawDefinition} />
        </div>
        <Raw of={of} />
      </section>
    </div>
  );
}

function Raw({ of }: { of: Index }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.showDefinition}</summary>
      {open && <pre class="code raw" tabIndex={0} aria-label={t.rawDefinition} dir="ltr"><code>{JSON.stringify(of.definition, null, 2)}</code></pre>}
    </details>
  );
}

interface Statistics {
  documentCount: number;
  storageSize: number;
  vectorIndexSize: number;
}
type Counters = Record<string, { usage: number }>;

function Figures({ of }: { of: Index }) {
  const [own, setOwn] = useState<Statistics>();
  const [all, setAll] = useState<Counters>();
  const [wrong, setWrong] = useState("");
  const key = apiKey.value;
  useEffect(() => {
    setOwn(undefined);
    setWrong("");
    if (!key) return;
    const asked = new AbortController();
    const given = { key, signal: asked.signal };
    Promise.all([send<Statistics>(azure(of.name, "/stats"), given), send<{ counters: Counters }>({ method: "GET", path: "/servicestats", query: [["api-version", VERSION]], key: true }, given)])
      .then(([index, service]) => {
        setOwn(index.value);
        setAll(service.value.counters);
      })
      .catch((error) => error instanceof ApiError && setWrong(error.message));
    return () => asked.abort();
  }, [of.name, key]);
  const figure = (name: string, value: string) => <div><dt>{name}</dt><dd class="num">{value}</dd></div>;
  const usage = (name: string) => all?.[name]?.usage ?? 0;
  return (
    <section class="card" aria-labelledby="statistics">
      <h2 id="statistics">{t.statistics}</h2>
      <dl class="figures big">
        {figure(t.documents, number(own?.documentCount ?? of.documents))}
        {figure(t.storage, bytes(own?.storageSize ?? of.bytes))}
        {own && figure(t.vectorSize, bytes(own.vectorIndexSize))}
        {figure(t.fieldCount, number(of.fields.length))}
      </dl>
      {all && (
        <>
          <h3>{t.wholeService}</h3>
          <dl class="figures">
            {figure(t.indexCount, number(usage("indexesCount")))}
            {figure(t.documents, number(usage("documentCount")))}
            {figure(t.storage, bytes(usage("storageSize")))}
            {figure(t.vectorSize, bytes(usage("vectorIndexSize")))}
            {figure(t.synonymMaps, number(usage("synonymMaps")))}
            {figure(t.aliases, number(usage("aliasesCount")))}
          </dl>
        </>
      )}
      {wrong && <p class="note warn">{wrong}</p>}
      {!key && <NeedsKey why={t.statisticsKey} />}
    </section>
  );
}

function Fields({ of }: { of: Index }) {
  const looked = view.value.find.trim().toLowerCase();
  const text = (field: FlatField) => [field.path, field.type, ...ATTRIBUTES.filter((name) => field[name]), ...analyzersOf(field)].join(" ").toLowerCase();
  const fields = looked ? of.fields.filter((field) => looked.split(/\s+/).every((word) => text(field).includes(word))) : of.fields;
  return (
    <section class="card" aria-labelledby="fields-of">
      <div class="row wrap-line">
        <h2 id="fields-of" class="grow">{t.fieldsOf}</h2>
        <input class="input find" type="search" aria-label={t.findInDefinition} placeholder={t.findInDefinition} value={view.value.find} onInput={(event) => go({ find: event.currentTarget.value }, { replace: true })} />
      </div>
      <p class="sr" role="status">{looked ? fill(t.fieldsFound, { n: number(fields.length) }) : ""}</p>
      {fields.length === 0 ? <p class="muted">{t.noneFitting}</p> : (
        <div class="scroll" tabIndex={0} role="region" aria-labelledby="fields-of">
          <table>
            <thead><tr><th scope="col">{t.field}</th><th scope="col">{t.type}</th><th scope="col">{t.mayBe}</th><th scope="col">{t.analysis}</th></tr></thead>
            <tbody>
              {fields.map((field) => (
                <tr key={field.path}>
                  <th scope="row" style={{ paddingInlineStart: `${field.depth}rem` }}><code>{field.path}</code></th>
                  <td><code class="muted">{field.type}</code></td>
                  <td><span class="badges">{ATTRIBUTES.filter((name) => field[name]).map((name) => <span key={name} class={`tag ${name === "key" ? "violet" : name === "searchable" ? "good" : ""}`}>{name}</span>)}</span></td>
                  <td><span class="badges">{analyzersOf(field).map((name) => <span key={name} class="tag">{name}</span>)}</span></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

const analyzersOf = (field: FlatField): string[] => [
  ...[field.analyzer, field.indexAnalyzer && `index: ${field.indexAnalyzer}`, field.searchAnalyzer && `search: ${field.searchAnalyzer}`, field.normalizer && `normalizer: ${field.normalizer}`].filter((one) => typeof one === "string" && one !== ""),
  ...(field.synonymMaps ?? []).map((name) => `synonyms: ${name}`),
  ...(field.dimensions ? [`${field.dimensions} dimensions`, `profile: ${field.vectorSearchProfile}`] : []),
] as string[];

function Profiles({ of }: { of: Index }) {
  const { scoringProfiles, defaultScoringProfile, suggesters } = of.definition;
  return (
    <section class="card" aria-labelledby="profiles">
      <h2 id="profiles">{t.profiles}</h2>
      {scoringProfiles.length === 0 && <p class="muted">{t.noProfiles}</p>}
      {scoringProfiles.map((profile) => <Profile key={profile.name} profile={profile} usual={profile.name === defaultScoringProfile} />)}
      <h2>{t.suggesters}</h2>
      {suggesters.length === 0 && <p class="muted">{t.noSuggesters}</p>}
      <ul class="stack">
        {suggesters.map((suggester) => <li key={suggester.name} class="wrap"><code>{suggester.name}</code>{suggester.sourceFields.map((field) => <span key={field} class="tag">{field}</span>)}</li>)}
      </ul>
    </section>
  );
}

function Profile({ profile, usual }: { profile: ScoringProfile; usual: boolean }) {
  return (
    <div class="profile">
      <h3><code>{profile.name}</code> {usual && <span class="tag good">{t.usualProfile}</span>}</h3>
      {profile.text && <p class="wrap">{t.weights}{Object.entries(profile.text.weights).map(([field, weight]) => <span key={field} class="tag violet">{field} × {weight}</span>)}</p>}
      {profile.functions.length > 0 && <p class="wrap">{t.functions} ({profile.functionAggregation}){profile.functions.map((one) => <span key={one.type + one.fieldName} class="tag">{one.type}({one.fieldName}) × {one.boost}, {one.interpolation}</span>)}</p>}
    </div>
  );
}
