// What an event does to a room: state + event = state, as `server/src/rooms/fold.rs` has it. Pure. Where the page cannot know exactly what
// the server knows, the answer says that it is not sure, and the state is to be fetched.
import { type Pin, ordered } from "./order";
import type { Item, Member, Message, Now, Picture, Played, Role, RoomEvent, Settings, Song, State, Vote } from "./types";
import { SERVER } from "./types";

const HISTORY = 50;
const CHAT = 100;
const PICTURES = 50;
/** How long a song must have played for its skip to leave the turn spent, in milliseconds. */
const SPENT = 30_000;

/** A state and what the page knows besides it. */
export interface Known {
  state: State;
  /** Places that moves gave. */
  pins: ReadonlyMap<string, Pin>;
  /** Those who left, for when they come back: what they spent, and until when they are checked in. */
  left: ReadonlyMap<string, Member>;
  /** Whether this is exactly what the server has. */
  sure: boolean;
}

/** What is known of a state that was just told. */
export function told(state: State): Known {
  const pins = new Map<string, Pin>();
  // Of two on one place the later pin stands first, so that earlier rows were pinned later; all before what is still to come.
  state.queue.forEach(({ item, pin }, at) => {
    if (pin !== null) pins.set(item, { index: pin, seq: -at });
  });
  return { state, pins, left: new Map(), sure: true };
}

/** The state after one more event; events that were folded already change nothing. */
export function fold(known: Known, event: RoomEvent): Known {
  if (event.seq <= known.state.rev) return known;
  const next: Known = { ...known, state: { ...known.state, rev: event.seq } };
  const change = CHANGES[event.type];
  if (!change) return QUIET.has(event.type) ? next : { ...next, sure: false };
  const after = change(next, event);
  return REORDERS.has(event.type) || (event.type === "room.settings" && "order" in settingsOf(event)) ? sorted(after) : after;
}

type Change = (known: Known, event: RoomEvent) => Known;

const QUIET = new Set(["song.detected", "autopilot.picked"]);
const REORDERS = new Set(["song.added", "song.removed", "song.moved", "song.voted", "play.started", "play.ended", "member.joined", "member.left", "member.banned"]);

/** The queue in its order. */
function sorted(known: Known): Known {
  const { state, pins } = known;
  const queue = ordered(state.queue, { order: state.settings.order, turns: state.turns, members: state.members, pins });
  const same = queue.every((item, at) => item === state.queue[at]);
  return same ? known : { ...known, state: { ...state, queue } };
}

const set = (known: Known, part: Partial<State>): Known => ({ ...known, state: { ...known.state, ...part } });
const text = (event: RoomEvent, name: string): string => String(event.data[name] ?? "");
const settingsOf = (event: RoomEvent): Partial<Settings> => (event.data.settings ?? {}) as Partial<Settings>;

