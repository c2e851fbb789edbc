// Pictures that are made, not taken: covers of songs by the server from their taste, faces of people here from their names.
import { numbers } from "../seed";

/** The cover of a song: what sounds alike looks alike. Decoration; its title stands beside it. */
export function Cover({ song, size, eager }: { song: string; size: number; eager?: boolean }) {
  return <img class="cover" src={coverOf(song)} width={size} height={size} alt="" loading={eager ? "eager" : "lazy"} decoding="async" draggable={false} />;
}

export const coverOf = (song: string): string => `/v1/songs/${encodeURIComponent(song)}/cover.svg`;

/** The hue of a person, in degrees: the same wherever the person is shown. */
export const hueOf = (seed: string): number => Math.floor(numbers(seed)() * 360);

/** A face made of a text: the name, or name and number where two have the same. Decoration; the name stands beside it. */
export function Avatar({ seed, size = 36 }: { seed: string; size?: number }) {
  const next = numbers(seed);
  const hue = Math.floor(next() * 360);
  const other = (hue + 40 + Math.floor(next() * 120)) % 360;
  const [turn, eyes, mouth, hat] = [next() * 24 - 12, next(), next(), next()];
  const eyeY = 17.5 + eyes * 2;
  const apart = 4.6 + eyes * 1.8;
  return (
    <svg class="avatar" viewBox="0 0 40 40" width={size} height={size} aria-hidden="true">
      <circle cx="20" cy="20" r="20" fill={`hsl(${other} 70% 80%)`} />
      <g transform={`rotate(${turn.toFixed(1)} 20 22)`}>
        <path d={hat < 0.34 ? "M6 42V24a14 14 0 0 1 28 0v18Z" : hat < 0.67 ? "M5 42V21q0-11 15-11t15 11v21Z" : "M7 42V26q-4-16 13-16t13 16v16Z"} fill={`hsl(${hue} 62% 52%)`} />
        <g fill="#1d1320">
          <circle cx={20 - apart} cy={eyeY} r="1.9" />
          <circle cx={20 + apart} cy={eyeY} r="1.9" />
        </g>
        <path d={mouth < 0.4 ? "M15.500 24.500q4.500 4 9 0" : mouth < 0.7 ? "M17 25.500h6" : "M16 24q4 6.500 8 0Z"} fill={mouth < 0.7 ? "none" : "#1d1320"} stroke="#1d1320" stroke-width="1.900" stroke-linecap="round" stroke-linejoin="round" />
      </g>
    </svg>
  );
}
