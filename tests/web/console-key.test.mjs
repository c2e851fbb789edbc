// The search console with an API key, on an index made here: vectors, hybrid queries, hostile text, what is copied, the inside of an index.
import { after, before } from "node:test";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { accessible, ADMIN_KEY, assert, fits, rest, shot, test, until } from "./lib.mjs";

const run = promisify(execFile);
const VERSION = "api-version=2024-07-01";
const INDEX = "console-gems";
const HOSTILE = '<img src=x onerror=alert(1)> moon "quoted" </mark>';
const GEMS = [
  { id: "g1", title: HOSTILE, kind: "a|b", year: 1980, embedding: [1, 0, 0] },
  { id: "g2", title: "Blue moon", kind: "b", year: 2010, embedding: [0.9, 0.1, 0] },
  { id: "g3", title: "Red sun", kind: "b", year: 2015, embedding: [0, 1, 0] },
  { id: "g4", title: "Moon over it's water", kind: "c", year: 1999, embedding: [0, 0, 1] },
];

before(async () => {
  const text = (name, more = {}) => ({ name, type: "Edm.String", searchable: true, filterable: true, ...more });
  const definition = {
    name: INDEX,
    fields: [
      { name: "id", type: "Edm.String", key: true, filterable: true },
      text("title"),
      text("kind", { facetable: true }),
      { name: "year", type: "Edm.Int32", filterable: true, sortable: true, facetable: true },
      { name: "embedding", type: "Collection(Edm.Single)", searchable: true, dimensions: 3, vectorSearchProfile: "near" },
    ],
    suggesters: [{ name: "sg", searchMode: "analyzingInfixMatching", sourceFields: ["title"] }],
    scoringProfiles: [{ name: "recent", functions: [{ type: "magnitude", fieldName: "year", boost: 2, interpolation: "linear", magnitude: { boostingRangeStart: 1900, boostingRangeEnd: 2020 } }] }],
    defaultScoringProfile: "recent",
    vectorSearch: { algorithms: [{ name: "graph", kind: "hnsw" }], profiles: [{ name: "near", algorithm: "graph" }] },
  };
  const made = await rest("PUT", `/indexes/${INDEX}?${VERSION}`, { key: ADMIN_KEY, body: definition });
  assert.ok(made.status < 300, made.text);
  const sent = await rest("POST", `/v1/${INDEX}/documents?refresh=true`, { key: ADMIN_KEY, body: { value: GEMS.map((gem) => ({ "@search.action": "upload", ...gem })) } });
  assert.ok(sent.status < 300, sent.text);
});
after(async () => {
  await rest("DELETE", `/indexes/${INDEX}?${VERSION}`, { key: ADMIN_KEY });
});

const answered = (page) => page.locator('.middle[aria-busy="false"] #found').filter({ hasText: /\d/ }).waitFor();
const keys = (page) => page.locator(".hit .title").evaluateAll((titles) => titles.map((title) => title.dataset.key));
const query = (page) => page.getByRole("combobox", { name: "Query" });
const code = (page, tongue) => page.locator(`code[data-tongue="${tongue}"]`).innerText();

/** Opens a view with the key in the fragment, as the demo's link has it. */
async function look(page, address, key = ADMIN_KEY) {
  await page.goto(`/console?${address}${key ? `#key=${key}` : ""}`);
}

test("text of a document is never markup", async (t) => {
  const page = await t.device("laptop");
  page.on("dialog", () => assert.fail("a script of a document ran"));
  await look(page, `index=${INDEX}&q=moon&open=g1&explain=true`, "");
  await answered(page);
  const title = page.locator('.title[data-key="g1"]');
  assert.equal((await title.innerText()).trim(), HOSTILE);
  assert.deepEqual(await title.locator("mark").allInnerTexts(), ["moon"]);
  assert.equal(await page.locator(".middle img, .left img, .right img").count(), 0);
  await page.getByText("Show the raw answer").click();
  await page.locator(".raw").getByText("onerror").waitFor();
  assert.equal(await page.locator("main img").count(), 0);
});

test("the score tree shows what a profile did", async (t) => {
  const page = await t.device("laptop");
  await look(page, `index=${INDEX}&q=moon&explain=true&open=g2`, "");
  await page.locator(".score-tree").waitFor();
  const values = await page.locator(".score-tree data").evaluateAll((all) => all.map((one) => Number(one.value)));
  const [product, text, profile, base, magnitude] = values;
  const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-4, `${a} is not ${b}`);
  near(product, text * profile);
  near(profile, base + magnitude);
  const { hits } = (await rest("GET", `/v1/${INDEX}/search?q=moon`)).json;
  near(product, hits.find((hit) => hit.key === "g2").score);
});

