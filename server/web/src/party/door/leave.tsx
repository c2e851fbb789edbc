// Out of the room, for good: the others see it.
import { useParty } from "../store";
import { t } from "../messages";

export function LeaveButton() {
  const { room } = useParty();
  const go = async () => {
    await room.send("room:leave");
    location.assign("/");
  };
  return <button type="button" class="button wide" onClick={() => void go()}>{t.leave}</button>;
}
