// Bringing others in: a code to scan, to read aloud, to send.
import { useState } from "preact/hooks";
import { copied } from "../../shared/clipboard";
import { spelled } from "../../shared/room/code";
import { Icon } from "../../shared/ui/icon";
import { say } from "../../shared/ui/toasts";
import { fill } from "../../shared/messages";
import { screenToken, useParty } from "../store";
import { t } from "../messages";

export function Invite() {
  const { room, code, link } = useParty();
  const [failed, setFailed] = useState(false);
  const name = room.view.value?.name ?? "";
  const copy = async () => {
    if (await copied(link.value)) say(t.invite.copied);
    else setFailed(true);
  };
  const share = async () => {
    try {
      await navigator.share({ title: name, text: fill(t.invite.text, { name, code: code.value }), url: link.value });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) await copy();
    }
  };
  const token = screenToken(room.id);
  const wall = `/r/${code.value}/wall${token ? `#token=${encodeURIComponent(token)}` : ""}`;
  return (
    <div class="stack invite">
      <img class="qr" src={`/v1/rooms/${room.id}/qr.svg?${code.value}`} width={240} height={240} alt={fill(t.invite.qr, { name })} />
      <p class="invite-code"><span class="sr">{t.invite.code} {spelled(code.value)}</span><span aria-hidden="true">{code.value}</span></p>
      <p class="muted invite-how">{fill(t.invite.how, { host: location.host })}</p>
      {"share" in navigator && <button type="button" class="button main wide" onClick={() => void share()}><Icon name="share" size={20} />{t.invite.share}</button>}
      <button type="button" class={`button wide ${"share" in navigator ? "" : "main"}`} onClick={() => void copy()}><Icon name="copy" size={20} />{t.invite.copy}</button>
      {failed && <p class="field"><label for="link">{t.invite.byHand}</label><input id="link" class="input" readOnly value={link.value} onFocus={(event) => event.currentTarget.select()} /></p>}
      <a class="button plain wide" href={wall} target="_blank" rel="noopener"><Icon name="screen" size={20} />{t.invite.wall}</a>
    </div>
  );
}
