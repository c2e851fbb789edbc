// The thin bar of a bad network: calm, and it says what waits.
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../shared/ui/icon";
import { counted } from "../shared/messages";
import { useParty } from "./store";
import { t } from "./messages";

/** A loss shorter than this is not worth a word, in milliseconds. */
const PATIENCE = 600;

export function Bar() {
  const { room } = useParty();
  const lost = room.link.value === "away" || (room.link.value === "joining" && !room.state.value);
  const [said, setSaid] = useState(false);
  useEffect(() => {
    if (!lost) return setSaid(false);
    const timer = setTimeout(() => setSaid(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [lost]);
  const waiting = room.outbox.ahead.value.filter(({ stage }) => stage === "waiting" || stage === "sent").length;
  const text = room.link.value === "joining" ? t.bar.joining : t.bar.away;
  return (
    <div class="bar" role="status" data-shown={said || room.lagging.value || undefined}>
      {said && <><Icon name="offline" size={16} /><span>{waiting > 0 ? `${text} · ${counted(waiting, t.bar.waiting)}` : text}</span></>}
      {!said && room.lagging.value && <span>{t.bar.lagging}</span>}
    </div>
  );
}
