// The client of Socket.IO 2 speaks Engine.IO 3: it is told so, and not left waiting.
import { test } from 'node:test';
import ioV2 from 'socket.io-client-v2';
import { assert, given, guest } from './lib.mjs';

const URL1 = given('TUTTI_URL');

test('a handshake of Engine.IO 3 is answered 400, code 5, with the reason', async () => {
  for (const version of ['3', '2', '']) {
    const answer = await fetch(`${URL1}/socket.io/?EIO=${version}&transport=polling`, { signal: AbortSignal.timeout(5000) });
    assert.equal(answer.status, 400);
    assert.deepEqual(await answer.json(), { code: 5, message: 'Unsupported protocol version' });
  }
});

for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
  test(`socket.io-client 2 over ${transports} is refused at once`, async () => {
    const { token } = await guest(URL1, 'Old');
    const socket = ioV2(`${URL1}/rooms`, { transports, reconnection: false, forceNew: true, timeout: 8000, query: { token } });
    const started = Date.now();
    const ended = await new Promise((done) => {
      socket.on('connect', () => done('connect'));
      for (const event of ['connect_error', 'connect_timeout', 'error']) socket.on(event, () => done(event));
    });
    socket.close();
    assert.equal(ended, 'connect_error');
    assert.ok(Date.now() - started < 4000, 'it hung');
  });
}
