// The page's own fold of the log gives what the server's gives, whatever happens in a room: the order of the queue, votes, turns, pins.
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { mkdtemp } from "node:fs/promises";
import os from "node:os";
import { createRequire } from "node:module";
import { assert, createRoom, guest, join, rest, songs, test } from "./lib.mjs";

const web = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../server/web");

async function pagesFold() {
  const { build } = createRequire(path.join(web, "package.json"))("esbuild");
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), "tutti-fold-")), "fold.mjs");
  await build({ entryPoints: [path.join(web, "src/shared/room/fold.ts")], bundle: true, format: "esm", outfile: file, logLevel: "error" });
  return import(pathToFileURL(file).href);
}

/** Numbers that are the same in every run. */
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const comparable = ({ members, ...state }) => ({ ...state, members: members.map(({ online, ...member }) => member) });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

for (const order of ["fair", "votes", "fifo"]) {
  test(`fold: a hundred events of a room in order ${order} give the server's state`, async () => {
    const { fold, told } = await pagesFold();
    const host = await guest("Hanna");
    const room = await createRoom(host, { name: "Fold", settings: { order, autopilot: false, guestsMove: true, maxPerMember: 30, vetoesPerMember: 5 } });
    const people = [host];
    for (const name of ["Ana", "Ben", "Cem"]) {
      const who = await guest(name);
      await join(who, room);
      people.push(who);
    }
    const catalogue = await songs(60, "");
    const pick = numbers(order.length * 7919 + 5);
    const state = async (rev) => (await rest("GET", `/v1/rooms/${room.id}/state${rev ? `?rev=${rev}` : ""}`, { token: host.token })).json.state;
    const send = (who, name, payload) => rest("POST", `/v1/rooms/${room.id}/commands/${name}`, { token: who.token, body: { op: crypto.randomUUID(), ...payload } });
    const start = await state();
    for (let n = 0; n < 110; n++) {
      const who = people[pick(people.length)];
      const now = n % 5 === 0 ? await state() : undefined;
      const queue = now?.queue ?? (await state()).queue;
      const item = queue[pick(Math.max(1, queue.length))]?.item ?? "i1";
      const acts = [
        () => send(who, "song:add", { songId: catalogue[pick(catalogue.length)].id }),
        () => send(who, "song:add", { songId: catalogue[pick(catalogue.length)].id }),
        () => send(who, "song:vote", { item, vote: ["up", "down", "none"][pick(3)] }),
        () => send(who, "song:vote", { item, vote: "up" }),
        () => send(who, "song:move", { item, to: pick(queue.length + 3) }),
        () => send(who, "song:veto", { item }),
        () => send(who, "song:remove", { item }),
        () => send(host, "play:start", {}),
        () => send(host, "play:skip", { item: now?.now?.item ?? "i1" }),
        () => send(who, "chat:send", { text: `word ${n}` }),
        () => send(host, "room:settings", { settings: { vetoCount: 2 + pick(2) } }),
        () => send(host, "play:pause", {}),
      ];
      const answer = await acts[pick(acts.length)]();
      if (answer.status === 429) await pause(answer.json.error.retryAfterMs + 20);
    }
    // Somebody goes, comes back, gets a role, and one is banned with his songs.
    await send(people[1], "room:leave", {});
    await join(people[1], room);
    await send(host, "member:role", { member: people[2].userId, role: "cohost" });
    await send(host, "member:ban", { member: people[3].userId });
    const { events } = (await rest("GET", `/v1/rooms/${room.id}/log?from=${start.rev + 1}`, { token: host.token })).json;
    assert.ok(events.length > 60, `only ${events.length} events`);
    let known = told(start);
    for (const event of events) {
      known = fold(known, event);
      if (event.seq % 10 === 0) assert.deepEqual(comparable(known.state), comparable(await state(event.seq)), `after ${event.seq} ${event.type}`);
    }
    const end = await state();
    assert.deepEqual(comparable(known.state), comparable(end));
    assert.equal(known.sure, true);
    // From any later state on as well, when where pins want to be is known from the state alone.
    const middle = events[Math.floor(events.length / 2)].seq;
    const later = events.filter(({ seq }) => seq > middle).reduce(fold, told(await state(middle)));
    assert.deepEqual(comparable(later.state), comparable(end));
  }, { timeout: 240_000 });
}
