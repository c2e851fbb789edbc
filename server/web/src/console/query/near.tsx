// Looking near a vector: that of a stored document, or numbers. With a text in the query bar both are asked for and the ranks fused.
import { useEffect, useId, useState } from "preact/hooks";
import { fill } from "../../shared/messages";
import { Segments } from "../../shared/ui/controls";
import { Copy } from "../../shared/ui/copy";
import { vectorFields } from "../index/definition";
import { asksForKey } from "../key";
import { apiKey } from "../../shared/key";
import { index, numbersIn } from "../request/searching";
import { snippet } from "../request/snippets";
import { VERSION } from "../request/call";
import { PAGE, go, view } from "../view";
import { t } from "../messages";

export function Near() {
  const of = index.value;
  if (!of) return null;
  return vectorFields(of).length > 0 ? <NearForm /> : <WithoutVectors name={of.name} />;
}

function NearForm() {
  const v = view.value;
  const id = useId();
  const [from, setFrom] = useState<"document" | "numbers">(v.vector && !v.like ? "numbers" : "document");
  const [like, setLike] = useState(v.like);
  const [vector, setVector] = useState(v.vector);
  useEffect(() => {
    setLike(v.like);
    setVector(v.vector);
    if (v.like || v.vector) setFrom(v.like ? "document" : "numbers");
  }, [v.like, v.vector]);
  const fields = index.value ? vectorFields(index.value) : [];
  const field = fields.find((one) => one.path === v.vectorField) ?? fields[0];
  const numbers = numbersIn(vector);
  const wrong = from === "numbers" && vector.trim() !== "" && (numbers.some(Number.isNaN) ? t.vectorNoNumbers : numbers.length !== field?.dimensions ? fill(t.vectorLength, { n: numbers.length, wanted: field?.dimensions ?? 0 }) : "");
  const look = (event: Event) => {
    event.preventDefault();
    if (wrong) return;
    if (!apiKey.value) asksForKey();
    go({ like: from === "document" ? like.trim() : "", vector: from === "numbers" ? numbers.join(",") : "", shown: PAGE, open: "" });
  };
  return (
    <form class="near" onSubmit={look}>
      <Segments label={t.vectorFrom} value={from} options={[{ value: "document", text: t.fromDocument }, { value: "numbers", text: t.fromNumbers }]} onChange={setFrom} />
      {from === "document" ? (
        <div class="field grow">
          <label for={`${id}-like`}>{t.documentKey}</label>
          <input id={`${id}-like`} class="input mono" value={like} autocomplete="off" spellcheck={false} onInput={(event) => setLike(event.currentTarget.value)} />
        </div>
      ) : (
        <div class="field grow">
          <label for={`${id}-vector`}>{fill(t.numbersLabel, { n: field?.dimensions ?? 0 })}</label>
          <textarea id={`${id}-vector`} class="input mono" rows={2} spellcheck={false} value={vector} aria-invalid={wrong ? "true" : undefined} aria-describedby={`${id}-wrong`} onInput={(event) => setVector(event.currentTarget.value)} />
          <p class="wrong" id={`${id}-wrong`}>{wrong || ""}</p>
        </div>
      )}
      <div class="field">
        <label for={`${id}-field`}>{t.vectorField}</label>
        <select id={`${id}-field`} class="input" value={field?.path} onChange={(event) => go({ vectorField: event.currentTarget.value })}>
          {fields.map((one) => <option key={one.path} value={one.path}>{one.path} ({one.dimensions})</option>)}
        </select>
      </div>
      <div class="field k">
        <label for={`${id}-k`}>k</label>
        <input id={`${id}-k`} class="input num" type="number" min={1} max={1000} value={v.k} onChange={(event) => go({ k: Math.min(1000, Math.max(1, Math.round(Number(event.currentTarget.value)) || 10)) })} />
      </div>
      <label class="check"><input type="checkbox" checked={v.exhaustive} onChange={(event) => go({ exhaustive: event.currentTarget.checked })} /> {t.exhaustive}</label>
      <button type="submit" class="button main mini">{t.lookNear}</button>
      <p class="muted small whole-line">{t.hybridHint}</p>
    </form>
  );
}

const EXAMPLE = {
  name: "gems",
  fields: [
    { name: "id", type: "Edm.String", key: true },
    { name: "title", type: "Edm.String", searchable: true },
    { name: "embedding", type: "Collection(Edm.Single)", searchable: true, dimensions: 3, vectorSearchProfile: "near" },
  ],
  vectorSearch: { algorithms: [{ name: "graph", kind: "hnsw" }], profiles: [{ name: "near", algorithm: "graph" }] },
};

/** How an index gets vectors, and what there is instead. */
function WithoutVectors({ name }: { name: string }) {
  const put = { method: "POST" as const, path: "/indexes", query: [["api-version", VERSION] as const], body: EXAMPLE, key: true };
  const text = snippet(put, location.origin, "curl");
  return (
    <div class="stack">
      <p>{fill(t.noVectors, { name })} {name === "songs" ? t.noVectorsSongs : ""}</p>
      <details>
        <summary>{t.howVectors}</summary>
        <div class="row"><p class="muted small grow">{t.howVectorsWhy}</p><Copy text={() => text} what="curl" /></div>
        <pre class="code" tabIndex={0} aria-label={t.howVectors} dir="ltr"><code>{text}</code></pre>
      </details>
    </div>
  );
}
