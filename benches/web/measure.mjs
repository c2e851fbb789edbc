// Measures the pages of a running demo (TUTTI_URL) in Chromium; benches/web.sh starts it. Prints Markdown tables.
import { createRequire } from "node:module";
const { chromium } = createRequire(new URL("../../tests/web/lib.mjs", import.meta.url))("playwright-core");

const BASE = process.env.TUTTI_URL.replace(/\/$/, "");
const KEY = process.env.TUTTI_ADMIN_KEY;
const HOUSE = process.env.TUTTI_HOUSE;
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const SLOWER = 4;
const MANY = 500;

async function call(method, path, { token, body } = {}) {
  const response = await fetch(BASE + path, {
    method,
    headers: { "content-type": "application/json", "api-key": KEY, ...(token && { authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 200)}`);
  return text && JSON.parse(text);
}
const guest = async (name) => ({ ...(await call("POST", "/v1/guests", { body: { name } })), name });
const op = (who, room, name, payload) => call("POST", `/v1/rooms/${room.id}/commands/${name}`, { token: who.token, body: { op: crypto.randomUUID(), ...payload } });
const join = (who, room) => call("POST", `/v1/rooms/${room.id}/join`, { token: who.token, body: { op: crypto.randomUUID(), name: who.name } });
const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--enable-precise-memory-info", "--js-flags=--expose-gc"] });
const opened = async (options, session) => {
  const context = await browser.newContext({ ...options, locale: "en-GB" });
  if (session) await context.addInitScript((kept) => localStorage.setItem("tutti.session", kept), JSON.stringify(session));
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  return page;
};

/** Bytes over the wire until the page is quiet, by kind. */
async function weight(path, session) {
  const page = await opened(PHONE, session);
  const tools = await page.context().newCDPSession(page);
  await tools.send("Network.enable");
  const kinds = new Map();
  const bytes = { Document: 0, Script: 0, Stylesheet: 0, Font: 0, Image: 0, other: 0 };
  tools.on("Network.responseReceived", ({ requestId, type }) => kinds.set(requestId, type));
  tools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId) ?? "other";
    bytes[kind in bytes ? kind : "other"] += encodedDataLength;
  });
  await page.goto(BASE + path, { waitUntil: "networkidle" }).catch(() => undefined);
  await sleep(500);
  await page.context().close();
  return bytes;
}

const host = await guest("Host");
const room = await call("POST", "/v1/rooms", { token: host.token, body: { name: "A small party" } });
const kb = (bytes) => (bytes / 1000).toFixed(1);
console.log(`Chromium ${browser.version()}, ${new Date().toISOString().slice(0, 10)}\n`);
console.log("| page, first visit | script and style, kB | font | HTML | answers and covers | all |\n| --- | ---: | ---: | ---: | ---: | ---: |");
for (const [name, path, session] of [["party, at the door", `/r/${room.code}`], ["party, inside", `/r/${room.code}`, host], ["wall", `/r/${room.code}/wall`, host], ["home", "/"], ["places", "/places"], ["venue", `/venue/${HOUSE}#key=${KEY}`], ["console", "/console"], ["docs", "/docs"]]) {
  const bytes = await weight(path, session);
  const rest = bytes.Image + bytes.other;
  const all = Object.values(bytes).reduce((sum, part) => sum + part, 0);
  console.log(`| ${name} | ${kb(bytes.Script + bytes.Stylesheet)} | ${kb(bytes.Font)} | ${kb(bytes.Document)} | ${kb(rest)} | ${kb(all)} |`);
}

// First interaction: from the address to the join button being there, its press, and the party being shown.
const times = [];
for (let round = 0; round < 7; round++) {
  const page = await opened(PHONE);
  const tools = await page.context().newCDPSession(page);
  await tools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  // Watched from within: a thumb that waits for the button, and what it sees.
  await page.addInitScript(() => {
    const seen = (globalThis.seen = {});
    new MutationObserver(() => {
      const button = document.querySelector("form button.main");
      if (button && seen.ready === undefined) {
        seen.ready = performance.now();
        requestAnimationFrame(() => setTimeout(() => {
          button.click();
          requestAnimationFrame(() => setTimeout(() => (seen.pressed = performance.now())));
        }));
      }
      if (document.querySelector(".party") && seen.inside === undefined) seen.inside = performance.now();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(`${BASE}/r/${room.code}`, { waitUntil: "commit" });
  await page.locator(".party").waitFor();
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  times.push({ paint, ...(await page.evaluate(() => globalThis.seen)) });
  await page.context().close();
}
const middle = (name) => quantile(sorted(times.map((time) => time[name])), 0.5).toFixed(0);
console.log(`\nProcessor ${SLOWER} times slower, median of ${times.length}, ms after the address: first paint ${middle("paint")}, join button there ${middle("ready")}, first press handled and painted ${middle("pressed")}, in the party ${middle("inside")}.`);

// A vote, from the press on one phone to its number on another.
{
  const [a, b] = [await guest("Ana"), await guest("Ben")];
  const song = (await call("GET", "/v1/songs/search?top=1&q=love")).hits[0];
  const item = (await op(host, room, "song:add", { songId: song.key })).item;
  await op(host, room, "room:settings", { settings: { autopilot: false } });
  const [one, other] = [await opened(PHONE, a), await opened(PHONE, b)];
  for (const who of [a, b]) await join(who, room);
  for (const page of [one, other]) await page.goto(`${BASE}/r/${room.code}`);
  const row = (page) => page.locator(`[data-item="${item}"]`);
  for (const page of [one, other]) await row(page).waitFor();
  await sleep(1000);
  const seen = [];
  for (let round = 0; round < 40; round++) {
    const watched = other.evaluate((id) => new Promise((done) => {
      const score = document.querySelector(`[data-item="${id}"] .score`);
      new MutationObserver((_, observer) => { observer.disconnect(); requestAnimationFrame(() => done(Date.now())); }).observe(score, { characterData: true, childList: true, subtree: true });
    }), item);
    await sleep(120);
    const pressed = await one.evaluate((id) => { const at = Date.now(); document.querySelector(`[data-item="${id}"] .up`).click(); return at; }, item);
    seen.push((await watched) - pressed);
  }
  const times = sorted(seen);
  console.log(`\nA vote from one phone to the other's screen, ${times.length} times: p50 ${quantile(times, 0.5)} ms, p95 ${quantile(times, 0.95)} ms.`);
  for (const page of [one, other]) await page.context().close();
}

// 500 songs, 500 members: scrolling while others vote.
{
  const big = await call("POST", "/v1/rooms", { token: host.token, body: { name: "A big party", settings: { maxQueue: MANY + 10, autopilot: false } } });
  const songs = (await call("GET", `/v1/songs/search?top=${MANY}&select=id`)).hits.map((hit) => hit.key);
  const guests = [];
  const items = [];
  for (let at = 0; at < MANY; at += 20) {
    const some = await Promise.all(Array.from({ length: 20 }, (_, n) => guest(`Guest ${at + n + 1}`)));
    for (const [n, one] of some.entries()) {
      await join(one, big);
      items.push((await op(one, big, "song:add", { songId: songs[at + n] })).item);
    }
    guests.push(...some);
  }
  await op(host, big, "play:start", {});
  const scroll = async (rate) => {
    const page = await opened(PHONE, host);
    const tools = await page.context().newCDPSession(page);
    await page.goto(`${BASE}/r/${big.code}`);
    await page.locator(".song").first().waitFor();
    await sleep(2000);
    await tools.send("Emulation.setCPUThrottlingRate", { rate });
    await page.evaluate(() => {
      globalThis.long = [];
      globalThis.frames = [];
      new PerformanceObserver((list) => globalThis.long.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
      let last = performance.now();
      const frame = (now) => { globalThis.frames.push(now - last); last = now; globalThis.going = requestAnimationFrame(frame); };
      requestAnimationFrame(frame);
    });
    let on = true;
    const votes = (async () => { for (let at = 0; on; at++) { await op(guests[at % MANY], big, "song:vote", { item: items[(at * 7) % MANY], vote: at % 2 ? "up" : "none" }).catch(() => undefined); await sleep(200); } })();
    const cdp = { x: 195, y: 500, xDistance: 0, speed: 2500, gestureSourceType: "touch" };
    for (let sweep = 0; sweep < 6; sweep++) await tools.send("Input.synthesizeScrollGesture", { ...cdp, yDistance: sweep % 2 ? 6000 : -6000 });
    on = false;
    await votes;
    const { long, frames } = await page.evaluate(() => { cancelAnimationFrame(globalThis.going); return { long: globalThis.long, frames: globalThis.frames }; });
    const rows = await page.evaluate(() => document.querySelectorAll(".song").length);
    await page.context().close();
    return { long, frames: sorted(frames), rows };
  };
  console.log("\n| 500 songs, 500 members, scrolled while five votes a second arrive | tasks over 50 ms | longest, ms | frame p50, ms | frame p99, ms | rows in the document |\n| --- | ---: | ---: | ---: | ---: | ---: |");
  for (const rate of [1, SLOWER]) {
    const { long, frames, rows } = await scroll(rate);
    console.log(`| ${rate === 1 ? "this processor" : `${rate} times slower`} | ${long.length} | ${long.length ? Math.max(...long).toFixed(0) : "none"} | ${quantile(frames, 0.5).toFixed(1)} | ${quantile(frames, 0.99).toFixed(1)} | ${rows} |`);
  }
  const people = await opened(PHONE, host);
  await people.goto(`${BASE}/r/${big.code}`);
  await people.locator(".song").first().waitFor();
  await sleep(1500);
  await people.evaluate(() => { globalThis.long = []; new PerformanceObserver((list) => globalThis.long.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" }); });
  await people.getByRole("button", { name: /500|501|who is here/i }).first().click();
  await people.getByRole("dialog").waitFor();
  await sleep(1500);
  const long = await people.evaluate(() => globalThis.long);
  console.log(`\nOpening the list of 501 people: ${long.length ? `a task of ${Math.max(...long).toFixed(0)} ms` : "no task over 50 ms"}.`);
  await people.context().close();
}

// The wall: 200 changes of the queue, memory before and after.
{
  const wall = await opened({ viewport: { width: 1920, height: 1080 } }, host);
  await wall.goto(`${BASE}/r/${room.code}/wall#token=${room.screenToken}`);
  await sleep(3000);
  const heap = async () => { await wall.evaluate(() => { for (let at = 0; at < 3; at++) globalThis.gc?.(); }); return wall.evaluate(() => performance.memory.usedJSHeapSize); };
  const songs = (await call("GET", "/v1/songs/search?top=300&select=id")).hits.map((hit) => hit.key);
  const change = async (count, from) => {
    for (let at = 0; at < count; at++) {
      const added = await op(host, room, "song:add", { songId: songs[from + at] });
      await op(host, room, "song:remove", { item: added.item });
      await sleep(220);
    }
    await sleep(1000);
  };
  await change(40, 0);
  const before = await heap();
  await change(200, 50);
  console.log(`\nThe wall over 200 songs added and removed: ${(before / 1e6).toFixed(2)} MB of script memory before, ${((await heap()) / 1e6).toFixed(2)} MB after.`);
}
await browser.close();
