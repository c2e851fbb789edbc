// The party itself: one column, three zones. Now, next, and the box to add at the bottom; everything else is a sheet over them.
import { useEffect } from "preact/hooks";
import { say } from "../shared/ui/toasts";
import { counted } from "../shared/messages";
import { note } from "../shared/room/recent";
import type { RoomEvent } from "../shared/room/types";
import { AddBar } from "./add/addbar";
import { Bar } from "./bar";
import { Header } from "./header";
import { NowPlaying } from "./now/now";
import { fetchMoreSoon } from "./later";
import { playerClock } from "./now/player";
import { Next } from "./queue/queue";
import { Offer } from "./door/offer";
import { ReactionsAbove } from "./now/reactions";
import { explain } from "./refusals";
import { Sheets } from "./sheets";
import { type Party, PartyProvider } from "./store";
import { t } from "./messages";

/** As walls call themselves, see `wall/words`. */
const SCREENS = new Set(["Screen", "Écran"]);

/** A wall without the room's token comes in as a guest; a host can make it what it is with one press. */
function offerScreen({ room }: Party, { type, data }: RoomEvent): void {
  if (type !== "member.joined" || !room.hosts.value || data.role !== "guest" || !SCREENS.has(String(data.name))) return;
  say(t.screenCame, () => void room.send("member:role", { member: data.member, role: "screen" }), t.people.makeScreen);
}

export function PartyPage({ party }: { party: Party }) {
  const { room } = party;
  useEffect(() => {
    fetchMoreSoon();
    const stops = [
      room.listen({
        refused: (one, refusal) => explain(party, one, refusal),
        event: (event) => offerScreen(party, event),
        missed: (count) => say(counted(count, t.missed)),
      }),
      playerClock(room),
      room.state.subscribe((state) => {
        if (!state) return;
        document.title = `${state.name} · Tutti`;
        if (party.seen.value === Number.MAX_SAFE_INTEGER) party.seen.value = state.rev;
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }, []);
  const name = room.view.value?.name;
  useEffect(() => {
    if (name) note({ id: room.id, code: party.code.value, name });
  }, [name, party.code.value]);
  return (
    <PartyProvider value={party}>
      <a class="skip" href="#next">{t.skipToQueue}</a>
      <div class="party">
        <Header />
        <Bar />
        <main id="main" class="zones">
          <div class="zone-now">
            <NowPlaying />
            <Offer />
          </div>
          <Next />
        </main>
        <AddBar />
      </div>
      <ReactionsAbove />
      <Sheets />
    </PartyProvider>
  );
}
