// Node programs of the same cluster: two servers of ours, one of Node's, and Node's emitter, joined by one Redis.
import { after, before, test } from 'node:test';
import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { Emitter } from '@socket.io/redis-emitter';
import { createClient } from 'redis';
import { Server } from 'socket.io';
import { assert, createRoom, given, guest, member, sleep, until } from './lib.mjs';

const BASES = [given('TUTTI_URL_1'), given('TUTTI_URL_2')];
const clients = [];
let emitter, io, room, other, members, stranger;

async function redis() {
  const client = createClient({ url: given('TUTTI_REDIS_URL') });
  await client.connect();
  clients.push(client);
  return client;
}

before(async () => {
  emitter = new Emitter(await redis());
  io = new Server(createServer(), { serveClient: false });
  io.adapter(createAdapter(await redis(), await redis()));
  io.of('/rooms');
  const tokens = await Promise.all(['A', 'B', 'C', 'D'].map((name, at) => guest(BASES[at % 2], name)));
  room = await createRoom(BASES[0], tokens[0].token);
  other = await createRoom(BASES[1], tokens[3].token);
  members = [];
  for (const at of [0, 1, 2]) members.push(await member(BASES[at % 2], tokens[at].token, room.id, 'announce', 'ask'));
  stranger = await member(BASES[1], tokens[3].token, other.id, 'announce');
  await sleep(300); // until everybody is subscribed
});
after(async () => {
  for (const { socket } of [...members, stranger]) socket.close();
  io.close();
  await Promise.all(clients.map((client) => client.quit()));
});

/** Sends, and checks that each member gets it once, the stranger not. */
async function once(send, args) {
  for (const { seen } of [...members, stranger]) seen.length = 0;
  send();
  await until(() => members.every(({ seen }) => seen.length > 0), 'the delivery to all members');
  await sleep(200);
  for (const { seen } of members) assert.deepEqual(seen, [['announce', ...args]]);
  assert.deepEqual(stranger.seen, []);
}
const songs = { text: 'closing soon', at: 1.5, list: [1, null, true, 'é ♥'] };
const bytes = Buffer.from([0, 1, 2, 0xff]);

test('Node\'s emitter reaches the members on both servers, each once', () =>
  once(() => emitter.of('/rooms').to(room.id).emit('announce', songs, 7), [songs, 7]));
test('Node\'s emitter with binary', () =>
  once(() => emitter.of('/rooms').to(room.id).emit('announce', { cover: bytes }), [{ cover: bytes }]));
test('Node\'s emitter: two rooms overlap, and one is left out', async () => {
  await once(() => emitter.of('/rooms').to([room.id, other.id]).except(other.id).emit('announce', 'both'), ['both']);
});
test('a Node server emits into a room of ours', () => once(() => io.of('/rooms').to(room.id).emit('announce', songs), [songs]));
test('a Node server emits binary into a room of ours', () => once(() => io.of('/rooms').in(room.id).emit('announce', bytes, 'x'), [bytes, 'x']));
test('what a Node server emits in a row arrives in this order', async () => {
  for (const { seen } of members) seen.length = 0;
  for (let at = 0; at < 500; at += 1) io.of('/rooms').to(room.id).emit('announce', at);
  await until(() => members.every(({ seen }) => seen.length >= 500), '500 deliveries');
  for (const { seen } of members) assert.deepEqual(seen.map(([, at]) => at), Array.from({ length: 500 }, (_, at) => at));
});
test('a Node server waits for the answers of the members on both servers', async () => {
  members.forEach(({ socket }, at) => socket.on('ask', (what, answer) => answer(`${what} ${at}`)));
  const answers = await io.of('/rooms').to(room.id).timeout(3000).emitWithAck('ask', 'who');
  assert.deepEqual(answers.sort(), ['who 0', 'who 1', 'who 2']);
});
test('a Node server lists the sockets and rooms of both servers', async () => {
  const sockets = await io.of('/rooms').in(room.id).fetchSockets();
  assert.deepEqual(sockets.map(({ id }) => id).sort(), members.map(({ socket }) => socket.id).sort());
  for (const socket of sockets) {
    assert.ok(socket.rooms.has(room.id));
    assert.equal(typeof socket.handshake, 'object');
  }
  const rooms = await io.of('/rooms').adapter.allRooms();
  assert.ok(rooms.has(room.id) && rooms.has(other.id));
});
test('a Node server moves sockets of ours and ends one', async () => {
  io.of('/rooms').in(members[1].socket.id).socketsJoin('node-only');
  await sleep(200);
  for (const { seen } of members) seen.length = 0;
  io.of('/rooms').to('node-only').emit('announce', 'one');
  await until(() => members[1].seen.length === 1, 'the delivery to the one that was moved');
  assert.deepEqual([members[0].seen, members[2].seen], [[], []]);
  io.of('/rooms').in('node-only').socketsLeave('node-only');
  await sleep(200);
  assert.equal((await io.of('/rooms').in('node-only').fetchSockets()).length, 0);
  io.of('/rooms').in(members[2].socket.id).disconnectSockets(true);
  await until(() => !members[2].socket.connected, 'the end of the connection');
  assert.ok(members[0].socket.connected && members[1].socket.connected);
});
