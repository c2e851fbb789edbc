// What the own tests of socket.io-client expect of a server: TUTTI_CONFORMANCE=client.
import { io } from 'socket.io-client';
import { check, assert, cleanup, BASE, PATH } from './lib.mjs';

const open = (ns = '/', o = {}) => {
  const s = io(BASE + ns, { path: PATH, forceNew: true, reconnectionDelay: 10, ...o });
  cleanup.add(() => s.close());
  return s;
};
const once = (s, ev, ms = 5000) => new Promise((res, rej) => {
  const t = setTimeout(() => rej(new Error(`no "${ev}" within ${ms} ms`)), ms);
  s.once(ev, (...a) => { clearTimeout(t); res(a); });
});
const reply = async (emit, back, ...args) => { const s = open(); const got = once(s, back); s.emit(emit, ...args); return got; };
const binary = Buffer.from('asdfasdf');

check('N01', 'recovery in the main namespace, after one event', async () => {
  const s = open();
  assert.equal(s.recovered, false);
  s.emit('hi');
  await once(s, 'hi');
  const { id } = s;
  s.io.engine.close();
  await once(s, 'connect');
  assert.deepEqual([s.id, s.recovered], [id, true]);
});
check('N02', 'without an event there is nothing to recover by: another id', async () => {
  const s = open();
  await once(s, 'connect');
  const { id } = s;
  s.io.engine.close();
  await once(s, 'connect');
  assert.notEqual(s.id, id);
});
for (const ns of ['/', '/foo']) {
  check(ns === '/' ? 'N03' : 'N04', `the socket's id on both sides, in ${ns}`, async () => {
    const s = open(ns);
    assert.equal(await s.emitWithAck('getId'), s.id);
  });
}
check('N05', 'the query, from options and from the address, decoded; auth', async () => {
  const s = open('/', { query: { e: 'f' } });
  assert.equal((await s.emitWithAck('getHandshake')).query.e, 'f');
  const [a] = await once(open('/abc?b=c&d=e', { auth: (cb) => cb({ g: 'h' }) }), 'handshake');
  assert.deepEqual([a.query.b, a.query.d, a.auth.g, a.query.g], ['c', 'e', 'h', undefined]);
  const [b] = await once(open('/abc', { query: { '&a': '&=?a' } }), 'handshake');
  assert.equal(b.query['&a'], '&=?a');
});
check('N06', 'namespaces and queries that are refused', async () => {
  assert.equal((await once(open('/no'), 'connect_error'))[0].message, 'Auth failed (custom namespace)');
  assert.equal((await once(open('/?fail=true'), 'connect_error'))[0].message, 'Auth failed (main namespace)');
  for (const ns of ['/timeout_socket', '/valid', '/asd']) await once(open(ns), 'connect');
});
check('N07', 'echo, and the server asks', async () => {
  const s = open();
  assert.equal(await s.emitWithAck('echo', 123), 123);
  s.on('ack', (answer) => answer(5, { test: true }));
  s.emit('ack');
  await once(s, 'got it');
});
check('N08', 'dates, text and false', async () => {
  const [date] = await reply('getDate', 'takeDate');
  assert.ok(Math.abs(new Date(date) - Date.now()) < 60_000, date);
  const [{ date: inside }] = await reply('getDateObj', 'takeDateObj');
  assert.equal(typeof inside, 'string');
  assert.equal(typeof await open().emitWithAck('getAckDate', { test: true }), 'string');
  assert.equal((await reply('false', 'false'))[0], false); // the offset follows
  const s = open();
  const texts = [];
  s.on('takeUtf8', (text) => texts.push(text));
  s.emit('getUtf8');
  await s.emitWithAck('echo', 1);
  assert.deepEqual(texts.slice(0, 3), ['てすと', 'Я Б Г Д Ж Й', 'Ä ä Ü ü ß']);
  assert.equal(texts.length, 5);
});
check('N09', 'binary, both ways and in order', async () => {
  for (const [ask, answer] of [['doge', 'doge'], ['getbin', 'takebin']]) assert.deepEqual((await reply(ask, answer))[0], binary);
  await reply('buffa', 'buffack', binary);
  await reply('jsonbuff', 'jsonbuff-ack', { hello: 'lol', message: binary, goodbye: 'gotcha' });
  const s = open();
  s.emit('abuff1', binary); s.emit('abuff2', 'please arrive second');
  await once(s, 'abuff2-ack');
});
