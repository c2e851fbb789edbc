// What the suite of the Engine.IO protocol checks, 25 cases, at a server that sends every message back: /engine.io under TUTTI_CONFORMANCE=1.
// Written from the protocol's text. Listeners are for one message at a time, as in that suite.
import { check, assert, sleep, RS } from './lib.mjs';
import { isHandshake, wait, wire } from './wire.mjs';

const { url, polling, get, post, opened, ws } = wire('/engine.io/');

check('G01', 'polling: a session opens', async () => {
  const [status, text] = await get();
  assert.equal(status, 200);
  isHandshake(text, ['websocket']);
});
const WRONG = [['EIO', [{ transport: 'X' }, { EIO: 'abc', transport: 'X' }]], ['transport', [{ EIO: '4' }, { EIO: '4', transport: 'abc' }]]];
for (const [place, [what, queries]] of WRONG.entries()) {
  const of = (q, transport) => (q.transport === 'X' ? { ...q, transport } : q);
  check(`G0${2 + place}`, `polling: a wrong ${what} is refused`, async () => {
    for (const q of queries) assert.equal((await fetch(url(of(q, 'polling')))).status, 400);
  });
  check(`G0${6 + place}`, `WebSocket: a wrong ${what} is refused`, async () => {
    for (const q of queries) await wait(ws(of(q, 'websocket')), 'close');
  });
}
check('G04', 'polling: a session opens by GET only', async () => {
  for (const method of ['POST', 'PUT']) assert.equal((await fetch(polling(), { method })).status, 400);
});
check('G05', 'WebSocket: a session opens', async () => isHandshake(await wait(ws(), 'message'), []));

for (const [id, what, body] of [
  ['G08', 'one text packet', '4hello'],
  ['G09', 'several text packets', ['4test1', '4test2', '4test3'].join(RS)],
  ['G10', 'text and binary packets', ['4hello', 'bAQIDBA=='].join(RS)],
]) {
  check(id, `polling: ${what} there and back`, async () => {
    const sid = await opened();
    assert.deepEqual(await post(sid, body), [200, 'ok']);
    assert.deepEqual(await get({ sid }), [200, body]);
  });
}
check('G11', 'polling: a packet that is none ends the session', async () => {
  const sid = await opened();
  assert.equal((await post(sid, 'abc'))[0], 400);
  assert.equal((await get({ sid }))[0], 400);
});
check('G12', 'polling: two polls at once end the session', async () => {
  const sid = await opened();
  const [first, second] = await Promise.all([get({ sid }), sleep(50).then(() => get({ sid, t: 'burst' }))]);
  assert.deepEqual(first, [200, '1']);
  assert.equal(second[0], 400);
  assert.equal((await get({ sid }))[0], 400);
});
check('G13', 'polling: a cancelled poll ends the session', async () => {
  const sid = await opened();
  const stop = new AbortController();
  const polled = get({ sid }, { signal: stop.signal }).catch(() => 'cancelled');
  await sleep(20);
  stop.abort();
  assert.equal(await polled, 'cancelled');
  await sleep(20);
  assert.equal((await get({ sid }))[0], 400);
});
check('G14', 'WebSocket: text there and back', async () => {
  const s = ws();
  await wait(s, 'open'); await wait(s, 'message');
  s.send('4hello');
  assert.equal(await wait(s, 'message'), '4hello');
});
check('G15', 'WebSocket: binary there and back', async () => {
  const s = ws();
  await wait(s, 'message');
  s.send(Uint8Array.of(1, 2, 3, 4));
  assert.deepEqual(new Uint8Array(await wait(s, 'message')), Uint8Array.of(1, 2, 3, 4));
});
check('G16', 'WebSocket: a packet that is none ends the session', async () => {
  const s = ws();
  await wait(s, 'message');
  s.send('abc');
  await wait(s, 'close');
});
check('G17', 'polling: pings come and are answered', async () => {
  const sid = await opened();
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(await get({ sid }), [200, '2']);
    assert.equal((await post(sid, '3'))[0], 200);
  }
});
check('G18', 'polling: a ping without an answer ends the session', async () => {
  const sid = await opened();
  await sleep(510);
  assert.equal((await get({ sid }))[0], 400);
});
check('G19', 'WebSocket: pings come and are answered', async () => {
  const s = ws();
  await wait(s, 'message');
  for (let i = 0; i < 3; i++) {
    assert.equal(await wait(s, 'message'), '2');
    s.send('3');
  }
});
check('G20', 'WebSocket: a ping without an answer ends the session', async () => { await wait(ws(), 'close'); });
check('G21', 'polling: a close releases the poll', async () => {
  const sid = await opened();
  const [polled] = await Promise.all([get({ sid }), sleep(50).then(() => post(sid, '1'))]);
  assert.deepEqual(polled, [200, '6']);
  assert.equal((await get({ sid }))[0], 400);
});
check('G22', 'WebSocket: a close ends the connection', async () => {
  const s = ws();
  await wait(s, 'message');
  s.send('1');
  await wait(s, 'close');
});

async function probed() {
  const sid = await opened();
  const s = ws({ EIO: '4', transport: 'websocket', sid });
  await wait(s, 'open');
  s.send('2probe');
  assert.equal(await wait(s, 'message'), '3probe');
  return { sid, s };
}
async function goesOn(s) {
  s.send('4hello');
  assert.equal(await wait(s, 'message'), '4hello');
}
check('G23', 'upgrade: the poll is released and the WebSocket takes over', async () => {
  const { sid, s } = await probed();
  assert.deepEqual(await get({ sid }), [200, '6']);
  s.send('5');
  await goesOn(s);
});
check('G24', 'upgrade: polls of the session are refused afterwards', async () => {
  const { sid, s } = await probed();
  s.send('5');
  await goesOn(s); // so the `5` has arrived: the poll is on another connection
  assert.equal((await get({ sid }))[0], 400);
  await goesOn(s);
});
check('G25', 'upgrade: another WebSocket of the session is closed', async () => {
  const { sid, s } = await probed();
  s.send('5');
  await goesOn(s);
  await wait(ws({ EIO: '4', transport: 'websocket', sid }), 'close');
  await goesOn(s);
});

check('G30', 'one WebSocket frame is one packet, also of many at once', async () => {
  const s = ws();
  const got = [];
  s.on('message', (data, isBinary) => got.push(isBinary ? new Uint8Array(data).join() : data.toString()));
  await wait(s, 'message');
  const want = [];
  for (let i = 0; i < 2000; i++) {
    if (i % 10 === 9) { s.send(Uint8Array.of(i & 255, 30)); want.push(`${i & 255},30`); }
    else { s.send(`4${i}`); want.push(`4${i}`); }
  }
  const end = Date.now() + 4000;
  while (got.length < want.length + 1 && Date.now() < end) { await sleep(10); if (got.includes('2')) s.send('3'); }
  assert.deepEqual(got.filter((m, i) => i > 0 && m !== '2'), want);
});
