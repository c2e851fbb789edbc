// A venue for its owner: the door, the three answers, the party, history with its numbers, the music style.
import { randomBytes, randomInt } from "node:crypto";
import { ADMIN_KEY, accessible, assert, fits, rest, shot, test, until } from "./lib.mjs";

const must = async (method, route, options) => {
  const answer = await rest(method, route, options);
  assert.ok(answer.status < 300, `${method} ${route} answered ${answer.status}: ${answer.text.slice(0, 200)}`);
  return answer.json;
};
const admin = (method, route, body) => must(method, route, { key: ADMIN_KEY, body });

/** Where this run begins in the list of venues, so that one on the same server later finds others. */
const RUN = 12 * randomInt(50);

/** A venue of this test alone. */
async function venue(at) {
  const { hits } = await must("GET", `/v1/venues/search?q=&top=1&skip=${RUN + at}&filter=${encodeURIComponent("city eq 'Copenhagen'")}`, {});
  return { ...hits[0].document, id: hits[0].key, first: 300 + 40 * at };
}

/** People of the demo check in: so many are there now, and some came on each of the last days. Everybody is at one venue of this file. */
async function visited({ id, first }, now, before = 0) {
  const at = Math.floor(Date.now() / 1000);
  const visit = (person, seconds) => ({ user: `u${first + person}`, item: id, kind: "check_in", at: at - seconds });
  const rows = Array.from({ length: now }, (_, person) => visit(person, person));
  for (let day = 1; day <= before; day++) for (let person = 0; person < 6 + (day % 3); person++) rows.push(visit(person + day, day * 86_400 + 1800));
  await admin("POST", "/v1/interactions", rows);
  await until(async () => (await admin("GET", `/v1/venues/${id}/house`)).present === now, `${now} people in the house`);
}

/** An owner by account: `{email, password, userId, token}`. */
async function ownerOf(...venues) {
  const email = `owner-${randomBytes(6).toString("hex")}@example.org`;
  const password = randomBytes(12).toString("base64url");
  const { userId, accessToken } = await must("POST", "/v1/accounts", { body: { email, password, name: "Olga" } });
  for (const { id } of venues) await rest("PUT", `/v1/venue-owners/${id}/${userId}`, { key: ADMIN_KEY });
  return { email, password, userId, token: accessToken };
}

const withKey = ({ id }) => `/venue/${id}#key=${ADMIN_KEY}`;
const ready = (page, { name }) => page.getByRole("heading", { level: 1, name, exact: true }).and(page.locator(".venue-head h1")).waitFor();
const card = (page, heading) => page.getByRole("article").filter({ has: page.getByRole("heading", { name: heading }) });
const FIT = "How does tonight’s crowd fit?";
const NEAR = "Who nearby would like it here?";
const NEXT = "What to play next hour?";

test("the key is taken from the address and leaves it; three answers are there", async (t) => {
  const place = await venue(0);
  await visited(place, 12, 9);
  const page = await t.device("laptop", { scheme: "light" });
  await page.goto(withKey(place));
  await ready(page, place);
  assert.ok(!page.url().includes("#") && !page.url().includes(ADMIN_KEY), "the key is not in the address any more");
  await card(page, FIT).getByText("12 people in the house").waitFor();
  assert.match(await card(page, FIT).locator(".figure").innerText(), /^\d+\s?%$/);
  await card(page, NEAR).getByText(/people nearby/i).first().waitFor();
  await card(page, NEXT).getByText("For who is there now").waitFor();
  assert.ok((await card(page, NEXT).getByRole("listitem").count()) >= 5, "songs to play");
  await page.getByRole("heading", { name: "History" }).waitFor();
  await page.locator(".u-over").first().waitFor();
  await fits(page);
  await accessible(page, "a venue");
  await page.reload();
  await ready(page, place);
});

test("fewer than five people: kindly said, and no figure", async (t) => {
  const place = await venue(1);
  await visited(place, 3);
  const page = await t.device("phone");
  await page.goto(withKey(place));
  await ready(page, place);
  await card(page, FIT).getByText(/From 5 people on/).waitFor();
  await card(page, FIT).getByText("3 people in the house").waitFor();
  assert.equal(await card(page, FIT).locator(".figure").count(), 0);
  await fits(page, "a venue on a phone");
  await accessible(page, "a venue on a phone");
});

