// The wall as a room full of people sees it: it follows the party, always shows the way in, and does not grow.
import { accessible, assert, fits, op, rest, test, until } from "./lib.mjs";
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

test("wall: the way in is whole on every shape of screen, also with long words", async (t) => {
  const { host, room, songs: some } = await scene({ name: "Donaudampfschifffahrtsgesellschaftsfest", host: "Maximiliane Hohenzollern-Sigmaringen XYZ" });
  await op(host, room, "song:add", { song: { id: "long", title: "Konstantinopolitanischerdudelsackpfeifenmachergesellenlied in C", artist: "Das sehr lange Ensemble der Philharmonischen Gesellschaft", durationMs: 300_000 } });
  for (const song of some.slice(0, 6)) await add(host, room, song);
  await op(host, room, "play:start");
  for (const [width, height] of [[1080, 1920], [1920, 1080], [1280, 720], [1024, 768], [768, 1024]]) {
    const page = await wall(t, room, { context: { viewport: { width, height } } });
    await page.getByRole("heading", { name: /^Konstantinopolit/ }).waitFor();
    const box = await page.locator(".wall-door").boundingBox();
    assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height, `at ${width} x ${height} the way in is at ${JSON.stringify(box)}`);
    const line = await page.locator(".wall-progress").boundingBox();
    assert.ok(line.y + line.height <= (width < height ? box.y : height), `at ${width} x ${height} the progress is at ${JSON.stringify(line)}`);
    await fits(page, `the wall at ${width} x ${height}`);
  }
});
