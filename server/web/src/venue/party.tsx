// The party of the venue: opening it, and how guests come in.
import { useState } from "preact/hooks";
import { copied } from "../shared/clipboard";
import { ApiError } from "../shared/api";
import { counted, fill } from "../shared/messages";
import { Icon } from "../shared/ui/icon";
import { say } from "../shared/ui/toasts";
import type { House, Room } from "./venue";
import { openParty } from "./room";
import { trouble } from "./sentences";
import { t } from "./messages";

export function PartyPart({ house, again }: { house: House; again: () => void }) {
  return (
    <section id="party" class="part" aria-labelledby="party-title">
      <h2 id="party-title">{t.partyTitle}</h2>
      <div class="card">{house.room ? <Open room={house.room} /> : <None house={house} again={again} />}</div>
    </section>
  );
}

function None({ house, again }: { house: House; again: () => void }) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  async function open() {
    if (busy) return;
    setBusy(true);
    setWrong(undefined);
    try {
      await openParty(house.venue, house.name);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setWrong(error.code === "CONFLICT" ? t.partyTaken : trouble(error));
    } finally {
      setBusy(false);
      again();
    }
  }
  return (
    <div class="party-none">
      <p class="grow">{t.partyNone}</p>
      <button type="button" class="button main" aria-disabled={busy} onClick={() => void open()}><Icon name="music" />{busy ? t.partyOpening : t.partyOpen}</button>
      {wrong && <p class="note bad" role="alert"><Icon name="warning" />{wrong}</p>}
    </div>
  );
}

function Open({ room: { id, code, link, members, online, queue } }: { room: Room }) {
  const copy = async () => say((await copied(link)) ? t.partyCopied : link);
  return (
    <div class="party-open">
      <img class="party-qr" src={`/v1/rooms/${id}/qr.svg`} width="160" height="160" alt={fill(t.partyPrint, { code })} />
      <div class="grow stack">
        <p><span class="muted small">{t.partyCode}</span><br /><strong class="party-code">{code}</strong></p>
        <ul class="wrap party-counts">
          <li class="tag">{counted(members, t.partyMembers)}</li>
          <li class="tag good">{counted(online, t.partyOnline)}</li>
          <li class="tag">{counted(queue, t.partyQueue)}</li>
        </ul>
        <div class="wrap">
          <a class="button main" href={`/r/${code}`}>{t.partyLink}</a>
          <a class="button line" href={`/r/${code}/wall`}><Icon name="screen" />{t.partyWall}</a>
          <button type="button" class="button plain" onClick={() => void copy()}><Icon name="copy" />{t.partyCopy}</button>
        </div>
      </div>
    </div>
  );
}
