// The page of the API: every request is there, can be found, linked to, copied and tried.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { accessible, assert, fits, rest, shot, test, until } from "./lib.mjs";

const run = promisify(execFile);
const operations = (page) => page.locator("details.operation");
const described = async () => (await rest("GET", "/v1/openapi.json")).json;

test("every path and method of the description is listed, with every parameter and answer", async (t) => {
  const page = await t.device("laptop");
  await page.goto("/docs");
  await operations(page).first().waitFor();
  const { paths, components } = await described();
  const expected = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
  const listed = await operations(page).evaluateAll((all) => all.map((one) => `${one.querySelector(".method").textContent} ${one.querySelector(".path").textContent}`));
  assert.deepEqual(listed.toSorted(), expected.toSorted());
  const links = await page.getByRole("navigation", { name: "Requests" }).locator("li a").evaluateAll((all) => all.map((one) => one.title));
  assert.deepEqual(links.toSorted(), expected.toSorted());
  await page.getByRole("button", { name: "Open all" }).click();
  await until(async () => (await page.locator("details.operation[open] .inside").count()) === expected.length, "all open");
  const inside = new Map(await operations(page).evaluateAll((all) => all.map((one) => [`${one.querySelector(".method").textContent} ${one.querySelector(".path").textContent}`, [...one.querySelectorAll("dt")].map((term) => term.textContent)])));
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { parameters = [], responses }] of Object.entries(methods)) {
      const terms = inside.get(`${method.toUpperCase()} ${path}`);
      for (const { name } of parameters) assert.ok(terms.some((term) => term.startsWith(name)), `${method} ${path}: parameter ${name}`);
      for (const status of Object.keys(responses)) assert.ok(terms.includes(status), `${method} ${path}: answer ${status}`);
    }
  }
  for (const name of Object.keys(components.schemas)) assert.equal(await page.locator(`[id="schema-${name}"]`).count(), 1, name);
  await accessible(page, "the API page with everything open");
  await page.getByRole("button", { name: "Close all" }).click();
  await until(async () => (await page.locator("details.operation[open]").count()) === 0, "all closed");
});

test("a request is found, linked to and opened by its address", async (t) => {
  const page = await t.device("laptop");
  await page.goto("/docs");
  await operations(page).first().waitFor();
  const all = await operations(page).count();
  await page.getByRole("searchbox").fill("qr");
  await until(async () => (await operations(page).count()) < all && (await page.locator("#get-v1-rooms-id-qr-svg").count()) === 1, "the request with a QR code");
  assert.equal(new URL(page.url()).searchParams.get("find"), "qr");
  await page.locator("#get-v1-rooms-id-qr-svg > summary").click();
  await until(async () => new URL(page.url()).hash === "#get-v1-rooms-id-qr-svg", "the deep link");
  await page.getByRole("searchbox").fill("zzzz");
  await page.getByRole("heading", { name: "No request has that in it" }).waitFor();
  await page.getByRole("button", { name: "Show all" }).click();
  await until(async () => (await operations(page).count()) === all, "all again");

  const other = await t.device("laptop");
  await other.goto("/docs#post-v1-index-documents");
  await other.locator("#post-v1-index-documents[open] .inside").waitFor();
  await until(() => other.locator("#post-v1-index-documents").evaluate((box) => Math.abs(box.getBoundingClientRect().top) < 100), "scrolled to it");
  await other.getByRole("link", { name: "Action", exact: true }).first().click();
  await until(() => other.locator("#schema-Action").evaluate((box) => box.getBoundingClientRect().top < innerHeight), "scrolled to the shape");
});

test("reading is tried out, and the shown curl does the same", async (t) => {
  const page = await t.device("laptop");
  await page.goto("/docs#get-v1-index-search");
  const box = page.locator("#get-v1-index-search");
  await box.getByLabel("q", { exact: true }).fill("it's love");
  await box.getByLabel("top", { exact: true }).fill("2");
  await box.getByRole("button", { name: "Send" }).click();
  await box.locator(".try ~ [role=status] .tag").filter({ hasText: "200" }).waitFor();
  const shown = JSON.parse(await box.locator("pre").last().innerText());
  const { stdout } = await run("bash", ["-c", await box.locator("pre").first().innerText()]);
  assert.deepEqual(JSON.parse(stdout).hits, shown.hits);
  assert.equal(shown.hits.length, 2);
});

test("on a phone nothing scrolls sideways, in light and dark it is as approved", async (t) => {
  for (const kind of ["phone", "narrow"]) {
    const page = await t.device(kind, { scheme: kind === "phone" ? "dark" : "light" });
    await page.goto("/docs");
    await operations(page).first().waitFor();
    await fits(page, `the API page, ${kind}`);
    await accessible(page, `the API page, ${kind}`);
    if (kind === "phone") await shot(page, "docs-phone");
    await page.getByRole("button", { name: "Open all" }).click();
    await until(async () => (await page.locator(".inside").count()) === (await operations(page).count()), "all open");
    await fits(page, `the API page, all open, ${kind}`);
  }
  for (const scheme of ["light", "dark"]) {
    const page = await t.device("laptop", { scheme });
    await page.goto("/docs#get-v1-index-search");
    await page.locator("#get-v1-index-search[open] .inside").waitFor();
    await until(() => page.locator("#get-v1-index-search").evaluate((box) => Math.abs(box.getBoundingClientRect().top) < 100), "scrolled to it");
    await accessible(page, `the API page, ${scheme}`);
    await shot(page, `docs-${scheme}`);
  }
});

test("without an answer the API page says so and tries again", async (t) => {
  const page = await t.device("laptop", { allow: [/Failed to load resource/] });
  await page.route("**/v1/openapi.json", (route) => route.abort());
  await page.goto("/docs");
  await page.getByRole("alert").getByText("The server does not answer.").waitFor();
  await page.unroute("**/v1/openapi.json");
  await page.getByRole("button", { name: "Try again" }).click();
  await operations(page).first().waitFor();
});
