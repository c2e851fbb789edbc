// Find a place: list and map, filters in the address, for whom, position, by keyboard alone.
import { accessible, assert, createRoom, fits, guest, join, rest, shot, songs, test, until } from "./lib.mjs";

const SALZBURG = "/places?near=47.80000,13.04500&at=Salzburg&for=anybody";
/** A venue without a party is asked for one, which is a 404. */
const NO_PARTY = [/status of 404.*\/v1\/venues\/[^/]+\/room/];

const list = (page) => page.getByRole("region", { name: "List" }).getByRole("listitem").filter({ has: page.getByRole("heading", { level: 3 }) });
const names = (page) => list(page).getByRole("heading", { level: 3 }).allTextContents();
/** Waits until the list is there and not being asked for again. */
const settled = (page) => page.locator(".found[aria-busy=false] .place").first().waitFor();
/** Waits until the list was answered, with places or, at an hour when all is closed, without one. */
const answered = (page) => page.locator(".found[aria-busy=false]").locator(".place, .empty").first().waitFor();
const query = (page) => new URL(page.url()).searchParams;

/** Somebody with a taste: as the quiz leaves him. */
async function known(name) {
  const who = await guest(name);
  const liked = (await songs(6, "night")).map(({ id }) => id);
  const { status, text } = await rest("POST", "/v1/me/taste", { token: who.token, body: { likes: liked, dislikes: [] } });
  assert.equal(status, 200, text);
  return who;
}

test("a city leads to places with distances and opening hours", async (t) => {
  const page = await t.device("phone");
  await page.goto("/places");
  await page.getByRole("heading", { name: "Find a place" }).waitFor();
  await accessible(page, "the start of places");
  await page.getByRole("button", { name: /^Salzburg/ }).click();
  await settled(page);
  assert.match(await page.getByRole("status").filter({ hasText: "Salzburg" }).innerText(), /places around Salzburg/);
  assert.equal(query(page).get("at"), "Salzburg");
  const first = list(page).first();
  assert.match(await first.innerText(), /\d+ k?m/);
  assert.match(await first.innerText(), /Open|Opens|Closed|Hours unknown/);
  const metres = await page.locator(".place-facts strong").allTextContents();
  assert.ok(metres.length >= 5 && metres.every((text) => /^[\d.]+ k?m$/.test(text)), metres.join());
  await fits(page);
  await accessible(page, "the list of places");
});

