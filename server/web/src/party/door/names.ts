// Friendly names for those who do not want to think of one.
import { t } from "../messages";

const one = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;

export function friendlyName(): string {
  const { animals, moods, moodFirst } = t.names;
  return moodFirst ? `${one(moods)} ${one(animals)}` : `${one(animals)} ${one(moods)}`;
}
