// Connection state recovery with the stock client: nothing here says `since`.
import { check, assert, sleep, guest, createRoom, http, Device, opId, URL1 } from './lib.mjs';

const URL2 = process.env.TUTTI_URL_2;
const STOCK = { reconnection: true, reconnectionDelay: 30, reconnectionDelayMax: 60, randomizationFactor: 0 };

/** A room with a host who writes and a guest whose client is the stock one. */
async function pair(o = {}) {
  const [h, g] = await Promise.all([guest('Host'), guest('Gast')]);
  const room = await createRoom(h.token, o.room);
  const host = await new Device(h.token).connected();
  await host.join({ room: room.id });
  const stock = await new Device(g.token, { ...STOCK, ...o.device }).connected();
  await stock.join({ room: room.id });
  await stock.until(() => host.events.some((e) => e.type === 'member.joined'), 5000, 'joined').catch(() => {});
  return { room, host, stock, h, g };
}
const connects = (d) => new Promise((res) => d.s.once('connect', res));
const seqs = (d) => d.events.map((e) => e.seq);
const rising = (list) => assert.deepEqual(list, list.map((_, i) => list[0] + i), 'a gap or a repeat');
const say = (d, text) => d.ok('chat:send', { text });

check('V01', 'a cut connection: the same id, recovered, everything missed once and in order, without since', async () => {
  const { host, stock } = await pair();
  await say(host, 'seen');
  await stock.until((e) => e.data.text === 'seen');
  const { id } = stock.s;
  stock.s.io.engine.close();
  for (let i = 0; i < 5; i++) await say(host, `missed ${i}`);
  if (!stock.s.connected) await connects(stock);
  assert.equal(stock.s.recovered, true);
  assert.equal(stock.s.id, id);
  await say(host, 'last');
  await stock.until((e) => e.data.text === 'last');
  rising(seqs(stock));
  assert.equal((await stock.op('chat:send', { text: 'I am still in the room' })).ok, true);
});
check('V02', 'cut right after the join, before any event came', async () => {
  const { host, stock } = await pair();
  stock.s.io.engine.close();
  await say(host, 'missed');
  if (!stock.s.connected) await connects(stock);
  assert.equal(stock.s.recovered, true);
  await stock.until((e) => e.data.text === 'missed');
  rising(seqs(stock));
});
check('V03', 'in two rooms: both go on', async () => {
  const { host, stock, h } = await pair();
  const second = await createRoom(h.token);
  const other = await new Device(h.token).connected();
  await other.join({ room: second.id });
  await stock.raw('room:join', { op: opId(), room: second.id });
  await say(host, 'one'); await say(other, 'two');
  await stock.until((e) => e.data.text === 'two'); await stock.until((e) => e.data.text === 'one');
  stock.s.io.engine.close();
  await say(other, 'three'); await say(host, 'four'); await say(other, 'five');
  if (!stock.s.connected) await connects(stock);
  assert.equal(stock.s.recovered, true);
  await stock.until((e) => e.data.text === 'five'); await stock.until((e) => e.data.text === 'four');
  for (const room of [host.room, second.id]) rising(stock.events.filter((e) => e.room === room).map((e) => e.seq));
});
check('V04', 'a room that was left is not entered again', async () => {
  const { host, stock } = await pair();
  await stock.ok('room:leave');
  stock.s.io.engine.close();
  await connects(stock);
  await say(host, 'not for you');
  await stock.refused('NOT_IN_ROOM', 'chat:send', { text: 'x' });
  assert.ok(!stock.events.some((e) => e.data.text === 'not for you'));
});
check('V05', "somebody else's private id gives a fresh session and nothing of theirs", async () => {
  const { host, stock, room } = await pair();
  await say(host, 'seen');
  await stock.until((e) => e.data.text === 'seen');
  const thief = await guest('Dieb');
  const taken = new Device(thief.token, { auth: { token: thief.token, pid: stock.s._pid, offset: stock.s._lastOffset } });
  await taken.connected();
  assert.notEqual(taken.s.id, stock.s.id);
  assert.notEqual(taken.s._pid, stock.s._pid);
  assert.equal(stock.s.connected, true, 'the owner stays connected');
  await say(host, 'secret');
  await stock.until((e) => e.data.text === 'secret');
  assert.deepEqual(taken.events, []);
  taken.room = room.id;
  await taken.refused('NOT_IN_ROOM', 'chat:send', { text: 'x' });
});
check('V06', 'a private id that was changed, or no offset: a fresh session', async () => {
  const { stock, g } = await pair();
  const { _pid: pid, _lastOffset: offset } = stock.s;
  for (const auth of [{ pid: `${pid.slice(0, -2)}xx`, offset }, { pid }, { pid, offset: 'nonsense' }, { pid: 7, offset: {} }, { pid, offset: `${offset}0` }]) {
    const d = await new Device(g.token, { auth: { token: g.token, ...auth } }).connected();
    assert.notEqual(d.s._pid, pid, JSON.stringify(auth));
  }
});
check('V07', 'who was kicked meanwhile is not taken back', async () => {
  const { host, stock } = await pair();
  const me = stock.me.id;
  stock.s.io.opts.reconnection = false; stock.s.io._reconnection = false;
  stock.s.io.engine.close();
  await host.ok('member:kick', { member: me });
  await say(host, 'secret');
  stock.s.connect();
  await connects(stock);
  assert.equal(stock.s.recovered, false);
  await stock.refused('NOT_IN_ROOM', 'chat:send', { text: 'x' });
  assert.ok(!stock.events.some((e) => e.data.text === 'secret'));
});
check('V08', 'an offset from the future: a fresh session', async () => {
  const { stock, g } = await pair();
  const [room, seq] = stock.s._lastOffset.split(':');
  const d = await new Device(g.token, { auth: { token: g.token, pid: stock.s._pid, offset: `${room}:${Number(seq) + 1}` } }).connected();
  assert.notEqual(d.s._pid, stock.s._pid);
});
check('V09', 'over long-polling', async () => {
  const { host, stock } = await pair({ device: { transports: ['polling'] } });
  await say(host, 'seen');
  await stock.until((e) => e.data.text === 'seen');
  stock.s.io.engine.close();
  await say(host, 'missed');
  if (!stock.s.connected) await connects(stock);
  assert.equal(stock.s.recovered, true);
  await stock.until((e) => e.data.text === 'missed');
  rising(seqs(stock));
});
if (URL2) {
  check('V10', 'on another instance', async () => {
    const { host, stock } = await pair();
    await say(host, 'seen');
    await stock.until((e) => e.data.text === 'seen');
    const auth = { token: stock.s.auth.token, pid: stock.s._pid, offset: stock.s._lastOffset };
    const { id } = stock.s;
    stock.s.io._reconnection = false; stock.s.io.engine.close();
    await say(host, 'missed');
    const there = await new Device(auth.token, { base: URL2, auth }).connected();
    assert.deepEqual([there.s.id, there.s._pid], [id, auth.pid]);
    await say(host, 'last');
    await there.until((e) => e.data.text === 'last');
    assert.deepEqual(there.events.map((e) => e.data.text), ['missed', 'last']);
    there.room = host.room;
    assert.equal((await there.op('chat:send', { text: 'here' })).ok, true);
  });
}

