// The socket of one room: it joins, resumes from what is known after every loss, and says when it is lost. What the messages mean is
// not known here.
import { type Socket, io } from "socket.io-client";
import type { Ack, Joined, Refusal } from "./types";

/** How long an answer may take before the connection counts as dead. */
const PATIENCE = 12_000;
/** How long a connection that slept may take to show that it lives. */
const WAKE = 4_000;

export interface Handlers {
  /** What a join asks for besides room and op. */
  wanted: () => { since?: number; name?: string };
  joined: (answer: Joined) => void;
  /** The room does not let one in. */
  refused: (refusal: Refusal) => void;
  lost: () => void;
  /** The token is not good any more. */
  expired: () => void;
  message: (name: string, payload: unknown) => void;
}

const MESSAGES = ["room:event", "room:snapshot", "room:lagging", "room:closed", "room:removed", "reaction", "typing", "presence"];

export class Connection {
  private readonly socket: Socket;
  private ended = false;

  constructor(
    token: string,
    private readonly room: string,
    private readonly on: Handlers,
  ) {
    this.socket = io("/rooms", {
      auth: { token },
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelay: 400,
      reconnectionDelayMax: 5_000,
      timeout: PATIENCE,
    });
    this.socket.on("connect", () => void this.join());
    this.socket.on("disconnect", (reason) => {
      this.on.lost();
      // The server's own goodbye is not followed by a new try.
      if (reason === "io server disconnect" && !this.ended) setTimeout(() => this.socket.connect(), 1_000);
    });
    this.socket.on("connect_error", (error) => {
      this.on.lost();
      if (error.message === "UNAUTHORIZED") this.on.expired();
    });
    for (const name of MESSAGES) this.socket.on(name, (payload: unknown) => this.on.message(name, payload));
    addEventListener("offline", this.away);
    addEventListener("online", this.back);
    document.addEventListener("visibilitychange", this.woken);
  }

  /** Sends and waits for the answer. @throws when none comes in time. */
  ask<T = Ack>(name: string, payload: Record<string, unknown>, patience = PATIENCE): Promise<T> {
    return this.socket.timeout(patience).emitWithAck(name, { room: this.room, ...payload }) as Promise<T>;
  }

  /** Sends what may be lost. */
  tell(name: string, payload: Record<string, unknown> = {}): void {
    if (this.socket.connected) this.socket.volatile.emit(name, { room: this.room, ...payload }, () => undefined);
  }

  /** Drops the connection and makes a new one, for when this one has gone silent. */
  renew(): void {
    this.socket.io.engine?.close();
  }

  end(): void {
    this.ended = true;
    removeEventListener("offline", this.away);
    removeEventListener("online", this.back);
    document.removeEventListener("visibilitychange", this.woken);
    this.socket.disconnect();
  }

  private async join(): Promise<void> {
    try {
      const answer = await this.ask<Joined | { ok: false; error: Refusal }>("room:join", { op: fresh(), ...this.on.wanted() });
      if (answer.ok) this.on.joined(answer);
      else if (answer.error.code === "RATE_LIMITED" || answer.error.code === "BUSY") setTimeout(() => void this.join(), answer.error.retryAfterMs ?? 1_000);
      else this.on.refused(answer.error);
    } catch {
      if (!this.ended) this.renew();
    }
  }

  private readonly away = () => this.renew();

  private readonly back = () => {
    if (!this.ended && !this.socket.connected) this.socket.disconnect().connect();
  };

  private readonly woken = () => {
    if (document.visibilityState !== "visible" || this.ended) return;
    if (!this.socket.connected) this.back();
    else this.ask("clock:ping", { t0: 0 }, WAKE).catch(() => this.renew());
  };
}

/** An id for an op, also where the page is not served securely and the browser makes none. */
export function fresh(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
