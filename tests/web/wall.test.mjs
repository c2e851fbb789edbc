// The wall as a room full of people sees it: it follows the party, always shows the way in, and does not grow.
import { accessible, assert, fits, op, rest, shot, test, until } from "./lib.mjs";
import { add, comesIn, member, scene } from "./party-scene.mjs";

async function wall(t, room, { kind = "tv", token = room.screenToken, ...options } = {}) {
  const page = await t.device(kind, options);
  await page.goto(`/r/${room.code}/wall${token ? `#token=${encodeURIComponent(token)}` : ""}`);
  await page.locator(".wall-door").waitFor();
  return page;
}

test("wall: it follows the party, with the way in always there", async (t) => {
  const { host, room, songs: some } = await scene();
  const page = await wall(t, room);
  await page.getByRole("heading", { name: "It is quiet here" }).waitFor();
  assert.doesNotMatch(page.url(), /token/, "the token is out of the address");
  await page.getByText(room.code, { exact: true }).waitFor();
  await until(() => page.getByAltText("QR code to join Friday").evaluate((image) => image.naturalWidth > 0), "the QR code");
  await accessible(page, "the quiet wall");
  for (const song of some.slice(0, 8)) await add(host, room, song);
  await op(host, room, "play:start");
  await page.getByRole("heading", { name: some[0].title, exact: true }).waitFor();
  await page.getByText("picked by Hanna").waitFor();
  assert.equal(await page.locator(".wall-next li").count(), 5, "five songs are shown");
  const size = await page.locator(".wall-title").evaluate((title) => parseFloat(getComputedStyle(title).fontSize) / innerHeight);
  assert.ok(size >= 0.08, `the title is ${(100 * size).toFixed(1)} % of the screen high`);
  await accessible(page, "the wall");
  await fits(page, "the wall");
  await shot(page, "wall-tv", { mask: [page.locator(".wall-now, .wall-next, .wall-door, .wall-glow")] });
  await op(host, room, "play:skip", { item: (await rest("GET", `/v1/rooms/${room.id}/state`, { token: host.token })).json.state.now.item });
  await page.getByRole("heading", { name: some[1].title, exact: true }).waitFor();
  const { json } = await rest("GET", `/v1/rooms/${room.id}/state`, { token: host.token });
  assert.deepEqual(json.state.members.map(({ role }) => role).sort(), ["host", "screen"], "it came in as a screen");
});

test("wall: without a token it is a guest that a host can make a screen", async (t) => {
  const { host, room, songs: some } = await scene();
  await add(host, room, some[0]);
  await op(host, room, "play:start");
  const page = await wall(t, room, { token: null, kind: "laptop" });
  await page.getByRole("heading", { name: some[0].title, exact: true }).waitFor();
  const state = async () => (await rest("GET", `/v1/rooms/${room.id}/state`, { token: host.token })).json.state;
  const screen = (await state()).members.find(({ name }) => name === "Screen");
  assert.equal(screen.role, "guest");
  await op(host, room, "member:role", { member: screen.id, role: "screen" });
  await page.reload();
  await page.getByRole("heading", { name: some[0].title, exact: true }).waitFor();
  assert.equal((await state()).members.length, 2, "it came back as itself");
});

test("wall: it shows the code to check in where one is needed, and comes back by itself", async (t) => {
  const { room } = await scene({ settings: { requireCheckin: true } });
  const page = await wall(t, room, { allow: [/ERR_INTERNET_DISCONNECTED|WebSocket|Failed to load/] });
  const shown = page.locator(".wall-checkin b");
  await shown.waitFor();
  const ana = await comesIn(t, room, "Ana");
  await ana.getByRole("button", { name: /Who is here/ }).click();
  await ana.getByRole("button", { name: "Check in", exact: true }).click();
  await ana.getByLabel(/code on the venue/).fill(await shown.textContent());
  await ana.getByRole("button", { name: "Check in with the code" }).click();
  await ana.getByRole("heading", { name: "You are checked in" }).waitFor();
  await page.context().setOffline(true);
  await page.getByText("Reconnecting").waitFor();
  await page.context().setOffline(false);
  await page.getByText("Reconnecting").waitFor({ state: "detached" });
});

test("wall: two hundred changes leave it as small as before", async (t) => {
  const { host, room, songs: some } = await scene();
  const page = await wall(t, room);
  for (const song of some.slice(0, 6)) await add(host, room, song);
  await op(host, room, "play:start");
  const guests = [];
  for (let n = 0; n < 5; n++) guests.push(await member(room, `Guest ${n}`));
  await page.getByRole("heading", { name: some[0].title, exact: true }).waitFor();
  const nodes = () => page.evaluate(() => document.getElementsByTagName("*").length);
  const before = await nodes();
  const items = (await rest("GET", `/v1/rooms/${room.id}/state`, { token: host.token })).json.state.queue.map(({ item }) => item);
  const send = async (who, item, vote) => {
    for (;;) {
      const answer = await rest("POST", `/v1/rooms/${room.id}/commands/song:vote`, { token: who.token, body: { op: crypto.randomUUID(), item, vote } });
      if (answer.status === 200) return;
      assert.equal(answer.status, 429, answer.text);
      await new Promise((done) => setTimeout(done, answer.json.error.retryAfterMs + 10));
    }
  };
  await Promise.all(guests.map(async (who) => {
    for (let n = 0; n < 40; n++) await send(who, items[n % items.length], ["up", "none"][Math.floor(n / items.length) % 2]);
  }));
  const { rev } = (await rest("GET", `/v1/rooms/${room.id}/state`, { token: host.token })).json;
  assert.ok(rev > 200, `only ${rev} events`);
  await op(host, room, "room:settings", { name: "Afterwards", settings: {} });
  await page.getByRole("heading", { name: "Afterwards" }).waitFor();
  const after = await nodes();
  assert.ok(after <= before + 20, `${before} elements became ${after}`);
});
