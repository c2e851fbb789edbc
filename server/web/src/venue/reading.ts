// Reading something again and again without disturbing: the old answer stays while the new one comes, and under a pointer or the focus
// nothing moves.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../shared/api";

export interface Reading<V> {
  value: V | undefined;
  /** What was read for it: changes with the question, not with each reading. */
  of: string;
  wrong: ApiError | undefined;
  /** Reads now. */
  again: () => void;
}

/** Milliseconds between two readings. */
const PAUSE = 30_000;

/** Reads at once, whenever `what` changes, and every half minute while the page is seen, unless `once`. */
export function useReading<V>(what: string, read: (signal: AbortSignal) => Promise<V>, once = false): Reading<V> {
  const [{ value, of }, setValue] = useState<{ value: V | undefined; of: string }>({ value: undefined, of: "" });
  const [wrong, setWrong] = useState<ApiError>();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      try {
        const next = await read(abort.signal);
        if (abort.signal.aborted) return;
        setValue({ value: next, of: `${what} ${turn}` });
        setWrong(undefined);
      } catch (error) {
        if (abort.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        setWrong(error);
      }
      if (!abort.signal.aborted && !once) timer = setTimeout(later, PAUSE);
    };
    const later = () => {
      if (document.visibilityState === "visible") return void look();
      document.addEventListener("visibilitychange", () => !abort.signal.aborted && void look(), { once: true });
    };
    void look();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [what, turn]);
  return { value, of, wrong, again: () => setTurn((before) => before + 1) };
}

/** The value, held still while the element is pointed at or has the focus; one that answers another question (`fresh`) comes through at once. */
export function useStill<V>(value: V, fresh: string) {
  const element = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState(value);
  const seen = useRef(fresh);
  const busy = () => element.current?.matches(":hover, :focus-within") ?? false;
  useEffect(() => {
    if (seen.current !== fresh || shown === undefined || !busy()) {
      seen.current = fresh;
      setShown(value);
      return;
    }
    const later = () => {
      // The focus has moved only after this event.
      requestAnimationFrame(() => !busy() && setShown(value));
    };
    const held = element.current;
    held?.addEventListener("pointerleave", later);
    held?.addEventListener("focusout", later);
    return () => {
      held?.removeEventListener("pointerleave", later);
      held?.removeEventListener("focusout", later);
    };
  }, [value, fresh]);
  return [shown, element] as const;
}
