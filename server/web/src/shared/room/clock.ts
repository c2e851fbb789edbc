// The room's clock: how far this device's clock is from the server's, by the ping with the smallest round trip of the last eight.
import { signal } from "@preact/signals";
import type { Now } from "./types";

const KEPT = 8;
/** Pings every 5 s for 30 s, then every 60 s. */
const FIRST = 6;
const SOON = 5_000;
const LATER = 60_000;

interface Ping {
  trip: number;
  offset: number;
}

/** One answered ping: `t0` sent, `t1` received there, `t2` sent there, `t3` received here. */
export function measured(t0: number, t1: number, t2: number, t3: number): Ping {
  return { trip: t3 - t0 - (t2 - t1), offset: (t1 - t0 + (t2 - t3)) / 2 };
}

export class Clock {
  /** Milliseconds that the server is ahead of this device. */
  readonly offset = signal(0);
  private pings: Ping[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Begins to ask; `ask` sends `t0` and gives `t1` and `t2`, or fails. */
  start(ask: (t0: number) => Promise<{ t1: number; t2: number }>): void {
    this.stop();
    let sent = 0;
    const next = async () => {
      const t0 = Date.now();
      try {
        const { t1, t2 } = await ask(t0);
        this.pings = [...this.pings, measured(t0, t1, t2, Date.now())].slice(-KEPT);
        this.offset.value = this.pings.reduce((best, ping) => (ping.trip < best.trip ? ping : best)).offset;
      } catch {
        // No answer: the next one may come.
      }
      this.timer = setTimeout(next, ++sent <= FIRST ? SOON : LATER);
    };
    this.timer = setTimeout(next, 0);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** The server's time. */
  now(): number {
    return Date.now() + this.offset.value;
  }
}

/** Where a song stands at the server's time `at`, within its length. */
export function position(now: Now, at: number): number {
  const ran = now.state === "playing" ? Math.max(0, at - now.atMs) : 0;
  return Math.min(now.positionMs + ran, now.song.durationMs);
}
