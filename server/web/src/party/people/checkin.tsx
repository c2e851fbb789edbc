// Showing that one is at the venue: by the code on its screen, or by one's place, which is compared and forgotten.
import { useState } from "preact/hooks";
import { Icon } from "../../shared/ui/icon";
import { fill, timeOfDay } from "../../shared/messages";
import { inWords } from "../refusals";
import { useParty } from "../store";
import { t } from "../messages";

const LENGTH = 8;

export function Checkin() {
  const { room } = useParty();
  const [code, setCode] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [until, setUntil] = useState<number>();
  const [busy, setBusy] = useState(false);
  const check = async (payload: Record<string, unknown>) => {
    setBusy(true);
    setWrong(undefined);
    const ack = await room.send("presence:checkin", payload);
    setBusy(false);
    if (ack.ok) setUntil(Number(ack.until));
    else setWrong(inWords(ack.error));
  };
  const byCode = (event: Event) => {
    event.preventDefault();
    if (code.trim()) void check({ method: "qr", code: code.trim() });
  };
  const byPlace = () => {
    setBusy(true);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => void check({ method: "geo", lat: coords.latitude, lon: coords.longitude, accuracyM: coords.accuracy }),
      () => {
        setBusy(false);
        setWrong(t.checkin.noPlace);
      },
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  };
  if (until) return <div class="empty" role="status"><Icon name="check" /><h3>{t.checkin.done}</h3><p>{fill(t.checkin.until, { time: timeOfDay(until) })}</p></div>;
  return (
    <form class="stack" onSubmit={byCode}>
      <p>{t.checkin.why}</p>
      <div class="field">
        <label for="checkin">{t.checkin.code}</label>
        <input id="checkin" class="input code-input" value={code} maxLength={LENGTH} autoComplete="one-time-code" autoCapitalize="characters" spellcheck={false} aria-invalid={wrong ? "true" : undefined} aria-describedby={wrong ? "checkin-wrong" : undefined} onInput={(event) => setCode(event.currentTarget.value.toUpperCase())} />
        {wrong && <span class="wrong" id="checkin-wrong" role="alert">{wrong}</span>}
      </div>
      <button class="button main wide" disabled={busy || !code.trim()}>{t.checkin.send}</button>
      {isSecureContext && "geolocation" in navigator && <button type="button" class="button wide" disabled={busy} onClick={byPlace}><Icon name="pin" size={20} />{t.checkin.place}</button>}
      <p class="small muted">{t.checkin.private}</p>
    </form>
  );
}
