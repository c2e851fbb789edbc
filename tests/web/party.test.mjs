// Several phones in one room: coming in, adding, voting, moving, talking, being offline, being sent out.
import { accessible, assert, fits, guest, join, op, rest, shot, test, until } from "./lib.mjs";
import { add, comesIn, live, member, returns, row, scene, titles } from "./party-scene.mjs";

const sameTitles = async (page, wanted, what) => until(async () => JSON.stringify(await titles(page)) === JSON.stringify(wanted), `${what}: ${JSON.stringify(wanted)}`);
const toast = (page, text) => page.locator(".toast").filter({ hasText: text }).first();

test("party: join by the code under a suggested name, and come right back in", async (t) => {
  const { room } = await scene();
  const page = await t.device("phone");
  await page.goto(`/r/${room.code}`);
  await page.getByRole("heading", { level: 1, name: "Friday" }).waitFor();
  const name = page.getByLabel("Your name tonight");
  const suggested = await name.inputValue();
  assert.ok(suggested.length > 3, "a name is suggested");
  await until(async () => {
    await page.getByRole("button", { name: "Another name" }).click();
    return (await name.inputValue()) !== suggested;
  }, "another name");
  await accessible(page, "the door");
  await shot(page, "party-door", { mask: [page.locator(".door-face"), name] });
  await name.fill("");
  await page.getByRole("button", { name: "Join the party" }).click();
  await page.getByRole("alert").waitFor();
  await name.fill("Ana");
  await page.getByRole("button", { name: "Join the party" }).click();
  await live(page);
  await page.reload();
  await live(page);
  await page.getByRole("button", { name: /Who is here/ }).click();
  await page.getByRole("dialog").getByText("Ana").first().waitFor();
});

test("party: a code without a room is said kindly", async (t) => {
  const page = await t.device("phone", { allow: [/status of (404|429)/] });
  await page.goto("/r/ZZZZZ2");
  await page.getByRole("heading", { name: /No party here|Too many tries/ }).waitFor();
  await accessible(page, "no room");
  await fits(page, "no room");
});

test("party: search with a typo, add, and the other phone sees song and vote in one order", async (t) => {
  const { host, room, songs: some } = await scene({ settings: { order: "votes" } });
  await add(host, room, some[0]);
  await add(host, room, some[1]);
  const ana = await comesIn(t, room, "Ana");
  const ben = await comesIn(t, room, "Ben");
  await ana.getByRole("button", { name: "Search for a song" }).click();
  const box = ana.getByRole("combobox", { name: "Search for a song" });
  await ana.getByRole("option").first().waitFor();
  await accessible(ana, "the search before the first key");
  await box.fill("corazno");
  const found = ana.getByRole("option").filter({ hasText: /coraz/i }).first();
  await found.waitFor();
  await accessible(ana, "the search");
  await shot(ana, "party-search");
  const title = (await found.locator(".song-title > span").first().textContent()) ?? "";
  assert.ok(title);
  await found.click();
  await toast(ana, title).waitFor();
  await ana.getByRole("option").filter({ hasText: "In the queue" }).first().waitFor();
  await ana.getByRole("button", { name: "Close" }).click();
  await row(ben, title).waitFor();
  assert.equal((await titles(ben))[2], title);
  await row(ben, title).getByRole("button", { name: "Vote up" }).click();
  await sameTitles(ben, [title, some[0].title, some[1].title], "after the vote, where it was given");
  await sameTitles(ana, [title, some[0].title, some[1].title], "after the vote, on the other phone");
  await until(async () => (await row(ana, title).locator(".score").textContent()) === "2", "the score on the other phone");
  await accessible(ana, "the party");
});

test("party: an optimistic vote that is refused is put right, in words", async (t) => {
  const { host, room, songs: some } = await scene({ settings: { requireCheckin: true } });
  await rest("PATCH", `/v1/rooms/${room.id}`, { token: host.token, body: { settings: { requireCheckin: false } } });
  await add(host, room, some[0]);
  await rest("PATCH", `/v1/rooms/${room.id}`, { token: host.token, body: { settings: { requireCheckin: true } } });
  const ana = await comesIn(t, room, "Ana");
  const up = row(ana, some[0].title).getByRole("button", { name: "Vote up" });
  await up.click();
  await toast(ana, "Check in at the venue first").waitFor();
  await until(async () => (await up.getAttribute("aria-pressed")) === "false", "the vote is taken back");
  await ana.getByRole("button", { name: "Check in", exact: true }).click();
  await ana.getByLabel(/code on the venue/).fill("WRONGONE");
  await ana.getByRole("button", { name: "Check in with the code" }).click();
  await ana.getByRole("alert").filter({ hasText: "not the code" }).waitFor();
  await accessible(ana, "the check-in");
});

