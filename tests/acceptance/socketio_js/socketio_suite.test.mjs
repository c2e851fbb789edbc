// What the suite of the Socket.IO protocol checks, 32 cases. Written from the protocol's text. Listeners are for one message at a time, as in
// that suite: two packets that arrive in one read would fail here.
import { check, assert, sleep, PATH } from './lib.mjs';
import { isHandshake, wait, wire } from './wire.mjs';

const { url, polling, get, post, opened, ws } = wire(PATH);
/** The next `n` packets but pings. */
const packets = (s, n) => new Promise((res) => {
  const got = [];
  s.addEventListener('message', (e) => { if (e.data !== '2' && got.push(e.data) === n) res(got); });
});
async function session() { const s = ws(); await wait(s, 'message'); return s; }
async function connected() {
  const s = await session();
  s.send('40');
  await wait(s, 'message'); await wait(s, 'message');
  return s;
}
const bytes = (...all) => Uint8Array.from(all);
const P = (num) => `{"_placeholder":true,"num":${num}}`;

// Engine.IO, as far as it shows here.
check('S01', 'polling: a session opens', async () => { const [status, text] = await get(); assert.equal(status, 200); isHandshake(text, ['websocket']); });
check('S02', 'polling: a wrong EIO', async () => {
  for (const q of [{ transport: 'polling' }, { EIO: 'abc', transport: 'polling' }]) assert.equal((await fetch(url(q))).status, 400);
});
check('S03', 'polling: a wrong transport', async () => {
  for (const q of [{ EIO: '4' }, { EIO: '4', transport: 'abc' }]) assert.equal((await fetch(url(q))).status, 400);
});
check('S04', 'polling: a wrong method', async () => {
  for (const method of ['POST', 'PUT']) assert.equal((await fetch(polling(), { method })).status, 400);
});
check('S05', 'WebSocket: a session opens', async () => isHandshake(await wait(ws(), 'message'), []));
check('S06', 'WebSocket: a wrong EIO', async () => {
  for (const q of [{ transport: 'websocket' }, { EIO: 'abc', transport: 'websocket' }]) await wait(ws(q), 'close');
});
check('S07', 'WebSocket: a wrong transport', async () => {
  for (const q of [{ EIO: '4' }, { EIO: '4', transport: 'abc' }]) await wait(ws(q), 'close');
});
check('S08', 'polling: pings', async () => {
  const sid = await opened();
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(await get({ sid }), [200, '2']);
    assert.equal((await post(sid, '3'))[0], 200);
  }
});
check('S09', 'polling: no answer to a ping', async () => {
  const sid = await opened();
  await sleep(510);
  assert.equal((await get({ sid }))[0], 400);
});
check('S10', 'WebSocket: pings', async () => {
  const s = await session();
  for (let i = 0; i < 3; i++) { assert.equal(await wait(s, 'message'), '2'); s.send('3'); }
});
check('S11', 'WebSocket: no answer to a ping', async () => { await wait(ws(), 'close'); });
check('S12', 'polling: close', async () => {
  const sid = await opened();
  const [polled] = await Promise.all([get({ sid }), sleep(50).then(() => post(sid, '1'))]);
  assert.deepEqual(polled, [200, '6']);
  assert.equal((await get({ sid }))[0], 400);
});
check('S13', 'WebSocket: close', async () => { const s = await session(); s.send('1'); await wait(s, 'close'); });
async function probed() {
  const sid = await opened();
  const s = ws({ EIO: '4', transport: 'websocket', sid });
  await wait(s, 'open');
  s.send('2probe');
  assert.equal(await wait(s, 'message'), '3probe');
  s.send('5');
  s.send('40');
  assert.match(await wait(s, 'message'), /^40\{"sid"/); // so the `5` has arrived
  return { sid, s };
}
check('S14', 'upgrade', async () => { const { s } = await probed(); assert.equal(await wait(s, 'message'), '42["auth",{}]'); });
check('S15', 'upgrade: polls are refused afterwards', async () => { const { sid } = await probed(); assert.equal((await get({ sid }))[0], 400); });
check('S16', 'upgrade: another WebSocket is closed', async () => {
  const { sid } = await probed();
  await wait(ws({ EIO: '4', transport: 'websocket', sid }), 'close');
});

// Socket.IO.
for (const [id, nsp, auth] of [['S17', '', ''], ['S18', '', '{"token":"123"}'], ['S19', '/custom,', ''], ['S20', '/custom,', '{"token":"abc"}']]) {
  check(id, `connects to ${nsp || '/'} with ${auth || 'nothing'}`, async () => {
    const s = await session();
    s.send(`40${nsp}${auth}`);
    const answer = await wait(s, 'message');
    assert.ok(answer.startsWith(`40${nsp}{`), answer);
    const { sid, ...rest } = JSON.parse(answer.slice(2 + nsp.length));
    assert.equal(typeof sid, 'string');
    assert.deepEqual(rest, {});
    assert.equal(await wait(s, 'message'), `42${nsp}["auth",${auth || '{}'}]`);
  });
}
check('S21', 'an unknown namespace', async () => {
  const s = await session();
  s.send('40/random');
  assert.equal(await wait(s, 'message'), '44/random,{"message":"Invalid namespace"}');
});
check('S22', 'a CONNECT that is none ends the connection', async () => { const s = await session(); s.send('4abc'); await wait(s, 'close'); });
check('S23', 'no CONNECT ends the connection', async () => {
  const s = await session();
  s.on('message', (m) => { if (m.toString() === '2') s.send('3'); });
  await wait(s, 'close');
});
check('S24', 'leaving /', async () => { const s = await connected(); s.send('41'); await wait(s, 'close'); });
check('S25', 'leaving another namespace leaves /', async () => {
  const s = await connected();
  s.send('40/custom');
  await wait(s, 'message'); await wait(s, 'message');
  s.send('41/custom');
  s.send('42["message","message to main namespace"]');
  assert.equal(await wait(s, 'message'), '42["message-back","message to main namespace"]');
});
check('S26', 'text', async () => {
  const s = await connected();
  s.send('42["message",1,"2",{"3":[true]}]');
  assert.equal(await wait(s, 'message'), '42["message-back",1,"2",{"3":[true]}]');
});
check('S27', 'attachments', async () => {
  const s = await connected();
  const got = packets(s, 3);
  s.send(`452-["message",${P(0)},${P(1)}]`);
  s.send(bytes(1, 2, 3)); s.send(bytes(4, 5, 6));
  assert.deepEqual(await got, [`452-["message-back",${P(0)},${P(1)}]`, bytes(1, 2, 3).buffer, bytes(4, 5, 6).buffer]);
});
check('S28', 'text and its ack', async () => {
  const s = await connected();
  s.send('42456["message-with-ack",1,"2",{"3":[false]}]');
  assert.equal(await wait(s, 'message'), '43456[1,"2",{"3":[false]}]');
});
check('S29', 'attachments and their ack', async () => {
  const s = await connected();
  const got = packets(s, 3);
  s.send(`452-789["message-with-ack",${P(0)},${P(1)}]`);
  s.send(bytes(1, 2, 3)); s.send(bytes(4, 5, 6));
  assert.deepEqual(await got, [`462-789[${P(0)},${P(1)}]`, bytes(1, 2, 3).buffer, bytes(4, 5, 6).buffer]);
});
for (const [id, what, packet] of [['S30', 'unknown type', '4abc'], ['S31', 'payload', '42{}'], ['S32', 'ack id', '42abc["message-with-ack",1]']]) {
  check(id, `invalid (${what}) ends the connection`, async () => { const s = await connected(); s.send(packet); await wait(s, 'close'); });
}

check('S40', 'the server asks and the answer has attachments: they come back', async () => {
  const s = await connected();
  const asked = packets(s, 2);
  s.send(`451-["emit-with-ack",${P(0)},7]`);
  s.send(bytes(9, 8));
  const [question, attachment] = await asked;
  const id = /^451-(\d+)\["emit-with-ack",\{"_placeholder":true,"num":0\},7\]$/.exec(question)?.[1];
  assert.ok(id !== undefined, question);
  assert.deepEqual(attachment, bytes(9, 8).buffer);
  const told = packets(s, 3);
  s.send(`462-${id}[${P(0)},"x",${P(1)}]`);
  s.send(bytes(1)); s.send(bytes(2, 3));
  assert.deepEqual(await told, [`452-["emit-with-ack-result",${P(0)},"x",${P(1)}]`, bytes(1).buffer, bytes(2, 3).buffer]);
});
check('S41', 'the answer to CONNECT and what follows it are never read at once', async () => {
  for (let i = 0; i < 20; i++) await connected();
});
