// The page as the player's clock: the host's device says when a song is over. One tab of one device does; where a screen is connected, that
// is the player, and without any the server ends the song by itself a little later.
import { effect } from "@preact/signals";
import { position } from "../../shared/room/clock";
import type { Room } from "../../shared/room/room";

/** Longer than this no timer is set at once; browsers slow those of hidden pages anyway. */
const LOOK_AGAIN = 30_000;

/** Begins to watch; the function ends it. */
export function playerClock(room: Room): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  let mine = false;
  let said: string | undefined;
  let release = () => {};
  const look = () => {
    clearTimeout(timer);
    const state = room.state.value;
    const now = state?.now;
    const screen = state?.members.some(({ role, online }) => role === "screen" && online);
    if (over || !mine || !now || now.state !== "playing" || screen || room.role.value !== "host" || room.link.value !== "live") return;
    const left = now.song.durationMs - position(now, room.clock.now());
    if (left <= 0 && said !== now.item) {
      said = now.item;
      void room.send("play:ended", { item: now.item });
    } else if (left > 0) timer = setTimeout(look, Math.min(left + 20, LOOK_AGAIN));
  };
  const take = () => {
    mine = true;
    look();
  };
  // Locks exist on secure pages only; elsewhere every tab of the host tries, and the first one wins.
  if (navigator.locks) void navigator.locks.request(`tutti.player.${room.id}`, () => new Promise<void>((done) => ((release = done), over ? done() : take())));
  else take();
  const stop = effect(() => {
    void [room.state.value?.now, room.state.value?.members, room.role.value, room.link.value, room.clock.offset.value];
    look();
  });
  return () => {
    over = true;
    clearTimeout(timer);
    stop();
    release();
  };
}
