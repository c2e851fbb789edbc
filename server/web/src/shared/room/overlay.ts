// What the room will look like once the ops that wait are carried out: shown at once, put right by what the server says.
import { voted } from "./fold";
import type { Waiting } from "./outbox";
import type { Item, Member, Now, Settings, State, Vote } from "./types";

export function overlaid(state: State, waiting: readonly Waiting[], me: string): State {
  return waiting.reduce((shown, one) => AHEAD[one.name]?.(shown, one, me) ?? shown, state);
}

type Ahead = (state: State, one: Waiting, me: string) => State;

const item = (state: State, one: Waiting, change: (item: Item) => Item): State =>
  state.queue.some((known) => known.item === one.payload.item) ? { ...state, queue: state.queue.map((known) => (known.item === one.payload.item ? change(known) : known)) } : state;
const now = (state: State, change: (now: Now) => Partial<Now>): State => (state.now ? { ...state, now: { ...state.now, ...change(state.now) } } : state);
const member = (state: State, one: Waiting, part: Partial<Member>): State => ({
  ...state,
  members: state.members.map((known) => (known.id === one.payload.member ? { ...known, ...part } : known)),
});
const place = (playing: Now, at: number): number => (playing.state === "playing" ? playing.positionMs + Math.max(0, at - playing.atMs) : playing.positionMs);

const AHEAD: Record<string, Ahead> = {
  "song:vote": (state, one, me) => item(state, one, (known) => voted(known, me, one.payload.vote as Vote, known.scoreSeq)),
  "song:veto": (state, one, me) => item(state, one, (known) => (known.vetoes.includes(me) ? known : { ...known, vetoes: [...known.vetoes, me] })),
  "song:remove": (state, one) => ({ ...state, queue: state.queue.filter((known) => known.item !== one.payload.item) }),
  "song:move": (state, one) => {
    const moved = state.queue.find((known) => known.item === one.payload.item);
    if (!moved) return state;
    const others = state.queue.filter((known) => known !== moved);
    others.splice(Number(one.payload.to), 0, { ...moved, pinned: true });
    return { ...state, queue: others };
  },
  "skip:vote": (state, one, me) => now(state, ({ item: playing, skips }) => (playing === one.payload.item && !skips.includes(me) ? { skips: [...skips, me] } : {})),
  "play:pause": (state, one) => now(state, (playing) => ({ state: "paused", positionMs: place(playing, one.at), atMs: one.at })),
  "play:resume": (state, one) => now(state, (playing) => ({ state: "playing", positionMs: place(playing, one.at), atMs: one.at })),
  "play:seek": (state, one) => now(state, () => ({ positionMs: Number(one.payload.positionMs), atMs: one.at })),
  "chat:delete": (state, one) => ({ ...state, chat: state.chat.map((message) => (message.seq === one.payload.seq ? { ...message, deleted: true, text: "" } : message)) }),
  "room:settings": (state, one) => ({
    ...state,
    name: (one.payload.name as string | undefined) ?? state.name,
    settings: { ...state.settings, ...((one.payload.settings ?? {}) as Partial<Settings>) },
  }),
  "member:role": (state, one) => member(state, one, { role: one.payload.role as Member["role"] }),
  "member:kick": (state, one) => ({ ...state, members: state.members.filter((known) => known.id !== one.payload.member) }),
  "member:ban": (state, one) => ({ ...state, members: state.members.filter((known) => known.id !== one.payload.member) }),
};
