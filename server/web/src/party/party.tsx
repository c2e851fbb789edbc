// The party itself: one column, three zones. Now, next, and the box to add at the bottom; everything else is a sheet over them.
import { useEffect } from "preact/hooks";
import { say } from "../shared/ui/toasts";
import { counted } from "../shared/words";
import { note } from "../shared/room/recent";
import { AddBar } from "./addbar";
import { Bar } from "./bar";
import { Header } from "./header";
import { NowPlaying } from "./now";
import { playerClock } from "./player";
import { Next } from "./queue";
import { Offer } from "./offer";
import { ReactionsAbove } from "./reactions";
import { explain } from "./refusals";
import { Sheets } from "./sheets";
import { type Party, PartyProvider } from "./store";
import { t } from "./words";

export function PartyPage({ party }: { party: Party }) {
  const { room } = party;
  useEffect(() => {
    const stops = [
      room.listen({
        refused: (one, refusal) => explain(party, one, refusal),
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
