// Who is writing: said again and again while it lasts, and over when it is not said any more.
import { signal } from "@preact/signals";

/** How long somebody who typed counts as typing, in milliseconds. */
const LASTS = 4_000;

export class Typists {
  readonly list = signal<readonly string[]>([]);
  private readonly ends = new Map<string, ReturnType<typeof setTimeout>>();

  begins(who: string): void {
    clearTimeout(this.ends.get(who));
    this.ends.set(who, setTimeout(() => this.stops(who), LASTS));
    this.list.value = [...this.ends.keys()];
  }

  stops(who: string): void {
    clearTimeout(this.ends.get(who));
    if (this.ends.delete(who)) this.list.value = [...this.ends.keys()];
  }
}
