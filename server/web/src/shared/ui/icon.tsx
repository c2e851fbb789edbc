// Icons: strokes on a 24 by 24 grid, in the colour of the text. An icon without a label is decoration.

const PATHS = {
  add: "M12 5v14M5 12h14",
  check: "m5 12.5 4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6 6 18",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  expand: "m6 9 6 6 6-6",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20 20l-4.2-4.2",
  play: "M8 5.5v13l10.5-6.5L8 5.5Z",
  pause: "M9 5v14M15 5v14",
  skip: "M6 5.5v13l9-6.5-9-6.5ZM18 5v14",
  music: "M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0ZM19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20c.4-3.6 3-6 6.500-6s6.100 2.400 6.500 6M16 4.300a3.500 3.500 0 0 1 0 6.400M17.500 14.300c2.300.8 3.700 2.900 4 5.700",
  chat: "M4 5h16v11H10l-4.500 4v-4H4V5Z",
  camera: "M4 8h3.500L9 5.500h6L16.500 8H20v11H4V8ZM12 16.500a3.200 3.200 0 1 0 0-6.400 3.200 3.200 0 0 0 0 6.400Z",
  heart: "M12 20s-7.500-4.600-7.500-10A4.200 4.200 0 0 1 12 7.500 4.200 4.200 0 0 1 19.500 10c0 5.400-7.500 10-7.500 10Z",
  veto: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM5.700 5.700l12.600 12.600",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  settings: "M4 7h10M18 7h2M4 17h2M10 17h10M14 4.500v5M6.500 14.500v5",
  share: "M12 15V4M8 7.500 12 3.500l4 4M5 13v6.500h14V13",
  qr: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.500v2.500M20 14v2.500M14 20h2.500M20 20h0",
  screen: "M3.500 5h17v11h-17zM9 20h6M12 16v4",
  spark: "M12 3.500l1.800 5.200 5.200 1.800-5.200 1.800L12 17.500l-1.800-5.200L5 10.500l5.200-1.800L12 3.500ZM18.500 16.500v4M16.500 18.500h4",
  offline: "M3 3l18 18M8.500 15.500a5 5 0 0 1 7 0M5 12a10 10 0 0 1 4.500-2.600M19 12a10 10 0 0 0-6-2.900M12 19h.01",
  pin: "M12 21s-6.500-5.600-6.500-11a6.500 6.500 0 0 1 13 0c0 5.400-6.500 11-6.500 11ZM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5.200l3.300 2",
  chart: "M4 20V10M10 20V4M16 20v-7M21 20H3",
  home: "M4 11.500 12 4l8 7.500V20h-5.500v-5.500h-5V20H4v-8.500Z",
  code: "m8.500 7-5 5 5 5M15.500 7l5 5-5 5",
  copy: "M8.500 8.500h11v11h-11zM15.500 8.500v-4h-11v11h4",
  trash: "M5 7h14M9.500 7V4.500h5V7M7 7l.8 12.500h8.400L17 7",
  edit: "M4 20l1-4.500L16 4.500 19.500 8 8.500 19 4 20Z",
  drag: "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
  sun: "M12 16.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9ZM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500Z",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  warning: "M12 4 2.500 20h19L12 4ZM12 10v4.500M12 17.300h.01",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5.500M12 7.700h.01",
  send: "M4 12 20 4.500 15 20l-3.500-6.500L4 12Z",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.500 14.500a4.300 4.300 0 0 0 7 0M9 9.500h.01M15 9.500h.01",
  explicit: "M4.500 4.500h15v15h-15zM14.500 8.500h-5v7h5M9.500 12h4",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  map: "M4 6.500l5.500-2.500 5 2.500L20 4v13.500L14.500 20l-5-2.500L4 20V6.500ZM9.500 4v13.500M14.500 6.500V20",
  shuffle: "M3.500 7H7l9.500 10h4M3.500 17H7l2.500-2.700M13.300 9.900 16.500 7h4M18 4.300 20.700 7 18 9.700M18 14.300l2.700 2.700-2.700 2.700",
  reply: "M9.500 6 4 11.500 9.500 17M4 11.500h10a6 6 0 0 1 6 6",
  download: "M12 4v11M8 11.500l4 4 4-4M5 19.500h14",
  filter: "M4 5.500h16L14 13v6l-4-2v-4L4 5.500Z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 22, label }: { name: IconName; size?: number; label?: string }) {
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round" role={label ? "img" : undefined} aria-label={label} aria-hidden={label ? undefined : "true"}>
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark: four voices. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="#ff6a52" />
      <path d="M8 13v6M13.300 8v16M18.700 11v10M24 14v4" fill="none" stroke="#1b0f14" stroke-width="3.200" stroke-linecap="round" />
    </svg>
  );
}
