// What the tests of the party page set up: rooms with people and songs, and ways onto the page.
import { createRoom, guest, join, op, songs } from "./lib.mjs";

/** A host with a room, and songs to add. */
export async function scene({ name = "Friday", host = "Hanna", settings = {}, catalogue = 12 } = {}) {
  const boss = await guest(host);
  const room = await createRoom(boss, { name, settings: { autopilot: false, ...settings } });
  return { host: boss, room, songs: await songs(catalogue, "love") };
}

/** Somebody who is in the room, without a page. */
export async function member(room, name) {
  const who = await guest(name);
  await join(who, room);
  return who;
}

export const add = async (who, room, song) => (await op(who, room, "song:add", { songId: song.id })).item;

/** The page of somebody who comes in by the door. */
export async function comesIn(t, room, name, kind = "phone", options = {}) {
  const page = await t.device(kind, options);
  await page.goto(`/r/${room.code}`);
  await page.getByLabel("Your name tonight").fill(name);
  await page.getByRole("button", { name: "Join the party" }).click();
  await page.getByRole("heading", { name: "Next", exact: true }).waitFor();
  await live(page);
  return page;
}

/** The page of somebody who has a token, such as the host. */
export async function returns(t, room, session, kind = "phone", options = {}) {
  const page = await t.device(kind, { session, ...options });
  await page.goto(`/r/${room.code}`);
  await page.getByRole("heading", { name: "Next", exact: true }).waitFor();
  await live(page);
  return page;
}

/** Until the room is there. */
export const live = (page) => page.locator("#next:not([aria-busy])").waitFor();

/** The titles of the queue, as they stand. */
export const titles = (page) => page.locator(".queue:not(.pending) > li .song-title > span:first-child").allTextContents();

/** The row of a song. */
export const row = (page, title) => page.locator(".queue > li").filter({ has: page.locator(".song-title").getByText(title, { exact: true }) });
