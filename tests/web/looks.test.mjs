// How the pages look, on a phone and a laptop, in light and dark: one evening with the same people and songs every time, its music paused.
import { ADMIN_KEY, accessible, createRoom, fits, guest, join, op, shot, test } from "./lib.mjs";

const SIZES = ["phone", "laptop"];
const SCHEMES = ["dark", "light"];
const HOUSE = process.env.TUTTI_HOUSE;

/** Friday at Ana's: five people, one song that plays and seven that wait, with votes, a chat and an evening so far. */
async function friday() {
  const ana = await guest("Ana");
  const room = await createRoom(ana, { name: "Friday at Ana’s", settings: { autopilot: false } });
  const people = [ana];
  for (const name of ["Ben", "Chloé", "Dimitri", "Maximiliane-Theodora von und zu Hohenlohe"]) {
    const one = await guest(name.slice(0, 40));
    await join(one, room);
    people.push(one);
  }
  const added = [];
  for (const [at, song] of ["s2", "s40", "s88", "s120", "s333", "s777", "s1024", "s2048"].entries()) {
    added.push((await op(people[at % people.length], room, "song:add", { songId: song, ...(at === 3 ? { note: "The one from the boat" } : {}) })).item);
  }
  await op(ana, room, "play:start", { item: added[0] });
  await op(ana, room, "play:pause", { positionMs: 61_000 });
  for (const [person, item] of [[1, 2], [2, 2], [3, 2], [1, 4], [2, 5], [4, 1]]) await op(people[person], room, "song:vote", { item: added[item], vote: "up" });
  await op(people[4], room, "song:vote", { item: added[6], vote: "down" });
  await op(people[1], room, "chat:send", { text: "Who brought the saxophone?" });
  await op(people[2], room, "chat:send", { text: "Me. It is a surprise for later 🎷" });
  await op(ana, room, "chat:send", { text: "Then skip nothing before eleven" });
  return { room, ana, people };
}

/** Hides the blurred light behind covers, also of songs still to come: it is there when the processor has time for it. */
const dim = (page) => page.evaluate(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(".now-glow, .wall-glow { display: none }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
});

const party = async (t, { room, ana, people }, kind, scheme, as = people[1]) => {
  const page = await t.device(kind, { scheme, session: as });
  await page.goto(`/r/${room.code}`);
  await page.locator("#next:not([aria-busy])").waitFor();
  await dim(page);
  return page;
};

test("looks: the party for a guest, and for its host", async (t) => {
  const evening = await friday();
  for (const kind of SIZES) {
    for (const scheme of SCHEMES) {
      const page = await party(t, evening, kind, scheme);
      await page.getByText("Friday at Ana’s").first().waitFor();
      await shot(page, `party-${kind}-${scheme}`, { mask: [page.locator(".song-why"), page.locator(".now-why")] });
      await fits(page);
      await accessible(page, `the party, ${kind}, ${scheme}`);
    }
    const host = await party(t, evening, kind, "dark", evening.ana);
    await host.getByRole("button", { name: "Pause" }).or(host.getByRole("button", { name: "Play" })).first().waitFor();
    await shot(host, `party-host-${kind}`, { mask: [host.locator(".song-why"), host.locator(".now-why")] });
  }
});

test("looks: what opens over the party", async (t) => {
  const evening = await friday();
  for (const scheme of SCHEMES) {
    const page = await party(t, evening, "phone", scheme, evening.ana);
    for (const [name, button] of [["people", /(person|people) here/], ["invite", "Invite"], ["evening", "This evening"], ["panel", /^(Host|More)$/], ["chat", /^Chat/], ["add", /Search for a song/]]) {
      await page.getByRole("button", { name: button }).first().click();
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      await page.locator("dialog .skeleton").first().waitFor({ state: "detached" });
      await shot(page, `party-${name}-${scheme}`, { mask: [page.locator("time"), page.locator(".invite-code, .invite img, .code, dialog img[alt*='QR']")] });
      await accessible(page, name);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    }
  }
});

test("looks: the wall", async (t) => {
  const { room } = await friday();
  for (const kind of ["tv", "laptop"]) {
    const page = await t.device(kind);
    await page.goto(`/r/${room.code}/wall#token=${room.screenToken}`);
    await page.locator(".wall-next").waitFor();
    await dim(page);
    await shot(page, `wall-${kind}`);
    await accessible(page, "the wall");
  }
});

test("looks: start, venue and places", async (t) => {
  const pages = [["home", "/"], ["venue-door", "/venue"], ["house", `/venue/${HOUSE}#key=${ADMIN_KEY}`], ["places-start", "/places"]];
  for (const [name, path] of pages) {
    for (const kind of SIZES) {
      for (const scheme of SCHEMES) {
        const page = await t.device(kind, { scheme });
        await page.goto(path);
        await page.getByRole("heading", { level: 1 }).first().waitFor();
        await page.waitForLoadState("networkidle");
        await shot(page, `${name}-${kind}-${scheme}`);
        await fits(page, name);
        await accessible(page, `${name}, ${kind}, ${scheme}`);
        await page.context().close();
      }
    }
  }
});