test("tables have the numbers of the charts", async (t) => {
  const place = await venue(2);
  await visited(place, 7, 12);
  const [house, history] = await Promise.all([admin("GET", `/v1/venues/${place.id}/house`), admin("GET", `/v1/venues/${place.id}/history?days=28`)]);
  const page = await t.device("laptop");
  await page.goto(withKey(place));
  await ready(page, place);
  const genres = card(page, FIT).getByRole("figure");
  await genres.getByText("Show data").click();
  const rows = await genres.getByRole("row").allInnerTexts();
  assert.match(rows[0], /Genre\s+Usually\s+Tonight/);
  for (const row of rows.slice(1)) {
    const [genre, usual, tonight] = row.split("\t").map((cell) => cell.trim());
    const share = (list) => list.find((one) => one.genre === genre)?.share;
    for (const [said, list] of [[usual, house.taste.house], [tonight, house.taste.evening]]) {
      if (share(list) === undefined) assert.match(said, /less than/, row);
      else assert.equal(said.replaceAll(/\s/g, ""), `${Math.round(100 * share(list))}%`, row);
    }
  }
  const visits = page.getByRole("figure").filter({ hasText: "Check-ins a day" });
  await visits.getByText("Show data").click();
  const days = await visits.getByRole("row").evaluateAll((all) => all.slice(1).map((row) => [...row.cells].slice(1).map((cell) => Number(cell.innerText))));
  assert.deepEqual(days, history.days.toReversed().map(({ visits: count, people }) => [count, people]));
  const hours = page.getByRole("figure").filter({ hasText: "Check-ins by hour of the week" });
  await hours.getByText("Show data").click();
  const sum = await hours.getByRole("row").evaluateAll((all) => all.slice(1).reduce((total, row) => total + Number(row.cells[1].innerText), 0));
  assert.equal(sum, history.hours.reduce((a, b) => a + b, 0));
  await page.getByRole("radio", { name: "7 days" }).check();
  await until(async () => (await visits.getByRole("row").count()) === 8, "a week");
});

test("the style shows its effect, saves, and the music follows", async (t) => {
  const place = await venue(3);
  await visited(place, 8);
  const page = await t.device("laptop");
  await page.goto(withKey(place));
  await ready(page, place);
  const style = page.getByRole("region", { name: "What the house plays" });
  await style.getByText(/^All [\d,]+ songs may be played$/).waitFor();
  const box = style.getByRole("combobox", { name: "Only these genres: Add a genre" });
  await box.click();
  const [option] = [style.getByRole("option").first()];
  const genre = await option.locator(".suggest-text").innerText();
  await option.click();
  await style.getByText(/^Removes [\d,]+ of [\d,]+ songs$/).waitFor();
  const { songs } = await admin("POST", `/v1/venues/${place.id}/style/effect`, { explicit: true, without: [], only: [genre], years: null, energy: null, blocked: [], quiet: null });
  assert.equal((await style.getByText(/^Removes/).innerText()).replaceAll(/[^\d ]/g, "").trim().split(/ +/).join(), `${songs.of - songs.left},${songs.of}`);
  assert.deepEqual((await admin("GET", `/v1/venues/${place.id}/style`)).style.only, [], "nothing is kept before saving");
  await style.getByRole("button", { name: "Undo changes" }).click();
  await style.getByText(/^All [\d,]+ songs may be played$/).waitFor();
  await box.fill(genre);
  await style.getByRole("option", { name: new RegExp(`^${genre} `) }).first().waitFor();
  await box.press("Enter");
  await style.getByRole("button", { name: `Remove ${genre}` }).waitFor();
  await style.getByRole("switch", { name: "Quiet hours" }).check();
  await style.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved. Suggestions follow from now on.").waitFor();
  const kept = (await admin("GET", `/v1/venues/${place.id}/style`)).style;
  assert.deepEqual(kept.only, [genre]);
  assert.equal(kept.quiet.from, "23:00");
  let music = [];
  await until(async () => {
    music = (await admin("GET", `/v1/venues/${place.id}/music?k=8`)).songs;
    return (await card(page, NEXT).locator(".song-title").allTextContents()).join() === music.map(({ title }) => title).join();
  }, "the songs follow the style");
  for (const { id } of music) assert.ok((await must("GET", `/v1/songs/documents/${id}`, {})).genres.includes(genre), `${id} is ${genre}`);
  await accessible(page, "a style");
});

test("blocking a song by search keeps it from being played", async (t) => {
  const place = await venue(4);
  const { songs } = await admin("GET", `/v1/venues/${place.id}/music?k=1`);
  const page = await t.device("phone");
  await page.goto(withKey(place));
  await ready(page, place);
  const style = page.getByRole("region", { name: "What the house plays" });
  const box = style.getByRole("combobox", { name: "Block a song" });
  await box.fill(`${songs[0].title} ${songs[0].artist}`.replaceAll(/[^\p{L}\p{N} ]/gu, " "));
  await style.getByRole("option").first().click();
  await style.getByText(/^Removes \d+ of/).waitFor();
  await style.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved. Suggestions follow from now on.").waitFor();
  assert.equal((await admin("GET", `/v1/venues/${place.id}/style`)).style.blocked.length, 1);
  await fits(page);
});

