// The search console as its users use it: facets, mistakes, scores, addresses, keys.
import { accessible, assert, rest, test, until } from "./lib.mjs";

/** Opens a view and waits for its answer. */
async function look(page, address) {
  await page.goto(`/console?${address}`);
  await answered(page);
}
const answered = (page) => page.locator('.middle[aria-busy="false"] #found').filter({ hasText: /\d/ }).waitFor();
const found = async (page) => Number((await page.locator("#found").innerText()).replaceAll(/\D/g, ""));
const keys = (page) => page.locator(".hit .title").evaluateAll((titles) => titles.map((title) => title.dataset.key));
const facet = (page, field) => page.getByRole("list", { name: field, exact: true });
const row = (page, field, value) => facet(page, field).locator("li").filter({ has: page.getByRole("checkbox", { name: new RegExp(`^${value} `) }) });
const count = async (page, field, value) => Number((await row(page, field, value).locator(".count").innerText()).replaceAll(/\D/g, ""));
const query = (page) => page.getByRole("combobox", { name: "Query" });
const filter = (page) => page.getByRole("combobox", { name: "Filter (OData)" });
const REFUSED = [/status of 400/];

test("a press on a facet changes address, counts and hits; going back undoes it", async (t) => {
  const page = await t.device("laptop");
  await look(page, "index=songs&q=love");
  const all = await found(page);
  const expected = await count(page, "genres", "funk");
  const others = await count(page, "genres", "soul");
  assert.ok(expected > 0 && expected < all);
  await row(page, "genres", "funk").getByRole("checkbox").check();
  await until(async () => (await found(page)) === expected, "hits of the chosen genre");
  assert.equal(new URL(page.url()).searchParams.get("choose"), "genres:funk");
  // Multiple choice: the facet's own counts are as if nothing were chosen in it.
  assert.equal(await count(page, "genres", "soul"), others);
  assert.match(await facet(page, "genres").locator("li").first().innerText(), /funk/, "the chosen one stands first");
  const zero = facet(page, "tags").locator('label[data-zero="true"]');
  await facet(page, "tags").locator("xpath=..").getByRole("button", { name: /more/ }).click();
  assert.ok((await zero.count()) > 0, "values that no match has stay");
  await row(page, "genres", "soul").getByRole("checkbox").check();
  await until(async () => (await found(page)) === expected + others, "both genres");
  await page.goBack();
  await until(async () => (await found(page)) === expected, "back to one");
  await page.goBack();
  await until(async () => (await found(page)) === all, "back to all");
  assert.equal(await page.getByRole("checkbox", { name: /^funk / }).isChecked(), false);
});

test("chips take choices away, ranges count as if not chosen, and a long facet is looked through", async (t) => {
  const page = await t.device("laptop");
  await look(page, "index=songs&q=love");
  const [all, nineties, noughties] = [await found(page), await count(page, "year", "1990 – 1999"), await count(page, "year", "2000 – 2009")];
  await row(page, "year", "1990 – 1999").getByRole("checkbox").check();
  await until(async () => (await found(page)) === nineties, "the nineties");
  assert.equal(await count(page, "year", "2000 – 2009"), noughties);
  await row(page, "year", "2000 – 2009").getByRole("checkbox").check();
  await until(async () => (await found(page)) === nineties + noughties, "both decades");
  await page.getByRole("button", { name: "Remove year: 1990 – 1999" }).click();
  await until(async () => (await found(page)) === noughties, "one chip less");
  await page.getByRole("button", { name: "Clear all" }).click();
  await until(async () => (await found(page)) === all, "all again");
  assert.equal(new URL(page.url()).searchParams.get("range"), null);

  const artist = page.locator("details.facet").filter({ has: page.locator("summary", { hasText: /^artist$/ }) });
  await artist.locator("summary").click();
  await artist.getByRole("button", { name: "More artist" }).click();
  await artist.getByRole("searchbox", { name: "Find in artist" }).fill("orchestra");
  const names = artist.locator(".name");
  await until(async () => (await names.count()) > 0 && (await names.allInnerTexts()).every((name) => /orchestra/i.test(name)), "only orchestras");
  const name = (await names.first().innerText()).trim();
  await artist.getByRole("checkbox").first().check();
  await page.getByRole("button", { name: `Remove artist: ${name}` }).waitFor();
});

