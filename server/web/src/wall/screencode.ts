// The rotating code by which people show that they are at the venue: asked for by screens, where the room needs it.
import { useEffect, useState } from "preact/hooks";
import type { Room } from "../shared/room/room";

export function useScreenCode(room: Room): string | undefined {
  const [code, setCode] = useState<string>();
  const wanted = room.view.value?.settings.requireCheckin === true && room.role.value === "screen" && room.link.value === "live";
  useEffect(() => {
    if (!wanted) return setCode(undefined);
    let over = false;
    let timer: ReturnType<typeof setTimeout>;
    const next = async () => {
      let wait = 5_000;
      try {
        const answer = await room.inquire<{ ok: boolean; code?: string; until?: number }>("screen:code");
        if (over) return;
        setCode(answer.code);
        if (answer.until) wait = Math.max(1_000, answer.until - room.clock.now() + 200);
      } catch {
        // Asked again soon.
      }
      if (!over) timer = setTimeout(() => void next(), wait);
    };
    void next();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [wanted, room]);
  return code;
}