const CHANGES: Record<string, Change> = {
  "room.settings": (known, event) => {
    const name = event.data.name as string | undefined;
    return set(known, { settings: { ...known.state.settings, ...settingsOf(event) }, ...(name === undefined ? {} : { name }) });
  },
  "room.closed": (known) => set(known, { open: false }),
  "member.joined": (known, event) => {
    const id = text(event, "member");
    const before = known.left.get(id);
    const until = before?.checkedInUntil ?? null;
    const checkedIn = until !== null && until > event.ts;
    const member: Member = { id, name: text(event, "name"), role: event.data.role as Role, online: false, checkedIn, checkedInUntil: checkedIn ? until : null, vetoes: before?.vetoes ?? 0 };
    // Who left before this state was told may still be checked in: only the server knows.
    const sure = known.sure && (before !== undefined || !known.state.settings.requireCheckin);
    return { ...set(known, { members: [...known.state.members.filter((one) => one.id !== id), member] }), sure };
  },
  "member.left": (known, event) => without(known, event),
  "member.banned": (known, event) => {
    const id = text(event, "member");
    const member = known.state.members.find((one) => one.id === id);
    const left = without(known, event);
    const { bans } = left.state;
    return bans ? set(left, { bans: [...bans.filter((ban) => ban.id !== id), { id, name: member?.name ?? "", reason: (event.data.reason as string) ?? null }] }) : left;
  },
  "member.unbanned": (known, event) => {
    const { bans } = known.state;
    return bans ? set(known, { bans: bans.filter(({ id }) => id !== text(event, "member")) }) : known;
  },
  "member.role": (known, event) => {
    const [id, role] = [text(event, "member"), event.data.role as Role];
    const members = known.state.members.map((member) => {
      if (member.id === id) return { ...member, role };
      return role === "host" && member.role === "host" ? { ...member, role: "cohost" as const } : member;
    });
    return set(known, { members });
  },
  "member.checkedin": (known, event) => changeMember(known, text(event, "member"), { checkedIn: true, checkedInUntil: Number(event.data.until) }),
  "song.added": (known, event) => {
    const server = event.by === SERVER;
    const item: Item = {
      item: text(event, "item"),
      song: event.data.song as Song,
      by: event.by,
      note: (event.data.note as string | null) ?? null,
      addedSeq: event.seq,
      scoreSeq: event.seq,
      score: server ? 0 : 1,
      up: server ? 0 : 1,
      down: 0,
      pinned: false,
      pin: null,
      votes: server ? {} : { [event.by]: "up" },
      vetoes: [],
    };
    return set(known, { queue: [...known.state.queue, item] });
  },
  "song.removed": (known, event) => take(known, text(event, "item")),
  "song.moved": (known, event) => {
    const id = text(event, "item");
    const index = Number(event.data.to);
    const pins = new Map(known.pins).set(id, { index, seq: event.seq });
    return { ...changeItem(known, id, (item) => ({ ...item, pinned: true, pin: index })), pins };
  },
  "song.voted": (known, event) => changeItem(known, text(event, "item"), (item) => voted(item, event.by, event.data.vote as Vote, event.seq)),
  "song.vetoed": (known, event) => {
    const member = known.state.members.find(({ id }) => id === event.by);
    const spent = member?.role === "guest" ? changeMember(known, member.id, { vetoes: member.vetoes + 1 }) : known;
    return changeItem(spent, text(event, "item"), (item) => (item.vetoes.includes(event.by) ? item : { ...item, vetoes: [...item.vetoes, event.by].sort() }));
  },
  "play.started": (known, event) => {
    const id = text(event, "item");
    const by = known.state.queue.find(({ item }) => item === id)?.by ?? event.by;
    const { turns } = known.state;
    const at = Number(event.data.atMs);
    const now: Now = { item: id, song: event.data.song as Song, by, state: "playing", positionMs: 0, atMs: at, startedMs: at, skips: [] };
    return set(take(known, id), { now, turns: by === SERVER ? turns : { ...turns, [by]: (turns[by] ?? 0) + 1 } });
  },
  "play.state": (known, event) =>
    changeNow(known, text(event, "item"), (now) => ({ ...now, atMs: Number(event.data.atMs), positionMs: Number(event.data.positionMs), state: event.data.state as Now["state"] })),
  "play.ended": ended,
  "skip.voted": (known, event) => changeNow(known, text(event, "item"), (now) => (now.skips.includes(event.by) ? now : { ...now, skips: [...now.skips, event.by] })),
  "chat.message": (known, event) => {
    const message: Message = { seq: event.seq, by: event.by, text: text(event, "text"), ts: event.ts, replyTo: (event.data.replyTo as number | null) ?? null, deleted: false };
    return set(known, { chat: [...known.state.chat, message].slice(-CHAT) });
  },
  "chat.deleted": (known, event) =>
    set(known, { chat: known.state.chat.map((message) => (message.seq === Number(event.data.seq) ? { ...message, deleted: true, text: "" } : message)) }),
  "picture.shared": (known, event) => {
    const picture: Picture = { picture: text(event, "picture"), url: text(event, "url"), mime: text(event, "mime"), by: event.by, caption: (event.data.caption as string | null) ?? null, ts: event.ts };
    return set(known, { pictures: [...known.state.pictures, picture].slice(-PICTURES) });
  },
  "picture.deleted": (known, event) => set(known, { pictures: known.state.pictures.filter(({ picture }) => picture !== event.data.picture) }),
};

