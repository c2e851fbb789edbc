// Reactions as they are drawn here: the same on every device, also on a TV without a font for them. Others are shown as they came.

/** What the bar offers, in its order. */
export const EMOJI = ["❤️", "🔥", "💃", "🎉", "😴"] as const;

const DRAWN: Record<string, { path: string; fill: string; more?: string }> = {
  "❤️": { path: "M16 27.500S4.500 20.800 4.500 12.300A6.300 6.300 0 0 1 16 8.800a6.300 6.300 0 0 1 11.500 3.500C27.500 20.800 16 27.500 16 27.500Z", fill: "#ff5a6e" },
  "🔥": { path: "M16.500 2.500c1 4.500-5.500 7.200-5.500 12 0 1.200.5 2 1 2.500-2-.3-3-2-3-4C6.500 15 5.500 17.500 5.500 20a10.500 9.500 0 0 0 21 0c0-7-6.500-8.500-10-17.500Z", fill: "#ff8a1f", more: "M16 28.500c-3 0-5-2-5-4.500 0-3 3.500-4 4.500-7.500 3 2 5.500 4.500 5.500 7.500s-2 4.500-5 4.500Z" },
  "💃": { path: "M12 23.500V7.500L26 4.500v16.200a4 4 0 1 1-3-3.800V9.500l-8 1.800v12.200a4 4 0 1 1-3-3.800Z", fill: "#b78bff" },
  "🎉": { path: "M16 2.500l3.600 8.600 9.300.8-7 6.100 2.100 9.100-8-4.800-8 4.800 2.100-9.100-7-6.100 9.300-.8Z", fill: "#ffc53d" },
  "😴": { path: "M26.500 19.500A11.500 11.500 0 1 1 13 5a9 9 0 0 0 13.500 14.500Z", fill: "#7cb4ff", more: "M19 4.500h6.500l-5.500 6.500h6" },
};

export function Emoji({ emoji, size }: { emoji: string; size: number }) {
  const drawn = DRAWN[emoji];
  if (!drawn) return <span style={{ fontSize: `${size}px`, lineHeight: 1 }}>{emoji}</span>;
  const line = emoji === "😴";
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <path d={drawn.path} fill={drawn.fill} />
      {drawn.more && <path d={drawn.more} fill={line ? "none" : "#ffd76a"} stroke={line ? drawn.fill : "none"} stroke-width="2" stroke-linecap="round" stroke-linejoin="round" />}
    </svg>
  );
}
