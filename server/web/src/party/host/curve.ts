// The energy of the evening as points in time, and the curves that have names.

export type Curve = [number, number][];
export const PRESETS = ["off", "steady", "build", "peak", "down"] as const;
export type Preset = (typeof PRESETS)[number];
export const POINTS = 5;

const SHAPES: Record<Exclude<Preset, "off">, readonly number[]> = {
  steady: [0.6, 0.6, 0.6, 0.6, 0.6],
  build: [0.25, 0.45, 0.6, 0.8, 0.95],
  peak: [0.35, 0.65, 0.95, 0.65, 0.35],
  down: [0.9, 0.75, 0.55, 0.4, 0.2],
};

/** A named curve from a time on, over some hours. */
export function curveOf(preset: Preset, from: number, hours: number): Curve {
  if (preset === "off") return [];
  const step = (hours * 3_600_000) / (POINTS - 1);
  return SHAPES[preset].map((energy, at) => [Math.round(from + at * step), energy]);
}

/** Which named curve this is, whatever its times. */
export function presetOf(curve: Curve): Preset | undefined {
  if (curve.length === 0) return "off";
  const named = Object.entries(SHAPES) as [Exclude<Preset, "off">, readonly number[]][];
  return named.find(([, shape]) => shape.length === curve.length && shape.every((energy, at) => Math.abs(energy - (curve[at]?.[1] ?? -1)) < 0.005))?.[0];
}

/** Hours from the first to the last point. */
export const hoursOf = (curve: Curve): number => Math.max(1, Math.round(((curve.at(-1)?.[0] ?? 0) - (curve[0]?.[0] ?? 0)) / 3_600_000));
