// What the browser tests share: Debian's Chromium through playwright-core, phones and laptops that notice every console error and every
// request to another host, axe, screenshots, and the REST calls that set a scene. The server is TUTTI_URL with TUTTI_ADMIN_KEY
// (tests/web.sh starts a demo). TUTTI_APPROVE=1 takes screenshots as the approved ones.
import { after, test as nodeTest } from "node:test";
import { strict as assert } from "node:assert";
import { mkdirSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { PNG } from "pngjs";

export { assert };
const here = path.dirname(fileURLToPath(import.meta.url));
export const BASE = (process.env.TUTTI_URL ?? "").replace(/\/$/, "");
export const ADMIN_KEY = process.env.TUTTI_ADMIN_KEY ?? "";
/** Milliseconds a wait for a state may take: two cores do everything at once. */
export const PATIENCE = 20_000;

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb", "--host-resolver-rules=MAP party.test 127.0.0.1"];
let launched;
/** The browser of this file. */
export const browser = () =>
  (launched ??= chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: [...FLAGS, ...(process.env.TUTTI_CHROMIUM_FLAGS?.split(" ") ?? [])] }));
after(async () => (await launched)?.close());

const SIZES = { phone: { width: 390, height: 844 }, laptop: { width: 1440, height: 900 }, tv: { width: 1920, height: 1080 }, narrow: { width: 320, height: 640 } };

/** One test. `t.device(kind, options)` opens a page; at the end all are closed, and none may have complained. */
export function test(name, body, options = {}) {
  nodeTest(name, { timeout: 120_000, ...options }, async (t) => {
    if (!BASE) assert.fail("TUTTI_URL is not set: tests/web.sh starts a server and sets it");
    const devices = [];
    t.device = async (kind = "phone", options) => {
      const page = await device(kind, options);
      devices.push(page);
      return page;
    };
    try {
      await body(t);
      for (const page of devices) page.complain();
    } catch (error) {
      const folder = path.join(here, "failures");
      mkdirSync(folder, { recursive: true });
      for (const [at, page] of devices.entries()) {
        await page.screenshot({ path: path.join(folder, `${name.replaceAll(/\W+/g, "-").slice(0, 80)}-${at}.png`) }).catch(() => undefined);
      }
      throw error;
    } finally {
      for (const page of devices) await page.context().close().catch(() => undefined);
    }
  });
}

/**
 * A page on a device of its own, with nothing kept from others. `scheme` light or dark, `language` such as "fr-FR", `motion` true to keep
 * animations, `insecure` as phones on a home network have it: no TLS and no loopback; `allow` patterns of console errors that the test means to cause (an answer 404 is one in Chromium), `session` a guest to be.
 */
async function device(kind, { scheme = "dark", language = "en-GB", motion = false, allow = [], session, insecure = false, context = {} } = {}) {
  const phone = kind === "phone" || kind === "narrow";
  const base = insecure ? BASE.replace("127.0.0.1", "party.test") : BASE;
  const opened = await (await browser()).newContext({
    baseURL: base,
    viewport: SIZES[kind],
    isMobile: phone,
    hasTouch: phone,
    deviceScaleFactor: phone ? 2 : 1,
    colorScheme: scheme,
    reducedMotion: motion ? "no-preference" : "reduce",
    locale: language,
    timezoneId: "Europe/London",
    ...context,
  });
  opened.setDefaultTimeout(PATIENCE);
  if (session) await opened.addInitScript((kept) => { if (!localStorage.getItem("tutti.session")) localStorage.setItem("tutti.session", kept); }, JSON.stringify(session));
  const page = await opened.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.stack ?? error}`));
  page.on("console", (message) => {
    if (message.type() === "error" || /Content.Security.Policy/i.test(message.text())) complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (/^https?:|^wss?:/.test(protocol) && origin.replace(/^ws/, "http") !== new URL(base).origin) complaints.push(`another host: ${request.url()}`);
  });
  page.complain = () => {
    const left = complaints.filter((text) => !allow.some((pattern) => pattern.test(text)));
    assert.deepEqual(left, [], "the browser complained");
  };
  return page;
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Tries until it holds or patience is over, as Playwright's own expectations do: a page that is still being painted is no fault. */
async function eventually(check) {
  const until = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((done) => setTimeout(done, 250));
    }
  }
}

/** Nothing that axe finds by the rules of WCAG 2.2 AA and its own best practices, unless of less than serious impact. */
export async function accessible(page, what = "the page") {
  // Evaluated by the debugger, which the page's Content-Security-Policy does not bind.
  await page.evaluate(axe);
  await eventually(async () => {
    const { violations } = await page.evaluate(() =>
      globalThis.axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const shown = serious.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.slice(0, 5).map((node) => `${node.target} ${node.failureSummary?.replaceAll("\n", " ")}`).join("\n  ")}`);
    assert.deepEqual(shown, [], `axe on ${what}`);
  });
}

/** Nothing reaches beyond the side of the screen. */
export async function fits(page, what = "the page") {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wide <= room, `${what} is ${wide} px wide on a screen of ${room} px`);
}