test("a facet's value with the separator in it can be chosen", async (t) => {
  const page = await t.device("laptop");
  await look(page, `index=${INDEX}&q=*`, "");
  await answered(page);
  const kind = page.getByRole("list", { name: "kind" });
  await kind.getByRole("checkbox", { name: /^a\|b / }).check();
  await until(async () => (await keys(page)).join() === "g1", "the one document");
  await kind.getByRole("checkbox", { name: /^c / }).check();
  await until(async () => (await keys(page)).toSorted().join() === "g1,g4", "two documents");
  assert.match(await kind.locator("li").nth(2).innerText(), /b\s*2/, "the others are still counted");
});

test("vector and hybrid queries, from a hit, from numbers, with a filter and facets", async (t) => {
  const page = await t.device("laptop", { allow: [/status of 400/] });
  await look(page, `index=${INDEX}&q=moon`);
  await answered(page);
  assert.ok(!page.url().includes(ADMIN_KEY), "the key leaves the address");
  await page.locator('.title[data-key="g2"]').click();
  await page.getByRole("button", { name: "More like this" }).click();
  await until(async () => (await keys(page)).slice(0, 3).join() === "g2,g1,g3", "the nearest first");
  assert.equal(new URL(page.url()).searchParams.get("like"), "g2");
  await accessible(page, "a vector query");
  await shot(page, "console-vector", { mask: [page.locator(".above .small"), page.locator(".exchange .figures"), page.locator(".exchange pre")] });
  // Hybrid: with a text, ranks are fused, as the API does it.
  await query(page).fill("water");
  await query(page).press("Enter");
  const body = { search: "water", queryType: "full", vectorQueries: [{ kind: "vector", vector: [0.9, 0.1, 0], fields: "embedding", k: 10 }] };
  const { value } = (await rest("POST", `/indexes/${INDEX}/docs/search?${VERSION}`, { key: ADMIN_KEY, body })).json;
  await until(async () => (await keys(page)).join() === value.map((hit) => hit.id).join(), "the hits of the hybrid query");
  assert.deepEqual(await page.locator(".hit mark").allInnerTexts(), ["water"]);
  // The Azure API says the place of a mistake in words; it is underlined all the same.
  const filter = page.getByRole("combobox", { name: "Filter (OData)" });
  for (const [text, mistake] of [["year ge 1900 and yeer lt 3", "yeer"], ["kind eq 'é' and kind gt title", "kind gt title"]]) {
    await filter.fill(text);
    await filter.press("Enter");
    await until(async () => (await page.locator(".typed:has(#filter) .mistake").allInnerTexts()).some((shown) => mistake.startsWith(shown)), `the underlined ${mistake}`);
  }
  await filter.fill("");
  await filter.press("Enter");
  await query(page).fill("");
  await query(page).press("Enter");
  // Numbers, k, exhaustive.
  await page.getByRole("radio", { name: "Numbers" }).check();
  const numbers = page.getByRole("textbox", { name: /3 numbers/ });
  await numbers.fill("0, 1");
  await page.getByText("These are 2 numbers; the field has 3 dimensions.").waitFor();
  await numbers.fill("0, 1, 0");
  await page.getByRole("spinbutton", { name: "k" }).fill("2");
  await page.getByRole("spinbutton", { name: "k" }).press("Enter");
  await page.getByRole("checkbox", { name: "Exhaustive" }).check();
  await page.getByRole("button", { name: "Look near it" }).click();
  await until(async () => (await keys(page)).length === 2 && (await keys(page))[0] === "g3", "the two nearest of the numbers");
  const said = new URL(page.url()).searchParams;
  assert.deepEqual([said.get("vector"), said.get("k"), said.get("exhaustive")], ["0,1,0", "2", "true"]);
  const other = await t.device("laptop");
  await other.goto(`${page.url()}#key=${ADMIN_KEY}`);
  await until(async () => (await keys(other)).join() === (await keys(page)).join(), "the address reproduces it");
  await page.getByRole("list", { name: "kind" }).getByRole("checkbox", { name: /^b / }).check();
  await page.getByRole("button", { name: "Remove kind: b" }).waitFor();
  await until(async () => (await keys(page)).every((key) => ["g2", "g3"].includes(key)), "only of that kind");
});

