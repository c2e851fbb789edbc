// A client of bare requests and WebSockets for the protocols' suites.
import { WebSocket } from 'ws';
import { assert, cleanup, BASE, WS_BASE } from './lib.mjs';

/** What a suite asks of the server at `path`. */
export function wire(path) {
  const url = (q = {}, base = BASE) => `${base}${path}?${new URLSearchParams(q)}`;
  const polling = (q = {}) => url({ EIO: '4', transport: 'polling', ...q });
  const get = async (q, o) => { const r = await fetch(polling(q), o); return [r.status, await r.text()]; };
  const post = async (sid, body) => { const r = await fetch(polling({ sid }), { method: 'POST', body }); return [r.status, await r.text()]; };
  const opened = async () => JSON.parse((await get())[1].slice(1)).sid;
  const ws = (q = { EIO: '4', transport: 'websocket' }) => {
    const s = new WebSocket(url(q, WS_BASE));
    s.binaryType = 'arraybuffer';
    s.on('error', () => {});
    cleanup.add(() => s.terminate());
    return s;
  };
  return { url, polling, get, post, opened, ws };
}
/** The data of the next event of a kind. */
export const wait = (s, what, ms = 3000) => new Promise((res, rej) => {
  const t = setTimeout(() => rej(new Error(`no ${what} within ${ms} ms`)), ms);
  s.addEventListener(what, (e) => { clearTimeout(t); res(e.data); }, { once: true });
});
export function isHandshake(text, upgrades) {
  assert.equal(text[0], '0');
  const { sid, ...rest } = JSON.parse(text.slice(1));
  assert.equal(typeof sid, 'string');
  assert.deepEqual(rest, { upgrades, pingInterval: 300, pingTimeout: 200, maxPayload: 1_000_000 });
}
