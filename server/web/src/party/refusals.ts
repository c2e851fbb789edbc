// Refusals in words: what the server does not do, why, and what one can do instead.
import { say } from "../shared/ui/toasts";
import type { Waiting } from "../shared/room/outbox";
import type { Refusal } from "../shared/room/types";
import { counted, fill } from "../shared/messages";
import type { Party } from "./store";
import { t } from "./messages";

/** Refusals that need no words: what was wanted is so already, or nobody here asked. */
const SILENT = new Set(["play:ended"]);

/** Says why an op was refused, and offers the next best thing. */
export function explain({ room, sheet }: Party, one: Waiting, refusal: Refusal): void {
  if (SILENT.has(one.name)) return;
  const { item } = refusal;
  if (refusal.code === "DUPLICATE_SONG" && item) {
    return say(t.refused.DUPLICATE_SONG, () => void room.send("song:vote", { item, vote: "up" }), t.voteForIt);
  }
  if (refusal.code === "CHECKIN_REQUIRED") return say(t.refused.CHECKIN_REQUIRED, () => (sheet.value = { kind: "checkin" }), t.checkin.open);
  say(inWords(refusal, room.state.value?.settings));
}

/** A refusal as a sentence. */
export function inWords(refusal: Refusal, limits?: { maxPerMember: number; maxQueue: number }): string {
  if (refusal.code === "RATE_LIMITED" || refusal.code === "BUSY") {
    const seconds = Math.max(1, Math.ceil((refusal.retryAfterMs ?? 1_000) / 1_000));
    return fill(t.refused.wait, { time: counted(seconds, t.seconds) });
  }
  if (refusal.code === "MEMBER_LIMIT" && limits) return counted(limits.maxPerMember, t.refused.memberLimit);
  if (refusal.code === "QUEUE_FULL" && limits) return counted(limits.maxQueue, t.refused.queueFull);
  const known: Readonly<Record<string, string>> = t.refused.codes;
  return known[refusal.code] ?? t.refused.otherwise;
}
