// The search console as a page: keys, small screens, light and dark, languages.
import { accessible, assert, fits, shot, test, until } from "./lib.mjs";

/** Opens a view and waits for its answer. */
async function look(page, address) {
  await page.goto(`/console?${address}`);
  await answered(page);
}
const answered = (page) => page.locator('.middle[aria-busy="false"] #found').filter({ hasText: /\d/ }).waitFor();
const found = async (page) => Number((await page.locator("#found").innerText()).replaceAll(/\D/g, ""));
const keys = (page) => page.locator(".hit .title").evaluateAll((titles) => titles.map((title) => title.dataset.key));
const query = (page) => page.getByRole("combobox", { name: "Query" });
const filter = (page) => page.getByRole("combobox", { name: "Filter (OData)" });

test("without a mouse: search, walk through the hits, open, close, clear", async (t) => {
  const page = await t.device("laptop");
  await look(page, "index=songs&q=love");
  const focused = () => page.evaluate(() => document.activeElement.dataset.key ?? document.activeElement.id);
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await accessible(page, "the list of keys");
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  assert.equal(await focused(), "q");
  await page.keyboard.type("night");
  await page.keyboard.press("Enter");
  await until(async () => new URL(page.url()).searchParams.get("q") === "night", "the query");
  await answered(page);
  const all = await keys(page);
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), all[0]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), all[2]);
  await page.keyboard.press("ArrowUp");
  assert.equal(await focused(), all[1]);
  await page.keyboard.press("Enter");
  await page.locator('.hit[data-open="true"]').getByRole("heading", { name: "Document" }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("open"), all[1]);
  await page.keyboard.press("Escape");
  await page.locator('.hit[data-open="true"]').waitFor({ state: "detached" });
  assert.equal(await focused(), all[1]);
  await page.keyboard.press("Escape");
  assert.equal(await focused(), "q");
  await page.keyboard.press("Escape");
  await until(async () => (await query(page).inputValue()) === "", "an empty query");
  await page.getByRole("heading", { name: "Five ways into songs" }).waitFor();
  // A facet by keyboard keeps the focus although its row moves.
  const box = page.getByRole("checkbox", { name: /^folk / });
  await box.focus();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Remove genres: folk" }).waitFor();
  await until(() => page.evaluate(() => document.activeElement.value === "folk"), "the focus stays on the value");
});

test("the cheat sheet puts examples into query and filter", async (t) => {
  const page = await t.device("laptop");
  await look(page, "index=songs");
  await page.getByRole("button", { name: "Syntax" }).click();
  await accessible(page, "the cheat sheet");
  await shot(page, "console-sheet");
  await page.getByRole("button", { name: "title:love", exact: true }).click();
  await until(async () => (await query(page).inputValue()) === "title:love", "the example in the query");
  await page.getByRole("button", { name: "Syntax" }).click();
  await page.getByRole("button", { name: /^year ge 1980 and year lt 1990$/ }).click();
  await until(async () => (await filter(page).inputValue()) === "year ge 1980 and year lt 1990", "the example in the filter");
  await answered(page);
});

test("on a phone facets and request are a press away, nothing scrolls sideways, and axe is content", async (t) => {
  for (const kind of ["phone", "narrow"]) {
    const page = await t.device(kind, { scheme: kind === "phone" ? "dark" : "light" });
    await look(page, "index=songs&q=love");
    await fits(page, `the console, ${kind}`);
    if (kind === "phone") await shot(page, "console-phone");
    await page.locator(".hit .title").first().click();
    await page.getByRole("button", { name: "Why this score?" }).click();
    await page.locator(".score-tree").waitFor();
    await fits(page, `an open hit, ${kind}`);
    await accessible(page, `an open hit, ${kind}`);
    await page.getByRole("button", { name: "Facets" }).click();
    const all = await found(page);
    await page.getByRole("dialog", { name: "Facets" }).getByRole("checkbox", { name: /^funk / }).check();
    await until(async () => (await found(page)) < all, "fewer hits");
    await accessible(page, `facets, ${kind}`);
    await fits(page, `facets, ${kind}`);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Request" }).click();
    await page.getByRole("dialog", { name: "Request and answer" }).getByText("--data-urlencode q=love").waitFor();
    await accessible(page, `the request, ${kind}`);
    await fits(page, `the request, ${kind}`);
  }
});

test("light and dark, empty and full, are as approved and accessible", async (t) => {
  for (const scheme of ["light", "dark"]) {
    const page = await t.device("laptop", { scheme });
    await look(page, "index=songs");
    await accessible(page, `the empty console, ${scheme}`);
    await shot(page, `console-empty-${scheme}`, { mask: [page.locator(".above .small"), page.locator(".exchange .figures"), page.locator(".exchange pre")] });
    await look(page, "index=songs&q=love&choose=genres:funk&explain=true&open=s7569");
    await accessible(page, `the console, ${scheme}`);
    await shot(page, `console-${scheme}`, { mask: [page.locator(".above .small"), page.locator(".exchange .figures"), page.locator(".exchange pre")] });
  }
});

test("the console speaks French, and from right to left", async (t) => {
  const page = await t.device("laptop", { language: "fr-FR" });
  await look(page, "index=songs&q=love&dir=rtl");
  await page.getByRole("heading", { name: "Console de recherche" }).waitFor();
  assert.match(await page.locator("#found").innerText(), /résultats/);
  await fits(page, "the console from right to left");
  await page.getByRole("link", { name: "Définition" }).click();
  await page.getByRole("heading", { name: "Champs" }).waitFor();
  assert.match(page.url(), /dir=rtl/);
});
