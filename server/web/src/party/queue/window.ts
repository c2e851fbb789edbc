// A long list is rendered as far as somebody scrolls.
import { useEffect, useRef, useState } from "preact/hooks";

const STEP = 40;

/** How many rows to render, and a reference for what stands behind the last. */
export function useWindow(length: number): [number, { current: HTMLParagraphElement | null }] {
  const [shown, setShown] = useState(STEP);
  const sentinel = useRef<HTMLParagraphElement>(null);
  const more = shown < length;
  useEffect(() => {
    if (!more || !sentinel.current) return;
    const seen = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && setShown((n) => n + STEP), { rootMargin: "900px" });
    seen.observe(sentinel.current);
    return () => seen.disconnect();
  }, [more, shown]);
  return [shown, sentinel];
}