test("without a key a vector query says how to get one", async (t) => {
  const page = await t.device("phone");
  await look(page, `index=${INDEX}&like=g1`, "");
  await page.getByText("need a query key or the admin key").waitFor();
  await accessible(page, "a vector query without a key");
  await page.getByRole("button", { name: "Enter a key" }).click();
  const dialog = page.getByRole("dialog", { name: "API key" });
  await accessible(page, "the dialog for the key");
  await fits(page, "the dialog for the key");
  await dialog.getByLabel("Query key or admin key").fill(ADMIN_KEY);
  await dialog.getByRole("button", { name: "Use this key" }).click();
  await until(async () => (await keys(page))[0] === "g1", "the neighbours");
  await page.reload();
  await until(async () => (await keys(page))[0] === "g1", "the key is kept in the tab");
  assert.ok(!page.url().includes(ADMIN_KEY));
  assert.ok(!(await page.evaluate(() => JSON.stringify(localStorage))).includes(ADMIN_KEY), "the key is not kept beyond the tab");
});

/** The keys of the hits that a copied request prints or gets. */
async function ran(tongue, text) {
  const env = { ...process.env, TUTTI_KEY: ADMIN_KEY };
  if (tongue === "curl") {
    const { stdout } = await run("bash", ["-c", text], { env, maxBuffer: 1e8 });
    const answer = JSON.parse(stdout);
    return (answer.hits ?? answer.value).map((hit) => hit.key ?? hit.id);
  }
  const [file, args] = tongue === "python" ? ["python3", ["-c", text]] : [process.execPath, ["--input-type=module", "-e", text]];
  const { stdout } = await run(file, args, { env, maxBuffer: 1e8 });
  return stdout;
}

test("the request as curl, Python and JavaScript finds what the page shows", async (t) => {
  const page = await t.device("laptop");
  const views = [
    `index=songs&q=${encodeURIComponent(`"heart city"~3 OR it's OR (café AND \\$love) OR été`)}&filter=${encodeURIComponent("year ge 1970 and not (artist eq 'O''Brien')")}&choose=${encodeURIComponent("genres:r&b")}&choose=genres:funk&range=year:1990..2000&explain=true`,
    `index=songs&q=love&tasteOf=u1,u2&tasteWeight=0.7`,
    `index=${INDEX}&q=${encodeURIComponent("moon OR it's")}&like=g2&choose=kind:b`,
  ];
  for (const view of views) {
    await look(page, view);
    await answered(page);
    const shown = await keys(page);
    assert.ok(shown.length > 0, `${view} finds nothing`);
    for (const [tongue, name] of [["curl", "curl"], ["python", "Python"], ["javascript", "JavaScript"]]) {
      await page.getByRole("radio", { name, exact: true }).check();
      await page.locator(`code[data-tongue="${tongue}"]`).waitFor();
      const text = await code(page, tongue);
      assert.ok(!text.includes(ADMIN_KEY), "the key is in no copied request");
      const output = await ran(tongue, text);
      if (tongue === "curl") assert.deepEqual(output, shown, text);
      else {
        const places = shown.map((key) => output.search(new RegExp(`(^|\\W)${key}(\\W|$)`, "m")));
        assert.ok(places.every((place, at) => place >= 0 && (at === 0 || place > places[at - 1])), `${tongue} printed\n${output}`);
      }
    }
  }
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy Request" }).click();
  await page.getByText("Copied").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await code(page, "javascript"));
});