test("a mistake is underlined where it is, and explained below", async (t) => {
  const page = await t.device("laptop", { allow: REFUSED });
  await look(page, "index=songs&q=love");
  const before = await keys(page);
  const under = async (input) => {
    const box = input.locator("xpath=..");
    const mistake = box.locator(".mistake");
    await mistake.waitFor();
    const start = await mistake.evaluate((span) => span.previousSibling?.textContent?.length ?? 0);
    const message = await input.evaluate((shown) => document.getElementById(shown.getAttribute("aria-describedby")).innerText);
    return { start, text: await mistake.innerText(), message };
  };
  // é is two bytes of UTF-8 and one letter.
  await query(page).fill('été café "foo');
  await query(page).press("Enter");
  const quote = await under(query(page));
  assert.equal(quote.text, '"foo');
  assert.equal(quote.start, 9);
  assert.match(quote.message, /quote is not closed/);
  assert.equal(await query(page).getAttribute("aria-invalid"), "true");
  assert.deepEqual(await keys(page), before, "the last hits stay");
  // The line lies under the very letters, also in a text longer than the input.
  const long = `${"love ".repeat(60)}"foo`;
  await query(page).fill(long);
  await query(page).press("Enter");
  await query(page).press("End");
  await until(() => page.evaluate(() => {
    const [input, mistake] = [document.getElementById("q"), document.querySelector(".typed:has(#q) .mistake")];
    if (!mistake) return false;
    const [outer, inner] = [input.getBoundingClientRect(), mistake.getBoundingClientRect()];
    return inner.right <= outer.right && inner.left > outer.left + outer.width / 2;
  }), "the line follows the text");
  await query(page).fill("");
  await query(page).press("Enter");
  await page.locator(".typed:has(#q) .mistake").waitFor({ state: "detached" });

  await filter(page).fill("year ge 1980 and yeer lt 3");
  await filter(page).press("Enter");
  assert.equal((await under(filter(page))).text, "yeer");
  await filter(page).fill("year ge 1980 and artist gt album");
  await filter(page).press("Enter");
  await until(async () => (await under(filter(page))).text === "artist gt album", "the comparison of two fields");
  // With a range chosen beside it, the place in what was typed stays the same.
  await look(page, "index=songs&q=love");
  await row(page, "year", "1990 – 1999").getByRole("checkbox").check();
  await filter(page).fill("year ge 'x' and artist gt album");
  await filter(page).press("Enter");
  const moved = await under(filter(page));
  assert.equal((await filter(page).inputValue()).slice(moved.start, moved.start + moved.text.length), moved.text);
  assert.match(moved.text, /year ge 'x'|artist gt album|'x'/);
  await accessible(page, "the console with a mistake");
});

test("field names are completed", async (t) => {
  const page = await t.device("laptop", { allow: REFUSED });
  await look(page, "index=songs&q=love");
  await query(page).fill("");
  await query(page).pressSequentially("love AND tit");
  await page.getByRole("option", { name: "title String" }).waitFor();
  assert.equal(await query(page).getAttribute("aria-expanded"), "true");
  await query(page).press("ArrowDown");
  const active = await query(page).getAttribute("aria-activedescendant");
  assert.match(await page.locator(`[id="${active}"]`).innerText(), /title/);
  await query(page).press("Enter");
  assert.equal(await query(page).inputValue(), "love AND title:");
  await query(page).pressSequentially("night");
  await query(page).press("Enter");
  await until(async () => new URL(page.url()).searchParams.get("q") === "love AND title:night", "the query in the address");
  await filter(page).pressSequentially("gen");
  await page.getByRole("option", { name: "genres Collection(String)" }).click();
  assert.equal(await filter(page).inputValue(), "genres/any(x: x eq '')");
  await page.keyboard.type("funk");
  await filter(page).press("Enter");
  await until(async () => new URL(page.url()).searchParams.get("filter") === "genres/any(x: x eq 'funk')", "the filter in the address");
});

/** The tree of the open hit: `[value, [children]]`. */
const tree = (page) => page.locator(".score-tree").evaluate((root) => {
  const read = (element) => {
    const details = element.querySelector(":scope > details");
    const line = (details ?? element).querySelector(".part");
    const parts = details ? [...details.querySelectorAll(":scope > ul > li")].map(read) : [];
    return { text: line.querySelector(".what").innerText, value: Number(line.querySelector("data").value), parts };
  };
  return read(root);
});
const sum = (parts) => parts.reduce((total, part) => total + part.value, 0);
const near = (a, b) => assert.ok(Math.abs(a - b) <= 1e-4 * Math.max(1, Math.abs(b)), `${a} is not ${b}`);
function addsUp(part) {
  if (part.parts.length > 1) near(/product of$/.test(part.text) ? part.parts.reduce((product, one) => product * one.value, 1) : sum(part.parts), part.value);
  for (const inner of part.parts) addsUp(inner);
}

