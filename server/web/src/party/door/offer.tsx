// The offer to a newcomer to teach the party his taste: once, and easily refused.
import { useState } from "preact/hooks";
import { read, write } from "../../shared/storage";
import { useParty } from "../store";
import { Icon } from "../../shared/ui/icon";
import { t } from "../messages";

const place = (user: string): string => `quiz.${user}`;
export const answered = (user: string): void => write(place(user), true);

export function Offer() {
  const { room, sheet } = useParty();
  const [gone, setGone] = useState(() => read<boolean>(place(room.me)) === true);
  if (gone || !room.state.value || room.role.value === "screen") return null;
  const close = () => {
    answered(room.me);
    setGone(true);
  };
  return (
    <section class="offer" aria-labelledby="offer-head">
      <Icon name="spark" />
      <div class="grow"><h2 id="offer-head">{t.quiz.offer}</h2><p class="small muted">{t.quiz.offerHint}</p></div>
      <button type="button" class="button mini main" onClick={() => { close(); sheet.value = { kind: "quiz" }; }}>{t.quiz.start}</button>
      <button type="button" class="button icon mini plain" aria-label={t.quiz.notNow} onClick={close}><Icon name="close" size={20} /></button>
    </section>
  );
}
