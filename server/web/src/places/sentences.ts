// Facts about a place as sentences of this page's language.
import { fill, locale } from "../shared/messages";
import type { ApiError } from "../shared/api";
import { session } from "../shared/session";
import type { Person } from "./people";
import type { Found } from "./venues";
import { t } from "./messages";

export const kindOf = (kind: string | undefined): string => (kind ? (t.kinds[kind] ?? kind.replaceAll("_", " ")) : "");

const weekday = new Intl.DateTimeFormat(locale, { weekday: "long" });
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });

/** "Open until 23:00"; `now` is the local time of the answer. */
export function opening({ open, open_until }: Pick<Found, "open" | "open_until">, now: string | undefined): string {
  if (open === "unknown") return t.unknown;
  // Both are local times without a zone, so they are read in the same one.
  const until = open_until ? new Date(open_until) : undefined;
  if (open === "open") return until ? fill(t.openUntil, { time: clock.format(until) }) : t.open;
  if (!until) return t.closed;
  const soon = now !== undefined && until.getTime() - new Date(now).getTime() < 18 * 3_600_000;
  return soon ? fill(t.opensAt, { time: clock.format(until) }) : fill(t.opensOn, { day: weekday.format(until), time: clock.format(until) });
}

/** How full, 0 to 1, as one of four words; nothing where nobody was seen. */
export function crowdOf(crowd: number | null): { level: number; word: string } | undefined {
  if (crowd === null || crowd <= 0) return undefined;
  const level = Math.min(3, Math.floor(crowd * 4));
  return { level: level + 1, word: t.crowds[level] ?? "" };
}

/** Why a place is shown, without what the page says elsewhere: how far it is and how long it is open. */
export function reasons(because: readonly string[], people: readonly Person[]): string[] {
  return because.filter((reason) => !/^\d+ m away$|^open now$|^open until /.test(reason)).map((reason) => translated(reason, people));
}

function translated(reason: string, people: readonly Person[]): string {
  const known = people.filter((person) => person.known);
  // For one person alone the server says "you", whoever it is.
  const other = known.length === 1 && known[0]?.id !== session.value?.userId ? known[0]?.id : undefined;
  const isYou = (who: string) => who === (session.value?.userId ?? "you") || (who === "you" && other === undefined);
  const nameOf = (who: string) => known.find(({ id }) => id === (who === "you" ? other : who))?.name ?? t.somebody;
  const plays = /^who goes there plays (.+), like ([^,]+)$/.exec(reason);
  if (plays) {
    const [, artist = "", who = ""] = plays;
    return isYou(who) ? fill(t.likeYou, { artist }) : fill(t.like, { artist, who: nameOf(who) });
  }
  const share = /^the people who go there share the taste of (.+)$/.exec(reason);
  if (share) {
    const [, who = ""] = share;
    return isYou(who) ? t.shareYou : fill(t.share, { who: nameOf(who) });
  }
  return reason;
}

/** A refusal in words. */
export function trouble(error: ApiError): string {
  if (error.status === 0) return t.offline;
  if (error.code === "NOT_TRAINED") return t.untrained;
  if (error.status === 503 || error.status === 429) return t.busy;
  if (error.status === 400 && /`near`/.test(error.message)) return t.wrongPoint;
  return fill(t.failed, { message: error.message });
}