test("party: the host moves a song by its handle with the keys, and by dragging; guests see it", async (t) => {
  const { host, room, songs: some } = await scene();
  for (const song of some.slice(0, 4)) await add(host, room, song);
  const phone = await returns(t, room, host);
  const ana = await comesIn(t, room, "Ana");
  const [one, two, three, four] = some.map((song) => song.title);
  await sameTitles(phone, [one, two, three, four], "at first");
  assert.equal(await ana.getByRole("button", { name: /^Move / }).count(), 0, "guests have no handles");
  const handle = row(phone, four).getByRole("button", { name: /^Move / });
  await handle.focus();
  await phone.keyboard.press("ArrowUp");
  await sameTitles(ana, [one, two, four, three], "after a key");
  assert.ok(await handle.evaluate((element) => element === document.activeElement), "the handle keeps the focus");
  await phone.keyboard.press("Home");
  await sameTitles(ana, [four, one, two, three], "after Home");
  const from = await row(phone, three).getByRole("button", { name: /^Move / }).boundingBox();
  const to = await row(phone, one).boundingBox();
  await phone.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await phone.mouse.down();
  await phone.mouse.move(from.x + 5, from.y - 20, { steps: 3 });
  await phone.mouse.move(from.x + 5, to.y + to.height / 2, { steps: 6 });
  await phone.mouse.up();
  await sameTitles(phone, [four, three, one, two], "after dragging, here");
  await sameTitles(ana, [four, three, one, two], "after dragging, there");
});

