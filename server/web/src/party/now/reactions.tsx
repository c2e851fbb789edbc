// Reactions: a few faces to press, and those of all floating up calmly over the page. Nothing moves for those who want no motion.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { EMOJI, Emoji } from "../../shared/room/emoji";
import { fill } from "../../shared/messages";
import { useParty } from "../store";
import { t } from "../messages";

/** At once in the air; more would be a storm. */
const MOST = 14;
const FLIGHT = 2_600;

interface Floating {
  id: number;
  emoji: string;
  from: number;
}

const air = signal<Floating[]>([]);
let last = 0;

function rise(emoji: string, count: number): void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (let n = 0; n < Math.min(count, 3); n++) {
    if (air.value.length >= MOST) return;
    const id = ++last;
    air.value = [...air.value, { id, emoji, from: 12 + Math.random() * 76 }];
    setTimeout(() => (air.value = air.value.filter((one) => one.id !== id)), FLIGHT);
  }
}

export function ReactionBar() {
  const { room } = useParty();
  return (
    <div class="reactions" role="group" aria-label={t.reactions.title}>
      {EMOJI.map((emoji, at) => (
        <button key={emoji} type="button" class="reaction" aria-label={fill(t.reactions.send, { name: t.reactions.names[at] ?? emoji })} onClick={() => room.whisper("reaction:send", { emoji })}>
          <Emoji emoji={emoji} size={24} />
        </button>
      ))}
    </div>
  );
}

export function ReactionsAbove() {
  const { room } = useParty();
  useEffect(() => room.listen({ reaction: ({ emoji, count }) => rise(emoji, count) }), []);
  return (
    <div class="air" aria-hidden="true">
      {air.value.map(({ id, emoji, from }) => <span key={id} style={{ insetInlineStart: `${from}%` }}><Emoji emoji={emoji} size={34} /></span>)}
    </div>
  );
}
