// A screen is the room's player: it says when a song is over. A wall that came in as a guest says nothing.
import { useEffect } from "preact/hooks";
import { position } from "../shared/room/clock";
import type { Room } from "../shared/room/room";

const LOOK_AGAIN = 30_000;

export function useScreenPlayer(room: Room): void {
  const now = room.state.value?.now;
  const plays = room.role.value === "screen" && room.link.value === "live" && now?.state === "playing";
  useEffect(() => {
    if (!plays || !now) return;
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      const left = now.song.durationMs - position(now, room.clock.now());
      if (left <= 0) void room.send("play:ended", { item: now.item });
      else timer = setTimeout(look, Math.min(left + 20, LOOK_AGAIN));
    };
    look();
    return () => clearTimeout(timer);
  }, [plays, now, room]);
}
