// The party on a big screen, `/r/CODE/wall`: no controls, always the way in, for days.
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../shared/api";
import { begin } from "../shared/page";
import { CODE, findRoom } from "../shared/room/find";
import { Room } from "../shared/room/room";
import type { Summary } from "../shared/room/types";
import { fill } from "../shared/messages";
import { passOf } from "./pass";
import { Wall } from "./wall";
import "./wall.css";
import { t } from "./messages";

/** Between two tries to find the room, in milliseconds. */
const AGAIN = 8_000;

type View = { is: "looking" } | { is: "note"; text: string } | { is: "wall"; room: Room; summary: Summary };

function App() {
  const [view, setView] = useState<View>({ is: "looking" });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    let room: Room | undefined;
    const again = (text: string) => {
      if (over) return;
      setView({ is: "note", text });
      timer = setTimeout(() => void look(), AGAIN);
    };
    const look = async () => {
      room?.leave();
      try {
        const summary = await findRoom();
        if (!summary.open) return setView({ is: "note", text: fill(t.closed, { name: summary.name }) });
        const entered = (room = new Room(summary.id, await passOf(summary.id)));
        const stop = entered.ending.subscribe((ending) => {
          if (!ending) return;
          queueMicrotask(() => stop());
          if (ending.kind === "closed") setView({ is: "note", text: fill(t.closed, { name: summary.name }) });
          else if (ending.kind === "banned") setView({ is: "note", text: t.out });
          else again(t.reconnecting);
        });
        setView({ is: "wall", room: entered, summary });
      } catch (error) {
        again(error instanceof ApiError && error.status === 404 ? fill(t.missing, { code: CODE }) : t.reconnecting);
      }
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
      room?.leave();
    };
  }, []);
  if (view.is === "wall") return <Wall room={view.room} summary={view.summary} />;
  return <main class="wall-note" id="main"><h1 dir="auto">{view.is === "note" ? view.text : t.looking}</h1></main>;
}

begin(<App />);
