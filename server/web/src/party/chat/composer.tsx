// Where one writes, and takes or chooses a picture.
import { useRef, useState } from "preact/hooks";
import type { Message } from "../../shared/room/types";
import { Icon } from "../../shared/ui/icon";
import { say } from "../../shared/ui/toasts";
import { shrink } from "./shrink";
import { useParty } from "../store";
import { t } from "../messages";

const LONGEST = 1000;
const CAPTION = 140;
/** Between two words that one is typing, in milliseconds. */
const TELL = 2_500;

export function Composer({ reply, onReply }: { reply: Message | undefined; onReply: (message: Message | undefined) => void }) {
  const { room } = useParty();
  const [text, setText] = useState("");
  const [picture, setPicture] = useState<{ data: ArrayBuffer; url: string }>();
  const told = useRef(0);
  const file = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLInputElement>(null);
  const settings = room.view.value?.settings;
  const type = (value: string) => {
    setText(value);
    if (Date.now() - told.current < TELL) return;
    told.current = Date.now();
    room.whisper("chat:typing");
  };
  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    try {
      const blob = await shrink(chosen);
      setPicture({ data: await blob.arrayBuffer(), url: URL.createObjectURL(blob) });
      box.current?.focus();
    } catch {
      say(t.chat.badPicture);
    }
  };
  const drop = () => {
    if (picture) URL.revokeObjectURL(picture.url);
    setPicture(undefined);
  };
  const send = (event: Event) => {
    event.preventDefault();
    const words = text.trim();
    if (picture) {
      void room.send("picture:share", { mime: "image/jpeg", data: picture.data, ...(words ? { caption: words.slice(0, CAPTION) } : {}) });
      drop();
    } else if (words) {
      void room.send("chat:send", { text: words, ...(reply ? { replyTo: reply.seq } : {}) });
      onReply(undefined);
    } else return;
    setText("");
    box.current?.focus();
  };
  return (
    <form class="composer" onSubmit={send}>
      {reply && <p class="composer-reply small"><span class="clip grow" dir="auto">{reply.text}</span><button type="button" class="mini-act" aria-label={t.chat.noReply} onClick={() => onReply(undefined)}><Icon name="close" size={16} /></button></p>}
      {picture && <p class="composer-picture"><img src={picture.url} alt={t.chat.yourPicture} /><button type="button" class="button icon mini" aria-label={t.chat.dropPicture} onClick={drop}><Icon name="close" size={18} /></button></p>}
      <div class="row">
        {settings?.pictures !== false && (
          <>
            <button type="button" class="button icon" aria-label={t.chat.picture} onClick={() => file.current?.click()}><Icon name="camera" /></button>
            <input ref={file} type="file" accept="image/*" hidden aria-label={t.chat.picture} onChange={(event) => { void take(event.currentTarget.files?.[0]); event.currentTarget.value = ""; }} />
          </>
        )}
        <input ref={box} class="input grow" dir="auto" maxLength={picture ? CAPTION : LONGEST} aria-label={picture ? t.chat.caption : t.chat.write} placeholder={picture ? t.chat.caption : settings?.chat === false ? t.chat.off : t.chat.write} disabled={settings?.chat === false && !picture} value={text} autoComplete="off" enterKeyHint="send" onInput={(event) => type(event.currentTarget.value)} />
        <button class="button main icon" aria-label={t.chat.send} disabled={!picture && !text.trim()}><Icon name="send" size={20} /></button>
      </div>
    </form>
  );
}