test("party: one's own song is taken out with an undo", async (t) => {
  const { room, songs: some } = await scene();
  const ana = await member(room, "Ana");
  await add(ana, room, some[0]);
  const page = await returns(t, room, ana);
  await row(page, some[0].title).getByRole("button", { name: new RegExp(some[0].artist.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")) }).click();
  await accessible(page, "a song up close");
  await page.getByRole("button", { name: "Take it out" }).click();
  await row(page, some[0].title).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).first().click();
  await row(page, some[0].title).waitFor();
  const { json } = await rest("GET", `/v1/rooms/${room.id}/state`, { token: ana.token });
  assert.equal(json.state.queue.length, 1, "it never left the queue");
});

test("party: starting with an empty queue, the autopilot fills it and says so", async (t) => {
  const { host, room } = await scene({ settings: { autopilot: true, autopilotMinQueue: 2 } });
  const phone = await returns(t, room, host);
  await phone.getByRole("heading", { name: "It is quiet here" }).waitFor();
  await accessible(phone, "nothing plays");
  await phone.getByRole("button", { name: "Start the music" }).click();
  await phone.getByRole("heading", { name: "Now playing" }).waitFor({ state: "attached" });
  await until(async () => (await titles(phone)).length === 2, "two songs wait");
  await phone.locator(".queue").getByLabel("autopilot").first().waitFor();
  await phone.getByRole("button", { name: "Pause" }).click();
  await phone.getByText("Paused").waitFor();
});

test("party: a vote to skip is counted on every phone and ends the song", async (t) => {
  const { host, room, songs: some } = await scene();
  await add(host, room, some[0]);
  await add(host, room, some[1]);
  await op(host, room, "play:start");
  const ana = await comesIn(t, room, "Ana");
  const ben = await comesIn(t, room, "Ben");
  await ana.getByRole("button", { name: /Skip\? 0\/2, 0 of 2 votes/ }).click();
  await ben.getByRole("button", { name: /Skip\? 1\/2, 1 of 2 votes/ }).click();
  await ana.getByRole("heading", { name: some[1].title }).waitFor();
});

test("party: offline, things wait, and on return they are sent, with a word about what happened", async (t) => {
  const { host, room, songs: some } = await scene();
  await add(host, room, some[0]);
  await add(host, room, some[1]);
  const ana = await comesIn(t, room, "Ana", "phone", { allow: [/ERR_INTERNET_DISCONNECTED|WebSocket|Failed to load/] });
  await ana.context().setOffline(true);
  await ana.getByText("Reconnecting").waitFor();
  await row(ana, some[0].title).getByRole("button", { name: "Vote up" }).click();
  await ana.getByText("1 thing waiting").waitFor();
  assert.equal(await row(ana, some[0].title).locator(".score").textContent(), "2", "shown at once");
  await add(host, room, some[2]);
  await op(host, room, "chat:send", { text: "anybody?" });
  await ana.context().setOffline(false);
  await toast(ana, "2 changes while you were away").waitFor();
  await row(ana, some[2].title).waitFor();
  await until(async () => {
    const { json } = await rest("GET", `/v1/rooms/${room.id}/state`, { token: host.token });
    return json.state.queue.find(({ song }) => song.id === some[0].id)?.up === 2;
  }, "the vote arrived");
  await ana.getByText("Reconnecting").waitFor({ state: "detached" });
});

test("party: what waits survives a reload", async (t) => {
  const { host, room, songs: some } = await scene();
  await add(host, room, some[0]);
  const ana = await comesIn(t, room, "Ana", "phone", { allow: [/ERR_INTERNET_DISCONNECTED|WebSocket|Failed to load/] });
  await ana.context().setOffline(true);
  await ana.getByText("Reconnecting").waitFor();
  await row(ana, some[0].title).getByRole("button", { name: "Vote up" }).click();
  await ana.getByText("1 thing waiting").waitFor();
  // The network comes back as the page is loaded again, before it could send anything by itself.
  await ana.goto("about:blank");
  await ana.context().setOffline(false);
  await ana.goto(`/r/${room.code}`);
  await live(ana);
  await until(async () => {
    const { json } = await rest("GET", `/v1/rooms/${room.id}/state`, { token: host.token });
    return json.state.queue[0]?.up === 2;
  }, "the vote arrived after the reload");
});

test("party: sent out and banned are friendly pages", async (t) => {
  const { host, room } = await scene();
  const phone = await returns(t, room, host);
  const ana = await comesIn(t, room, "Ana", "phone", { allow: [/status of/] });
  const ben = await comesIn(t, room, "Ben");
  await phone.getByRole("button", { name: /Who is here/ }).click();
  await phone.getByRole("button", { name: "Manage Ana" }).click();
  await accessible(phone, "the people");
  await phone.getByRole("button", { name: "Send out" }).click();
  await ana.getByRole("heading", { name: "You were sent out" }).waitFor();
  await accessible(ana, "sent out");
  await ana.getByRole("button", { name: "Come back in" }).click();
  await ana.getByRole("heading", { name: "You were sent out" }).waitFor();
  await phone.getByRole("button", { name: "Manage Ben" }).click();
  await phone.getByRole("button", { name: "Ban for tonight" }).click();
  await ben.getByRole("heading", { name: "This party goes on without you" }).waitFor();
  await phone.getByRole("button", { name: "Undo" }).first().click();
  await until(async () => {
    const { json } = await rest("GET", `/v1/rooms/${room.id}/state`, { token: host.token });
    return json.state.bans.length === 0;
  }, "the ban is taken back");
});

test("party: hostile text is text, everywhere", async (t) => {
  const evil = `<img src=x onerror="window.hacked=1">`;
  const { host, room } = await scene({ name: evil, host: `<b onclick=alert(1)>H` });
  await op(host, room, "song:add", { song: { id: "evil", title: `<script>window.hacked=1</script>T`, artist: `"><svg onload=window.hacked=1>`, durationMs: 60_000 }, note: evil });
  await op(host, room, "play:start");
  await op(host, room, "song:add", { song: { id: "evil2", title: evil, artist: evil, durationMs: 60_000 } });
  await op(host, room, "chat:send", { text: `${evil} hello` });
  const ana = await comesIn(t, room, evil.slice(0, 40));
  await ana.getByRole("heading", { name: "<script>window.hacked=1</script>T" }).waitFor();
  await row(ana, evil).first().waitFor();
  await ana.getByRole("button", { name: "Chat" }).click();
  await ana.getByText(`${evil} hello`).waitFor();
  await ana.getByLabel("Write something").fill("javascript:alert(1) <u>mine</u>");
  await ana.keyboard.press("Enter");
  await ana.locator(".bubble").filter({ hasText: "<u>mine</u>" }).waitFor();
  assert.equal(await ana.evaluate(() => window.hacked), undefined);
  assert.equal(await ana.locator("img[src='x'], b[onclick], .bubble u").count(), 0, "no markup was made");
});

test("party: leaving it open at 320 px, in French, and from right to left", async (t) => {
  const { host, room, songs: some } = await scene({ name: "Donaudampfschifffahrtsgesellschaftsfest", host: "Maximiliane Hohenzollern-Sigmaringen XYZ" });
  for (const song of some.slice(0, 5)) await add(host, room, song);
  await op(host, room, "play:start");
  const phone = await returns(t, room, host, "narrow");
  await fits(phone, "the party at 320 px");
  const controls = await phone.locator(".party-top button, .hostbar button, .skip-vote").evaluateAll((all) => all.every((one) => { const { left, right } = one.getBoundingClientRect(); return left >= 0 && right <= innerWidth; }));
  assert.ok(controls, "all controls are on the screen");
  for (const name of [/Who is here/, "Invite", "This evening"]) {
    await phone.locator(".party-top").getByRole("button", { name }).click();
    await phone.getByRole("dialog").waitFor();
    assert.ok(await phone.locator("dialog .inside").evaluate((inside) => inside.scrollWidth <= inside.clientWidth + 1), `${name} fits`);
    await phone.keyboard.press("Escape");
  }
  await phone.goto(`/r/${room.code}?dir=rtl&lang=fr`);
  await phone.getByRole("heading", { name: "À suivre" }).waitFor();
  await fits(phone, "the party from right to left");
});

test("party: on a home network, without TLS, everything is there", async (t) => {
  const { host, room, songs } = await scene();
  await add(host, room, songs[0]);
  const page = await comesIn(t, room, "Lena", "phone", { insecure: true });
  assert.equal(await page.evaluate(() => isSecureContext), false);
  await row(page, songs[0].title).getByRole("button", { name: "Vote up" }).click();
  await until(async () => (await rest("GET", `/v1/rooms/${room.id}/state`, { token: host.token })).json.state.queue[0]?.up === 2, "the vote counts");
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByRole("button", { name: "Copy the link" }).click();
  await toast(page, "The link is copied.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Chat/ }).click();
  await page.getByRole("textbox", { name: /Write/ }).fill(`at ${room.code}`);
  await page.keyboard.press("Enter");
  await page.locator("dialog").getByText(`at ${room.code}`).waitFor();
});

test("party: what one says is there once, also while the answer to it is on its way", async (t) => {
  const { room } = await scene();
  const lena = await guest("Lena");
  await join(lena, room);
  const page = await t.device("phone", { session: lena });
  // Answers of the server come a second after the events that they are about.
  let answers = 0;
  await page.routeWebSocket(/socket\.io/, (phone) => {
    const server = phone.connectToServer();
    phone.onMessage((text) => server.send(text));
    server.onMessage((text) => (/^43/.test(String(text)) ? setTimeout(() => { answers++; phone.send(text); }, 1000) : phone.send(text)));
  });
  await page.goto(`/r/${room.code}`);
  await page.getByRole("button", { name: /^Chat/ }).click();
  const line = page.getByRole("textbox", { name: /Write/ });
  const bubbles = page.locator("dialog .bubble");
  for (const [at, text] of ["First", "Second"].entries()) {
    await line.fill(text);
    await page.keyboard.press("Enter");
    const before = answers;
    await page.locator("dialog li:not([data-waiting]) .bubble").getByText(text).waitFor();
    assert.deepEqual(await bubbles.allInnerTexts(), ["First", "Second"].slice(0, at + 1));
    await until(() => answers > before, "an answer");
    await until(async () => (await page.locator("dialog [data-waiting]").count()) === 0, "nothing waits");
    assert.deepEqual(await bubbles.allInnerTexts(), ["First", "Second"].slice(0, at + 1));
  }
});

test("party: without scripts the queue can be read", async (t) => {
  const { host, room, songs } = await scene({ name: "Quiet evening" });
  await add(host, room, songs[0]);
  const page = await t.device("phone", { context: { javaScriptEnabled: false } });
  await page.goto(`/r/${room.code}`);
  await page.getByRole("heading", { name: "Quiet evening" }).waitFor();
  await page.getByRole("listitem").filter({ hasText: songs[0].title }).waitFor();
});
