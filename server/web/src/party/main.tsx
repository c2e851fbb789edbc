// The page of a party, `/r/CODE`: finds the room, asks for a name, lets in, and says what happened when one is out again.
import { useEffect, useState } from "preact/hooks";
import { ApiError, ask } from "../shared/api";
import { begin } from "../shared/page";
import { CODE, findRoom } from "../shared/room/find";
import { note, recent } from "../shared/room/recent";
import type { Ending, Pass } from "../shared/room/room";
import type { Summary } from "../shared/room/types";
import { leave, session } from "../shared/session";
import { Door } from "./door/door";
import { Message } from "./door/message";
import "./style/page.css";
import "./style/now.css";
import "./style/queue.css";
import "./style/sheets.css";
import type { Party } from "./store";
import { fill } from "../shared/messages";
import { t } from "./messages";

type View =
  | { is: "looking" }
  | { is: "missing"; code: string }
  | { is: "offline" }
  | { is: "slow"; seconds: number }
  | { is: "door"; summary: Summary; again?: boolean }
  | { is: "party"; party: Party; inside: Inside }
  | { is: "ended"; summary: Summary; ending: Ending }
  | { is: "closed"; summary: Summary };

type Inside = typeof import("./inside");
let fetched: Promise<Inside> | undefined;
/** The script of the party, fetched once; again after a failure. */
const inside = (): Promise<Inside> =>
  (fetched ??= import("./inside").catch((error: unknown) => {
    fetched = undefined;
    throw new ApiError(0, "OFFLINE", String(error));
  }));


/** Whether somebody was in this room before: on this device, or anywhere. */
async function isKnown({ id }: Summary, { token }: Pass): Promise<boolean> {
  if (recent().some((room) => room.id === id)) return true;
  return ask(`/v1/rooms/${id}/log?from=1&limit=1`, { token }).then(() => true, () => false);
}

function App() {
  const [view, setView] = useState<View>({ is: "looking" });

  const enter = async (summary: Summary, pass: Pass) => {
    const script = await inside();
    const party = script.partyOf(new script.Room(summary.id, pass), summary);
    note({ id: summary.id, code: summary.code, name: summary.name });
    const stop = party.room.ending.subscribe((ending) => {
      if (!ending) return;
      party.taste.end();
      if (ending.kind === "expired") {
        leave();
        setView({ is: "door", summary, again: true });
      } else setView(ending.kind === "closed" ? { is: "closed", summary } : { is: "ended", summary, ending });
      queueMicrotask(() => stop());
    });
    setView({ is: "party", party, inside: script });
  };

  const look = async () => {
    setView({ is: "looking" });
    // Whoever was here before goes right in.
    if (session.value) inside().catch(() => undefined);
    try {
      const summary = await findRoom();
      document.title = `${summary.name} · Tutti`;
      if (summary.code !== CODE) history.replaceState(null, "", `/r/${summary.code}${location.search}${location.hash}`);
      if (!summary.open) setView({ is: "closed", summary });
      else if (session.value && (await isKnown(summary, session.value))) await enter(summary, session.value);
      else setView({ is: "door", summary });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 0) setView({ is: "offline" });
      else if (error.status === 429) setView({ is: "slow", seconds: Math.ceil((error.retryAfterMs ?? 60_000) / 1000) });
      else setView({ is: "missing", code: CODE });
    }
  };
  useEffect(() => void look(), []);

  switch (view.is) {
    case "looking":
      return <Looking />;
    case "missing":
      return <Message icon="search" title={t.missing.title} text={fill(t.missing.text, { code: view.code })} home />;
    case "offline":
      return <Message icon="offline" title={t.offline.title} text={t.offline.text} act={{ label: t.again, run: () => void look() }} />;
    case "slow":
      return <Message icon="clock" title={t.slow.title} text={fill(t.slow.text, { n: view.seconds })} act={{ label: t.again, run: () => void look() }} />;
    case "door":
      return <Door summary={view.summary} onShown={() => void inside().catch(() => undefined)} again={view.again ?? false} onEnter={(pass) => enter(view.summary, pass)} />;
    case "party":
      return <view.inside.PartyPage party={view.party} />;
    case "closed":
      return <Later summary={view.summary} />;
    case "ended":
      return <Ended summary={view.summary} ending={view.ending} onBack={() => void look()} />;
  }
}

/** The end of the evening; its script is fetched when it comes. */
function Later({ summary }: { summary: Summary }) {
  const [page, setPage] = useState<typeof import("./door/closed")>();
  const [failed, setFailed] = useState(false);
  useEffect(() => void import("./door/closed").then(setPage, () => setFailed(true)), []);
  if (page) return <page.Closed summary={summary} />;
  if (failed) return <Message icon="offline" title={t.offline.title} text={t.offline.text} act={{ label: t.again, run: () => location.reload() }} />;
  return <Looking />;
}

function Looking() {
  return <main class="hall" id="main" aria-busy="true"><h1 class="sr">Tutti</h1><div class="skeleton hall-wait" role="status" aria-label={t.looking} /></main>;
}

/** Out of the room, and why. */
function Ended({ summary, ending, onBack }: { summary: Summary; ending: Ending; onBack: () => void }) {
  const words = ending.kind === "kicked" ? t.ended.kicked : ending.kind === "banned" ? t.ended.banned : ending.kind === "full" ? t.ended.full : t.ended.gone;
  const act = ending.kind === "banned" ? undefined : { label: t.ended.back, run: onBack };
  return <Message icon={ending.kind === "banned" ? "lock" : "people"} title={words.title} text={fill(words.text, { name: summary.name })} act={act} home />;
}

begin(<App />);