/** Screenshots are compared as pictures of 16-pixel squares: what moved or changed colour counts, a changed letter does not. */
const SQUARE = 16;
/** Part of the squares that may differ. */
const DIFFERENT = 0.2;
/** Difference of a square's mean colour, 0 to 255, from which it differs. */
const NOTICED = 28;

/** The folder of an approved screenshot: one for each page and, of the party, one for its sheets. */
function folder(name) {
  const [page, part] = name.split("-");
  return page === "party" && !["phone", "laptop", "door", "host"].includes(part) ? "party-sheets" : page;
}

/** Takes a screenshot into `shots/` and holds it against the approved one. Pass `mask` locators for what differs every time. */
export async function shot(page, name, { mask = [], compare = true } = {}) {
  await page.evaluate(() => document.fonts.ready);
  // What is seen is there and decoded; a picture that cannot be is for the test to miss.
  await page.evaluate(() => {
    const seen = [...document.images].filter((image) => image.checkVisibility() && image.getBoundingClientRect().top < innerHeight);
    const late = new Promise((done) => setTimeout(done, 5000));
    return Promise.race([Promise.allSettled(seen.map((image) => image.decode())), late]);
  });
  const take = async () => {
    const bytes = await page.screenshot({ animations: "disabled", caret: "hide", mask, maskColor: "#808080", scale: "css" });
    mkdirSync(path.join(here, "shots"), { recursive: true });
    writeFileSync(path.join(here, "shots", `${name}.png`), bytes);
    return bytes;
  };
  if (!compare) return void (await take());
  const file = path.join(here, "approved", folder(name), `${name}.png`);
  if (process.env.TUTTI_APPROVE) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, PNG.sync.write(squares(PNG.sync.read(await take()))));
    return;
  }
  assert.ok(existsSync(file), `no approved screenshot ${name}: look at shots/${name}.png and run with TUTTI_APPROVE=1`);
  const approved = PNG.sync.read(readFileSync(file));
  await eventually(async () => {
    const seen = squares(PNG.sync.read(await take()));
    assert.deepEqual([seen.width, seen.height], [approved.width, approved.height], `${name}: another size`);
    const share = different(seen, approved);
    assert.ok(share <= DIFFERENT, `${name}: ${(100 * share).toFixed(0)} % of it looks different from the approved screenshot`);
  });
}

/** Part of the squares that look different. */
function different(seen, approved) {
  let count = 0;
  for (let at = 0; at < seen.data.length; at += 4) {
    const off = Math.max(...[0, 1, 2].map((part) => Math.abs(seen.data[at + part] - approved.data[at + part])));
    if (off > NOTICED) count++;
  }
  return count / (seen.width * seen.height);
}

function squares({ width, height, data }) {
  const small = new PNG({ width: Math.ceil(width / SQUARE), height: Math.ceil(height / SQUARE) });
  const sums = new Float64Array(small.width * small.height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [from, to] = [(y * width + x) * 4, (Math.floor(y / SQUARE) * small.width + Math.floor(x / SQUARE)) * 4];
      for (let part = 0; part < 3; part++) sums[to + part] += data[from + part];
      sums[to + 3] += 1;
    }
  }
  for (let at = 0; at < sums.length; at += 4) {
    for (let part = 0; part < 3; part++) small.data[at + part] = Math.round(sums[at + part] / sums[at + 3]);
    small.data[at + 3] = 255;
  }
  return small;
}

/** A call to the API: `{status, json}`. */
export async function rest(method, route, { token, key, body } = {}) {
  const headers = {};
  if (token) headers.authorization = `Bearer ${token}`;
  if (key) headers["api-key"] = key;
  if (body !== undefined) headers["content-type"] = "application/json";
  const response = await fetch(BASE + route, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE) });
  const text = await response.text();
  let json;
  try { json = JSON.parse(text); } catch { json = undefined; }
  return { status: response.status, json, text };
}

async function must(method, route, options, status) {
  const answer = await rest(method, route, options);
  assert.ok(answer.status === status || (status === 200 && answer.status < 300), `${method} ${route} answered ${answer.status}: ${answer.text.slice(0, 300)}`);
  return answer.json;
}

/** A guest: `{userId, token, name}`, as the pages keep one; hand it to `device` as `session`. */
export const guest = async (name) => ({ ...(await must("POST", "/v1/guests", { body: { name } }, 201)), name });
/** A room of this host: `{id, code, link, rev, screenToken}`. */
export const createRoom = (host, body = {}) => must("POST", "/v1/rooms", { token: host.token, body: { name: "Party", ...body } }, 201);
/** Joins over REST. */
export const join = (who, room) => must("POST", `/v1/rooms/${room.id}/join`, { token: who.token, body: { op: crypto.randomUUID(), name: who.name } }, 200);
/** An op over REST; the ack. */
export const op = (who, room, name, payload = {}) => must("POST", `/v1/rooms/${room.id}/commands/${name}`, { token: who.token, body: { op: crypto.randomUUID(), ...payload } }, 200);
/** Songs of the catalogue. */
export const songs = async (top = 10, q = "") => (await must("GET", `/v1/songs/search?top=${top}&q=${encodeURIComponent(q)}`, {}, 200)).hits.map(({ key, document }) => ({ id: key, ...document }));
/** Waits until `look` gives something true. */
export async function until(look, what) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) assert.fail(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 60));
  }
}