test("the definition, found in and counted", async (t) => {
  const page = await t.device("laptop");
  await look(page, `index=${INDEX}&tab=definition`, "");
  await page.getByRole("heading", { name: "Statistics" }).waitFor();
  await page.getByText("need the admin key").waitFor();
  await accessible(page, "the definition without a key");
  await look(page, `index=${INDEX}&tab=definition`);
  const figures = page.locator(".figures.big");
  await figures.getByText("vector index").waitFor();
  const { documentCount, vectorIndexSize } = (await rest("GET", `/indexes/${INDEX}/stats?${VERSION}`, { key: ADMIN_KEY })).json;
  assert.match((await figures.innerText()).replaceAll(/\s+/g, " "), new RegExp(`documents ${documentCount} .* vector index ${vectorIndexSize} B`));
  await page.getByRole("heading", { name: "The whole service" }).waitFor();
  const fields = page.locator("table tbody tr");
  assert.equal(await fields.count(), 5);
  await page.getByRole("searchbox", { name: "Find in the definition" }).fill("3 dimensions");
  await until(async () => (await fields.count()) === 1, "one field");
  assert.match(await fields.first().innerText(), /embedding/);
  assert.equal(new URL(page.url()).searchParams.get("find"), "3 dimensions");
  await page.getByText("magnitude(year) × 2, linear").waitFor();
  await page.getByText("Show the definition").click();
  const shown = JSON.parse(await page.locator(".code.raw").innerText());
  assert.deepEqual(shown, (await rest("GET", `/v1/${INDEX}`)).json.definition);
  await accessible(page, "the definition");
  await page.getByRole("searchbox", { name: "Find in the definition" }).fill("");
  await shot(page, "console-definition");
  for (const kind of ["phone", "narrow"]) {
    const small = await t.device(kind, { scheme: "light" });
    await look(small, "index=songs&tab=definition");
    await small.getByRole("heading", { name: "The whole service" }).waitFor();
    await fits(small, `the definition, ${kind}`);
    await accessible(small, `the definition, ${kind}`);
  }
});

test("an analyzer's tokens are those of the API", async (t) => {
  const page = await t.device("laptop");
  await look(page, `index=${INDEX}&tab=analyze`);
  const text = "The Foxes’ café nights 🌙 run";
  await page.getByRole("textbox", { name: "Text" }).fill(text);
  const tokens = page.getByRole("list", { name: "Tokens" }).locator("b");
  const expected = async (analyzer) => (await rest("POST", `/indexes/${INDEX}/analyze?${VERSION}`, { key: ADMIN_KEY, body: { text, analyzer } })).json.tokens;
  const standard = await expected("standard.lucene");
  await until(async () => (await tokens.allInnerTexts()).join() === standard.map((token) => token.token).join(), "the standard tokens");
  const sources = await page.getByRole("list", { name: "Tokens" }).locator("bdi").allInnerTexts();
  assert.deepEqual(sources, standard.map((token) => text.slice(token.startOffset, token.endOffset)));
  await page.getByRole("button", { name: "en.lucene" }).click();
  const english = await expected("en.lucene");
  await until(async () => (await tokens.allInnerTexts()).join() === english.map((token) => token.token).join(), "the English tokens");
  assert.notDeepEqual(english, standard);
  assert.equal(new URL(page.url()).searchParams.get("analyzer"), "en.lucene");
  await accessible(page, "the analyzer");
  await shot(page, "console-analyzer");
  const small = await t.device("narrow");
  await look(small, `index=${INDEX}&tab=analyze&text=moon`);
  await small.getByText("1 token").waitFor();
  await fits(small, "the analyzer, narrow");
});

test("suggestions and endings while somebody types", async (t) => {
  const page = await t.device("laptop");
  await look(page, `index=${INDEX}&tab=suggest`);
  await page.getByRole("textbox", { name: "Typed so far" }).fill("mo");
  const offered = page.locator(".offered").first().getByRole("link");
  await until(async () => (await offered.count()) === 3, "three documents with a moon");
  assert.ok((await offered.allInnerTexts()).includes(HOSTILE));
  await page.getByRole("button", { name: "moon", exact: true }).waitFor();
  await accessible(page, "suggestions");
  await offered.filter({ hasText: "Blue moon" }).click();
  await until(async () => (await keys(page)).join() === "g2", "the document itself");
  const small = await t.device("narrow");
  await look(small, `index=${INDEX}&tab=suggest&text=mo`);
  await small.locator(".offered").first().getByRole("link").first().waitFor();
  await fits(small, "suggestions, narrow");
  await accessible(small, "suggestions, narrow");
});
