// What comes next: the queue in the room's order, with votes, who added it and why.
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { SERVER } from "../../shared/room/types";
import { Icon } from "../../shared/ui/icon";
import { counted, fill } from "../../shared/messages";
import { useCalm } from "./calm";
import { useDrag } from "./drag";
import { useMoves } from "./moves";
import { Pending } from "../add/pending";
import { Row } from "./row";
import { useParty } from "../store";
import { useWindow } from "./window";
import { t } from "../messages";
import { why } from "./why";

export function Next() {
  const { room, taste, sheet } = useParty();
  const list = useRef<HTMLOListElement>(null);
  const view = room.view.value;
  const calm = useCalm(list, view?.queue ?? []);
  const [shown, sentinel] = useWindow(calm.items.length);
  const movable = Boolean(view && (room.hosts.value || view.settings.guestsMove));
  const drag = useDrag(list, calm.items, (item, to) => {
    calm.release();
    void room.send("song:move", { item, to });
  });
  const rows = calm.items.slice(0, shown);
  useMoves(list, rows, drag.dropped);
  useFocusKept(list);
  const names = room.names.value;
  const scores = taste.scores.value;
  const acts = useMemo(() => ({
    vote: (item: string, vote: "up" | "down" | "none") => void room.send("song:vote", { item, vote }),
    open: (item: string) => (sheet.value = { kind: "song", item }),
  }), [room]);
  if (!view) return <section class="next" id="next" aria-busy="true"><h2>{t.next.title}</h2>{[0, 1, 2, 3].map((n) => <div key={n} class="skeleton row-wait" />)}</section>;
  const minutes = Math.round(view.queue.reduce((sum, { song }) => sum + song.durationMs, 0) / 60_000);
  return (
    <section class="next" id="next" tabIndex={-1} aria-labelledby="next-head">
      <header class="next-head">
        <h2 id="next-head">{t.next.title}</h2>
        {view.queue.length > 0 && <p class="small muted"><bdi>{counted(view.queue.length, t.songs)}</bdi> · <bdi>{counted(minutes, t.minutes)}</bdi></p>}
      </header>
      <Pending />
      {view.queue.length === 0 && <Empty autopilot={view.settings.autopilot} />}
      <ol class="queue" ref={list} {...drag.handlers}>
        {rows.map((item, at) => (
          <Row
            key={item.item}
            item={item}
            vote={item.votes[room.me] ?? "none"}
            by={item.by === SERVER ? undefined : item.by === room.me ? t.you : (names.get(item.by) ?? t.gone)}
            face={names.get(item.by) ?? item.by}
            reason={why(scores.get(item.item), { me: room.me, names }, item.by === SERVER)}
            movable={movable}
            at={at}
            acts={acts}
            onKey={drag.key}
          />
        ))}
      </ol>
      {shown < calm.items.length && <p ref={sentinel} class="small muted next-more">{fill(t.next.more, { n: calm.items.length - shown })}</p>}
      <p class="sr" role="status">{drag.said}</p>
    </section>
  );
}

function Empty({ autopilot }: { autopilot: boolean }) {
  return (
    <div class="empty next-empty">
      <Icon name="list" />
      <h3>{t.next.empty}</h3>
      <p>{autopilot ? t.next.emptyAutopilot : t.next.emptyAdd}</p>
    </div>
  );
}

/** A row that moves in the document loses the focus; it gets it back. */
function useFocusKept(list: { current: HTMLOListElement | null }): void {
  const active = document.activeElement;
  const focused = active instanceof HTMLElement && list.current?.contains(active) ? active : undefined;
  useLayoutEffect(() => {
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  });
}