/** An item after a member's vote. */
export function voted(item: Item, by: string, vote: Vote, seq: number): Item {
  const votes = { ...item.votes };
  if (vote === "none") delete votes[by];
  else votes[by] = vote;
  return counted(item, votes, seq);
}

function counted(item: Item, votes: Record<string, Vote>, seq: number): Item {
  let [up, down] = [0, 0];
  for (const vote of Object.values(votes)) {
    if (vote === "up") up++;
    else if (vote === "down") down++;
  }
  const score = up - down;
  return { ...item, votes, up, down, score, scoreSeq: score === item.score ? item.scoreSeq : seq };
}

/** His songs stay; his votes on what waits stop counting. */
function without(known: Known, event: RoomEvent): Known {
  const id = text(event, "member");
  const { state } = known;
  const queue = state.queue.map((item) => {
    if (!(id in item.votes)) return item;
    const { [id]: _, ...votes } = item.votes;
    return counted(item, votes, event.seq);
  });
  const now = state.now?.skips.includes(id) ? { ...state.now, skips: state.now.skips.filter((one) => one !== id) } : state.now;
  const member = state.members.find((one) => one.id === id);
  const left = member ? new Map(known.left).set(id, member) : known.left;
  return { ...set(known, { members: state.members.filter((one) => one.id !== id), queue, now }), left };
}

function ended(known: Known, event: RoomEvent): Known {
  const { now, turns, history } = known.state;
  if (!now || now.item !== text(event, "item")) return known;
  const reason = text(event, "reason");
  const played: Played = { item: now.item, song: now.song, by: now.by, startedMs: now.startedMs, endedMs: event.ts, reason: reason as Played["reason"] };
  const position = now.state === "playing" ? now.positionMs + Math.max(0, event.ts - now.atMs) : now.positionMs;
  const given = ["skipped", "voted", "veto"].includes(reason) && position < SPENT && now.by in turns;
  return set(known, {
    now: null,
    history: [...history, played].slice(-HISTORY),
    turns: given ? { ...turns, [now.by]: Math.max(0, (turns[now.by] ?? 0) - 1) } : turns,
  });
}

/** Takes an item out of the queue; what was pinned behind it moves up with the others. */
function take(known: Known, id: string): Known {
  const { queue } = known.state;
  const at = queue.findIndex(({ item }) => item === id);
  if (at < 0) return known;
  const pins = new Map(known.pins);
  pins.delete(id);
  const rest = queue.filter((_, index) => index !== at).map((item, index) => {
    const pin = pins.get(item.item);
    if (!pin || index < at) return item;
    const moved = { ...pin, index: Math.max(0, pin.index - 1) };
    pins.set(item.item, moved);
    return { ...item, pin: moved.index };
  });
  return { ...set(known, { queue: rest }), pins };
}

function changeItem(known: Known, id: string, change: (item: Item) => Item): Known {
  const { queue } = known.state;
  return queue.some(({ item }) => item === id) ? set(known, { queue: queue.map((item) => (item.item === id ? change(item) : item)) }) : known;
}

function changeNow(known: Known, id: string, change: (now: Now) => Now): Known {
  const { now } = known.state;
  return now && now.item === id ? set(known, { now: change(now) }) : known;
}

export function changeMember(known: Known, id: string, part: Partial<Member>): Known {
  const { members } = known.state;
  return members.some((member) => member.id === id) ? set(known, { members: members.map((member) => (member.id === id ? { ...member, ...part } : member)) }) : known;
}