test("typing finds cities and venues, and Enter takes the first", async (t) => {
  const page = await t.device("laptop");
  await page.goto("/places");
  const box = page.getByRole("combobox", { name: "Where?" });
  await box.fill("copen");
  await page.getByRole("option", { name: /^Copenhagen.*647|^Copenhagen\s*City/ }).waitFor();
  await box.press("Enter");
  await settled(page);
  assert.equal(query(page).get("at"), "Copenhagen");
  await box.fill("Murphy's Law");
  await page.getByRole("option", { name: /Murphy's Law/ }).first().click();
  await page.waitForURL(/at=Murphy/);
  await settled(page);
  await box.fill("zzzzqqq");
  await page.getByText("No city or venue is called that.").waitFor();
});

test("filters change the list and the address, and back undoes them", async (t) => {
  const page = await t.device("phone");
  await page.goto(SALZBURG);
  await settled(page);
  const before = await names(page);
  await page.getByText("Filters", { exact: true }).click();
  const bar = page.getByRole("button", { name: /^Bar \d/ });
  await bar.click();
  await until(async () => (await page.locator(".place-facts > span:first-child").allTextContents()).every((kind) => kind === "Bar"), "only bars");
  await settled(page);
  assert.equal(query(page).get("kind"), "bar");
  assert.equal(await bar.getAttribute("aria-pressed"), "true");
  await page.getByRole("button", { name: "Open now" }).click();
  assert.equal(query(page).get("open"), "1");
  await until(async () => {
    const said = await page.locator(".place-open").allTextContents();
    return (await page.locator(".found[aria-busy=false]").count()) > 0 && said.every((text) => text.startsWith("Open"));
  }, "only open ones");
  await page.getByLabel("Within").selectOption("500");
  assert.equal(query(page).get("radius"), "500");
  for (const gone of ["radius", "open", "kind"]) {
    await page.goBack();
    assert.equal(query(page).get(gone), null, `back undoes ${gone}`);
  }
  await until(async () => (await names(page)).join() === before.join(), "the first list again");
});

test("nothing found says why and offers a way out", async (t) => {
  const page = await t.device("phone");
  await page.goto("/places?near=0.00000,0.00000&for=anybody&radius=500");
  await page.getByText("There is no place within 500 m.").waitFor();
  await page.getByRole("button", { name: "Look within 1 km" }).click();
  await page.getByText("There is no place within 1 km.").waitFor();
  await accessible(page, "nothing found");
});

test("a server out of reach is said in words, and tried again on a press", async (t) => {
  const page = await t.device("phone", { allow: [/ERR_FAILED/] });
  await page.route(/\/v1\/venues\/recommendations/, (route) => route.abort());
  await page.goto(SALZBURG);
  await page.getByRole("alert").getByText("The server cannot be reached. Check your connection.").waitFor();
  await accessible(page, "a server out of reach");
  await page.unroute(/\/v1\/venues\/recommendations/);
  await page.getByRole("button", { name: "Try again" }).click();
  await settled(page);
});

test("list and map choose the same place, and details open and close by back", async (t) => {
  const page = await t.device("laptop", { allow: NO_PARTY });
  await page.goto(SALZBURG);
  await settled(page);
  const all = await names(page);
  const [first] = all;
  const map = page.getByRole("region", { name: "Map of the places found" });
  const pin = (name, rank) => map.getByRole("button", { name: `${rank} ${name}`, exact: true });
  // Another one that stands free of its neighbours, by keyboard.
  await pin(first, 1).waitFor();
  const other = await map.locator(".map-pin:enabled .map-pin-number").nth(1).innerText().then(Number);
  const second = all[other - 1];
  await pin(second, other).focus();
  await page.keyboard.press("Enter");
  await until(async () => (await list(page).nth(other - 1).getByRole("button", { name: second, exact: true }).getAttribute("aria-pressed")) === "true", "the entry is chosen");
  await list(page).first().getByRole("button", { name: first, exact: true }).click();
  await until(async () => (await pin(first, 1).getAttribute("aria-pressed")) === "true", "the pin is chosen");
  assert.ok(query(page).get("venue"));
  await accessible(page, "list and map");
  await list(page).first().getByRole("button", { name: `Details of ${first}` }).click();
  const dialog = page.getByRole("dialog", { name: first });
  await dialog.getByText("Address", { exact: true }).waitFor();
  assert.match(await dialog.getByRole("link", { name: "Directions" }).getAttribute("href"), /^geo:47\.\d+,13\.\d+/);
  await accessible(page, "details");
  await page.goBack();
  await dialog.waitFor({ state: "detached" });
});

test("moving the map offers to search there", async (t) => {
  const page = await t.device("laptop");
  await page.goto(SALZBURG);
  await settled(page);
  const map = page.getByRole("region", { name: "Map of the places found" });
  await map.focus();
  // A press during a movement is lost, so it is pressed until the map is far enough away.
  const here = page.getByRole("button", { name: "Search here" });
  await until(async () => {
    await page.keyboard.press("ArrowRight");
    return here.isVisible();
  }, "the map moves away");
  await here.click();
  await page.waitForURL(/at=@map|at=%40map/);
  await settled(page);
  assert.notEqual(query(page).get("near"), "47.80000,13.04500");
});

test("on a phone the map stands behind a switch and says the chosen place", async (t) => {
  const page = await t.device("phone", { allow: NO_PARTY });
  await page.goto(SALZBURG);
  await settled(page);
  const [first] = await names(page);
  await page.getByRole("radio", { name: "Map" }).check();
  const map = page.getByRole("region", { name: "Map of the places found" });
  await map.getByRole("button", { name: `1 ${first}`, exact: true }).click();
  await page.getByRole("button", { name: `Details of ${first}` }).click();
  await page.getByRole("dialog", { name: first }).waitFor();
  await page.keyboard.press("Escape");
  await fits(page);
  await accessible(page, "the map on a phone");
});

test("for me: reasons by the taste learned, and words where there is none", async (t) => {
  const stranger = await t.device("phone", { session: await guest("Nobody"), allow: [/status of 404.*recommendations/] });
  await stranger.goto("/places?near=51.51420,-0.14940&at=Soho");
  await stranger.getByText(/does not know your taste yet/).waitFor();
  await settled(stranger);
  const page = await t.device("phone", { session: await known("Ana") });
  await page.goto("/places?near=51.51420,-0.14940&at=Soho");
  await page.getByText(/on this device as Ana/).waitFor();
  await settled(page);
  await page.getByText(/like you|share your taste/).first().waitFor();
});

test("for my group: the members of a party, weighed in two ways", async (t) => {
  const [ana, ben, cem] = [await known("Ana"), await known("Ben"), await guest("Cem")];
  const room = await createRoom(ana, { name: "Friday" });
  for (const who of [ben, cem]) await join(who, room);
  const page = await t.device("phone", { session: ana });
  await page.addInitScript(({ id, code }) => localStorage.setItem("tutti.rooms", JSON.stringify([{ id, code, name: "Friday", at: 1 }])), room);
  await page.goto("/places?near=51.51420,-0.14940&at=Soho");
  await settled(page);
  await page.getByRole("radio", { name: "My group" }).check();
  await page.getByText("For you, Ben and Cem. The taste of 1 of them is not known yet.").waitFor();
  assert.equal(query(page).get("for"), room.code);
  await page.getByRole("radio", { name: "Nobody unhappy" }).check();
  assert.equal(query(page).get("combine"), "least_misery");
  await settled(page);
  await accessible(page, "for my group");
  const other = await t.device("phone", { session: ben, allow: [/status of 404.*by-code/] });
  await other.goto("/places?near=51.51420,-0.14940&at=Soho&for=ZZZZZZ");
  await other.getByText("No open party has this code.").waitFor();
});

test("my position is asked for on a press only, and may be refused", async (t) => {
  const page = await t.device("phone", { context: { geolocation: { latitude: 47.8, longitude: 13.045 }, permissions: ["geolocation"] } });
  await page.goto("/places");
  await page.getByRole("button", { name: "Use my position" }).click();
  await settled(page);
  assert.equal(query(page).get("near"), "47.80000,13.04500");
  assert.equal(await page.getByRole("combobox", { name: "Where?" }).inputValue(), "My position");
  const refused = await t.device("phone", { context: { permissions: [] } });
  await refused.goto("/places");
  await refused.getByRole("button", { name: "Use my position" }).click();
  await refused.getByText(/did not tell where you are/).waitFor();
});

test("by keyboard alone: city, filter, place, details and back", async (t) => {
  const page = await t.device("laptop", { allow: NO_PARTY });
  await page.goto("/places");
  await page.getByRole("combobox", { name: "Where?" }).focus();
  await page.keyboard.type("Salz");
  await page.getByRole("option", { name: /^Salzburg/ }).waitFor();
  await page.keyboard.press("Enter");
  await settled(page);
  const onto = async (locator, what) => {
    for (let step = 0; step < 60; step++) {
      await page.keyboard.press("Tab");
      if (await locator.evaluate((element) => element === document.activeElement)) return;
    }
    assert.fail(`Tab never reaches ${what}`);
  };
  await onto(page.getByRole("button", { name: "Open now" }), "the filter");
  await page.keyboard.press("Enter");
  assert.equal(query(page).get("open"), "1");
  await answered(page);
  const again = page.waitForResponse((answer) => answer.url().includes("/v1/venues/recommendations") && !answer.url().includes("open=true"));
  await page.keyboard.press("Enter");
  await (await again).finished();
  await settled(page);
  const [first] = await names(page);
  const details = list(page).first().getByRole("button", { name: `Details of ${first}` });
  await onto(details, "details");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: first }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await until(() => details.evaluate((element) => element === document.activeElement), "the focus is back where it was");
});

test("320 pixels, French, from right to left", async (t) => {
  const page = await t.device("narrow", { language: "fr-FR" });
  await page.goto(SALZBURG);
  await page.locator(".found[aria-busy=false] .place").first().waitFor();
  await page.getByRole("heading", { name: "Trouver un lieu" }).waitFor();
  await page.getByText("Filtres", { exact: true }).click();
  await fits(page, "places in French");
  await page.goto(`${SALZBURG}&dir=rtl`);
  await page.locator(".found[aria-busy=false] .place").first().waitFor();
  await fits(page, "places from right to left");
});

test("how places look", async (t) => {
  for (const [kind, scheme] of [["phone", "dark"], ["phone", "light"], ["laptop", "dark"], ["laptop", "light"]]) {
    const page = await t.device(kind, { scheme });
    await page.goto(`${SALZBURG}&k=5`);
    await settled(page);
    if (kind === "laptop") await page.locator(".map-pin.named").first().waitFor();
    await shot(page, `places-${kind}-${scheme}`);
  }
});
