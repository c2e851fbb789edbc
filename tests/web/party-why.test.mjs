// Why a song is there: whom it fits, and never a word about the taste of somebody of whom nothing is known.
import { assert, op, rest, songs, test, until } from "./lib.mjs";
import { add, comesIn, member, returns, scene } from "./party-scene.mjs";

test("why: a song names whose known taste it fits, and nobody else’s", async (t) => {
  const { host, room } = await scene();
  const catalogue = await songs(40, "");
  const ana = await member(room, "Ana");
  await rest("POST", "/v1/me/taste", { token: ana.token, body: { likes: catalogue.slice(0, 6).map(({ id }) => id), dislikes: [] } });
  const phone = await returns(t, room, ana);
  const ben = await comesIn(t, room, "Ben");
  // Songs that she likes, and one that plays.
  for (const song of catalogue.slice(0, 4)) await add(host, room, song);
  await op(host, room, "play:start");
  const known = async () => (await rest("GET", `/v1/rooms/${room.id}/taste`, { token: ana.token })).json;
  const { members } = await until(async () => {
    const taste = await known();
    return taste.members.some((one) => one.name === "Ana" && one.known) && taste;
  }, "the room knows Ana’s taste");
  assert.deepEqual(members.filter((one) => one.known).map(({ name }) => name), ["Ana"], "nothing is known of the others");
  const line = (page) => page.locator(".queue .song-why").filter({ hasText: /fits|new for/ }).first();
  await line(phone).waitFor();
  await line(ben).waitFor();
  const said = [...(await phone.locator(".queue .song-why, .now-why").allTextContents()), ...(await ben.locator(".queue .song-why, .now-why").allTextContents())];
  const about = said.filter((text) => /fits|new for/.test(text)).map((text) => text.replace(/^.*?(?=fits|new for)/, ""));
  assert.ok(about.length > 0);
  for (const text of about) assert.doesNotMatch(text, /Hanna|Ben/, text);
  for (const text of await ben.locator(".now-why").allTextContents()) assert.doesNotMatch(text, /you/, "Ben’s own taste is not known: nothing fits “you”");
});