test("the party is opened by key, and a suggestion goes into its queue with one press", async (t) => {
  const place = await venue(5);
  await visited(place, 6);
  const page = await t.device("laptop");
  await page.goto(withKey(place));
  await ready(page, place);
  await page.getByRole("button", { name: "Open the party" }).click();
  const party = page.getByRole("region", { name: "The party of your venue" });
  const code = await party.locator(".party-code").innerText();
  const room = await must("GET", `/v1/venues/${place.id}/room`, {});
  assert.equal(code, room.code);
  assert.equal(await party.getByRole("link", { name: "Big screen" }).getAttribute("href"), `/r/${code}/wall`);
  await until(() => party.getByRole("img", { name: /QR code/ }).evaluate((image) => image.complete && image.naturalWidth > 0), "the QR code");
  await card(page, NEXT).getByRole("button", { name: /^Add .* to the party/ }).first().click();
  await page.getByText(/is in the queue\./).waitFor();
  await until(async () => (await must("GET", `/v1/rooms/${room.id}`, {})).queue >= 1, "a song in the queue");
  await accessible(page, "a venue with its party");
});

test("what is read again changes nothing under the pointer", async (t) => {
  const place = await venue(10);
  await visited(place, 6);
  const page = await t.device("laptop");
  await page.clock.install();
  await page.goto(withKey(place));
  await ready(page, place);
  const titles = card(page, NEXT).locator(".song-title");
  await titles.first().waitFor();
  const before = (await titles.allTextContents()).join();
  await titles.nth(2).hover();
  const style = (await admin("GET", `/v1/venues/${place.id}/style`)).style;
  await admin("PUT", `/v1/venues/${place.id}/style`, { ...style, without: ["techno", "house"], years: [1970, 1995] });
  const again = page.waitForResponse((answer) => answer.url().includes("/music"));
  await page.clock.fastForward(31_000);
  await (await again).finished();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.equal((await titles.allTextContents()).join(), before, "the list stands still under the pointer");
  await page.mouse.move(5, 5);
  await until(async () => (await titles.allTextContents()).join() !== before, "the new songs, once the pointer has gone");
});

test("an owner signs in, sees the own venues and opens one; others are told", async (t) => {
  const [mine, other] = [await venue(6), await venue(7)];
  const olga = await ownerOf(mine);
  const page = await t.device("phone", { allow: [/status of 40[13]/] });
  await page.goto("/venue");
  await accessible(page, "the door");
  await page.getByLabel("E-mail").fill(olga.email);
  await page.getByLabel("Password").fill("something else");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("E-mail or password is wrong.").waitFor();
  await page.getByLabel("Password").fill(olga.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: new RegExp(mine.name) }).click();
  await ready(page, mine);
  await page.goto(`/venue/${other.id}`);
  await page.getByText(/not as an owner of this venue/).waitFor();
  await page.getByRole("link", { name: new RegExp(mine.name) }).waitFor();
  await accessible(page, "not an owner");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Owners only" }).waitFor();
  await page.getByLabel("Password").waitFor();
});

test("a wrong key and an unknown venue are said in words", async (t) => {
  const place = await venue(8);
  const page = await t.device("laptop", { allow: [/status of 40[134]/] });
  await page.goto(`/venue/${place.id}#key=wrong`);
  await page.getByText(/This key does not open this page/).waitFor();
  await page.getByText("Or with an API key").click();
  await page.getByLabel("API key").fill(ADMIN_KEY);
  await page.getByRole("button", { name: "Use this key" }).click();
  await ready(page, place);
  await page.goto("/venue/no-such-venue");
  await page.getByText("There is no venue with this address.").waitFor();
  const box = page.getByRole("combobox", { name: "Find your venue" });
  await box.fill(place.name);
  await page.getByRole("option").first().waitFor();
  await box.press("Enter");
  await page.waitForURL(/\/venue\/v-/);
});

test("320 pixels, French, from right to left", async (t) => {
  const place = await venue(9);
  await visited(place, 12, 9);
  const page = await t.device("narrow", { language: "fr-FR" });
  await page.goto(withKey(place));
  await ready(page, place);
  await page.getByText("12 personnes sur place").waitFor();
  await page.locator(".u-over").first().waitFor();
  await fits(page, "a venue in French");
  await page.goto(`/venue/${place.id}?dir=rtl`);
  await ready(page, place);
  await page.locator(".u-over").first().waitFor();
  await fits(page, "a venue from right to left");
});

test("how a venue looks", async (t) => {
  // The demo's house.
  const { hits } = await must("GET", `/v1/venues/search?q=${encodeURIComponent('name:"Soho Theatre"')}&filter=${encodeURIComponent("kind eq 'dance_venue'")}&top=1`, {});
  const place = { ...hits[0].document, id: hits[0].key };
  for (const [kind, scheme] of [["laptop", "light"], ["laptop", "dark"], ["phone", "light"], ["phone", "dark"]]) {
    const page = await t.device(kind, { scheme });
    await page.goto(withKey(place));
    await ready(page, place);
    await page.locator(".u-over").first().waitFor();
    await card(page, NEXT).getByRole("listitem").first().waitFor();
    await card(page, NEAR).getByText(/people nearby/i).first().waitFor();
    await shot(page, `venue-${kind}-${scheme}`, { mask: [page.locator(".cells-map")] });
  }
});