test("the score of a hit is explained, and adds up", async (t) => {
  const page = await t.device("laptop");
  await look(page, "index=songs&q=love+title:night");
  await page.locator(".hit .title").nth(1).click();
  await page.getByRole("button", { name: "Why this score?" }).click();
  await page.locator(".score-tree").waitFor();
  assert.equal(new URL(page.url()).searchParams.get("explain"), "true");
  const { hits } = (await rest("GET", "/v1/songs/search?q=love+title:night&explain=true&top=20")).json;
  const [key] = await page.locator('.hit[data-open="true"] .title').evaluateAll((titles) => titles.map((title) => title.dataset.key));
  const root = await tree(page);
  near(root.value, hits.find((hit) => hit.key === key).score);
  assert.ok(root.parts.length >= 2);
  addsUp(root);
  // With a taste: rank, text and taste.
  await look(page, "index=songs&q=love&tasteOf=u1&tasteWeight=0.3&explain=true");
  await page.locator(".hit .title").first().click();
  const ranked = await tree(page);
  assert.equal(ranked.parts.length, 2);
  addsUp(ranked);
  const first = (await rest("GET", "/v1/songs/search?q=love&tasteOf=u1&tasteWeight=0.3&top=20")).json.hits[0];
  near(ranked.value, first.rank);
  near(ranked.parts[1].value, 0.3 * first.taste);
});

test("an address reproduces the view; more hits follow the first", async (t) => {
  const page = await t.device("laptop");
  await look(page, "index=songs&q=love&sort=year+desc&filter=year+lt+2000&choose=language:en");
  const first = await keys(page);
  assert.equal(first.length, 20);
  await page.getByRole("button", { name: "Show 20 more" }).click();
  await until(async () => (await keys(page)).length === 40, "twice as many hits");
  const both = await keys(page);
  assert.deepEqual(both.slice(0, 20), first);
  assert.equal(new Set(both).size, 40);
  const other = await t.device("laptop");
  await other.goto(page.url());
  await answered(other);
  assert.deepEqual(await keys(other), both);
  assert.equal(await other.getByRole("checkbox", { name: /^en / }).isChecked(), true);
});

test("only the fields asked for are returned", async (t) => {
  const page = await t.device("laptop");
  await look(page, "index=songs&q=love");
  await page.getByRole("button", { name: "Fields" }).click();
  const returned = page.getByRole("combobox", { name: "Fields returned" });
  await returned.pressSequentially("id,yea");
  await page.getByRole("option", { name: /^year/ }).first().click();
  await returned.press("Enter");
  await until(async () => new URL(page.url()).searchParams.get("select") === "id,year", "the fields in the address");
  await page.locator(".hit .title").first().click();
  await until(async () => (await page.locator(".members dt").allInnerTexts()).join() === "id,year", "these fields alone");
});

test("a misspelling is corrected by a press", async (t) => {
  const page = await t.device("phone");
  await page.goto("/console?index=songs&q=lvoe");
  await page.getByText("Did you mean").getByRole("link", { name: "love" }).click();
  await until(async () => (await found(page)) > 100, "hits of the corrected word");
  assert.equal(await query(page).inputValue(), "love");
});

test("the five queries of every index find something", async (t) => {
  const page = await t.device("laptop");
  for (const index of ["songs", "artists", "users", "playlists", "venues"]) {
    await look(page, `index=${index}`);
    const ways = page.locator(".teach li a");
    await until(async () => (await ways.count()) === 5, `five ways into ${index}`);
    const hrefs = await ways.evaluateAll((links) => links.map((link) => link.href));
    for (const href of hrefs) {
      await page.goto(href);
      await answered(page);
      assert.ok((await found(page)) > 0, `${href} finds nothing`);
    }
  }
});

test("slow answers leave the last ones on screen, and an older answer never follows a newer", async (t) => {
  const page = await t.device("laptop", { allow: [/ERR_FAILED|ERR_ABORTED/] });
  await look(page, "index=songs&q=love");
  const before = await keys(page);
  let release;
  const held = new Promise((done) => (release = done));
  await page.route(/q=night&/, async (route) => {
    await held;
    await route.continue().catch(() => undefined);
  });
  await query(page).fill("night");
  await query(page).press("Enter");
  await page.locator('.middle[aria-busy="true"]').waitFor();
  assert.deepEqual(await keys(page), before, "the last hits are still there");
  await query(page).fill("heart");
  await query(page).press("Enter");
  await answered(page);
  const heart = (await rest("GET", "/v1/songs/search?q=heart&top=20")).json.hits.map((hit) => hit.key);
  await until(async () => (await keys(page)).join() === heart.join(), "hits of the newer query");
  release();
  await page.waitForLoadState("networkidle");
  assert.deepEqual(await keys(page), heart);
});

test("similar songs by taste stand in for vectors", async (t) => {
  const page = await t.device("phone");
  await look(page, "index=songs&q=love");
  await page.getByRole("button", { name: "Vector" }).click();
  await page.getByText("The index songs has no field of vectors").waitFor();
  const title = page.locator(".hit .title").first();
  const key = await title.getAttribute("data-key");
  await title.click();
  await page.getByRole("button", { name: "Similar songs" }).click();
  const { songs } = (await rest("GET", `/v1/recommendations/similar/songs/${key}?k=8`)).json;
  await until(async () => (await page.locator(".similar a").count()) === songs.length, "the neighbours");
  assert.deepEqual((await page.locator(".similar a").allInnerTexts()).map((text) => text.trim()), songs.map((song) => song.title));
});