check('V20', "an app's own events: off unless the host allows them", async () => {
  const { host, stock } = await pair();
  const no = await stock.refused('FORBIDDEN', 'app:dice', { data: { n: 4 } });
  assert.match(no.error.message, /appEvents/);
  await host.ok('room:settings', { settings: { appEvents: true } });
  const yes = await stock.ok('app:dice', { data: { n: 4, deep: [[1]] } });
  const e = await host.until((x) => x.type === 'app.dice');
  assert.deepEqual([e.seq, e.by, e.data], [yes.seq, stock.me.id, { data: { n: 4, deep: [[1]] } }]);
  const op = opId();
  const first = await stock.raw('app:dice', { op, room: stock.room, data: 1 });
  const again = await stock.raw('app:dice', { op, room: stock.room, data: 1 });
  assert.deepEqual([again.seq, again.duplicate], [first.seq, true]);
});
check('V21', 'ephemeral ones reach who is there and are not logged', async () => {
  const { host, stock } = await pair({ room: { settings: { appEvents: true } } });
  const a = await stock.ok('app:cursor', { data: [1, 2], ephemeral: true });
  assert.equal(a.seq, undefined);
  const end = Date.now() + 5000;
  const came = () => host.other.find(([n]) => n === 'app')?.[1];
  while (!came() && Date.now() < end) await sleep(10);
  const { ts, ...rest } = came();
  assert.equal(typeof ts, 'number');
  assert.deepEqual(rest, { room: host.room, by: stock.me.id, name: 'cursor', data: [1, 2] });
  assert.equal((await say(host, 'next')).seq, a.rev + 1);
});
check('V22', 'bounds: 4 KiB, 32 levels, names; over HTTP as well', async () => {
  const { host, stock, g } = await pair({ room: { settings: { appEvents: true } } });
  await stock.ok('app:a', { data: 'x'.repeat(4094) });
  await stock.refused('TOO_LARGE', 'app:a', { data: 'x'.repeat(4095) });
  await stock.refused('BAD_REQUEST', 'app:a', { data: JSON.parse('['.repeat(33) + ']'.repeat(33)) });
  await stock.refused('BAD_REQUEST', 'app:a', { data: 1, ephemeral: 'yes' });
  for (const name of ['app:', 'app:A', 'app:a b', `app:${'x'.repeat(33)}`, 'app']) await stock.refused('UNKNOWN_EVENT', name, { data: 1 });
  const r = await http('POST', `/v1/rooms/${host.room}/commands/app:over_http-1`, { token: g.token, body: { data: { a: 1 } } });
  assert.equal(r.status, 200, r.text);
  assert.deepEqual((await host.until((e) => e.type === 'app.over_http-1')).data, { data: { a: 1 } });
  const log = await http('GET', `/v1/rooms/${host.room}/log?from=${r.json.seq}`, { token: g.token });
  assert.equal(log.json.events[0].type, 'app.over_http-1');
});
