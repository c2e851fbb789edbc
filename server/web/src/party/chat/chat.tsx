// Talking: messages and pictures in the order they came, who is writing, and the line to write in.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Message, Picture } from "../../shared/room/types";
import { Icon } from "../../shared/ui/icon";
import { Avatar } from "../../shared/ui/picture";
import { fill, listed, timeOfDay } from "../../shared/messages";
import { Composer } from "./composer";
import { SharedPicture } from "./pictures";
import { useParty } from "../store";
import { t } from "../messages";

type Entry = { ts: number; key: string; message?: Message; picture?: Picture };

export function Chat() {
  const { room, seen } = useParty();
  const end = useRef<HTMLDivElement>(null);
  const [reply, setReply] = useState<Message>();
  const view = room.view.value;
  const entries: Entry[] = [
    ...(view?.chat ?? []).map((message) => ({ ts: message.ts, key: `m${message.seq}`, message })),
    ...(view?.pictures ?? []).map((picture) => ({ ts: picture.ts, key: `p${picture.picture}`, picture })),
  ].sort((a, b) => a.ts - b.ts);
  const waiting = room.outbox.ahead.value.filter(({ name }) => name === "chat:send" || name === "picture:share");
  const count = entries.length + waiting.length;
  const rev = view?.rev ?? 0;
  useLayoutEffect(() => end.current?.scrollIntoView({ block: "end" }), [count]);
  useEffect(() => {
    if (rev > seen.peek()) seen.value = rev;
  }, [rev]);
  const names = room.names.value;
  const writers = room.typing.list.value.filter((id) => id !== room.me).map((id) => names.get(id) ?? "").filter(Boolean);
  return (
    <div class="chat">
      {count === 0 && <div class="empty"><Icon name="chat" /><h3>{t.chat.empty}</h3><p>{t.chat.emptyHint}</p></div>}
      <ol class="talk" aria-label={t.chat.title}>
        {entries.map(({ key, message, picture }) => (
          <li key={key} data-mine={(message ?? picture)?.by === room.me || undefined}>
            {message && <Said message={message} answers={view?.chat.find(({ seq }) => seq === message.replyTo)} onReply={() => setReply(message)} />}
            {picture && <SharedPicture picture={picture} />}
          </li>
        ))}
        {waiting.map(({ op, name, payload }) => (
          <li key={op} data-mine="" data-waiting="">
            <p class="bubble" dir="auto">{name === "chat:send" ? String(payload.text) : t.chat.sendingPicture}</p>
            <p class="small muted"><Icon name="clock" size={13} label={t.chat.waits} /></p>
          </li>
        ))}
      </ol>
      <p class="small muted chat-typing" aria-hidden="true">{writers.length > 0 ? fill(writers.length === 1 ? t.chat.typing : t.chat.typingMany, { names: listed(writers.slice(0, 3)) }) : ""}</p>
      <Composer reply={reply} onReply={setReply} />
      <div ref={end} />
    </div>
  );
}

function Said({ message, answers, onReply }: { message: Message; answers: Message | undefined; onReply: () => void }) {
  const { room } = useParty();
  const { by, deleted, seq, text, ts } = message;
  const name = room.names.value.get(by) ?? t.gone;
  const mine = by === room.me;
  return (
    <>
      {!mine && <p class="talk-by"><Avatar seed={name} size={22} /><bdi>{name}</bdi></p>}
      {answers && !answers.deleted && <p class="talk-answers clip" dir="auto">{answers.text}</p>}
      <p class="bubble" dir="auto" data-deleted={deleted || undefined}>{deleted ? t.chat.deleted : text}</p>
      <p class="talk-foot small muted">
        <time class="num" dateTime={new Date(ts).toISOString()}>{timeOfDay(ts)}</time>
        {!deleted && <button type="button" class="mini-act" aria-label={t.chat.reply} onClick={onReply}><Icon name="reply" size={15} /></button>}
        {!deleted && (mine || room.hosts.value) && <button type="button" class="mini-act" aria-label={t.chat.delete} onClick={() => void room.send("chat:delete", { seq })}><Icon name="trash" size={15} /></button>}
      </p>
    </>
  );
}
