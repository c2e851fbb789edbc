// Guests, rooms and the devices of members, for the checks with other people's programs.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';

export { assert };
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** An address given by the script that runs the checks. */
export function given(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set; run tests/sockets.sh`);
  return value;
}

async function post(base, path, body, token) {
  const answer = await fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  assert.equal(answer.status, 201, `POST ${path} answered ${answer.status}`);
  return answer.json();
}
export const guest = (base, name) => post(base, '/v1/guests', { name });
export const createRoom = (base, token) => post(base, '/v1/rooms', { name: 'Party', settings: { autopilot: false } }, token);

/** A member's socket, in the room; `seen` holds what came under `events`. */
export async function member(base, token, room, ...events) {
  const socket = io(`${base}/rooms`, { forceNew: true, transports: ['websocket'], auth: { token }, reconnection: false });
  await new Promise((done, fail) => { socket.once('connect', done); socket.once('connect_error', fail); });
  const seen = [];
  for (const event of events) socket.on(event, (...args) => seen.push([event, ...args]));
  const joined = await socket.timeout(5000).emitWithAck('room:join', { op: randomUUID(), room });
  assert.equal(joined.ok, true, JSON.stringify(joined));
  return { socket, seen };
}

/** Waits until `holds` does, `ms` at most. */
export async function until(holds, what, ms = 5000) {
  const end = Date.now() + ms;
  while (!holds()) {
    assert.ok(Date.now() < end, `${what} did not happen within ${ms} ms`);
    await sleep(10);
  }
}
