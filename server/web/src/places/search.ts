// The search under way: whenever what is looked for changes, the older question is given up and the last answer stays until the new one.
import { computed, effect, signal } from "@preact/signals";
import { ApiError } from "../shared/api";
import { type Point, metres } from "../shared/map/geo";
import { session } from "../shared/session";
import { type People, peopleOf, usual } from "./people";
import { type Answer, type Around, around, recommended } from "./venues";
import { type Whom, view } from "./view";

export interface Result extends Answer, People {
  /** Whom it is for. */
  whom: Whom;
}

export const result = signal<Result | undefined>(undefined);
export const failure = signal<ApiError | undefined>(undefined);
export const waiting = signal(false);
/** What there is around, for the map and the kinds. */
export const ground = signal<Around | undefined>(undefined);
/** The place that is pointed at, in the list or on the map. */
export const pointed = signal<string | undefined>(undefined);

/** Whom it is for: as the address says, else as usual. */
export const whom = computed<Whom>(() => view.value.whom ?? usual());
const again = signal(0);

/** Asks once more, after a failure. */
export const retry = (): void => void again.value++;

// Only what the server is asked: choosing a place or turning to the map asks nothing.
const question = computed(() => {
  const { near, radius, combine, open, kinds, crowd, k } = view.value;
  return JSON.stringify([near, radius, combine, open, kinds, crowd, k, whom.value, session.value?.userId, again.value]);
});
const place = computed(() => JSON.stringify([view.value.near, view.value.radius, again.value]));

async function find(signal: AbortSignal): Promise<void> {
  const { near } = view.peek();
  if (!near) return;
  const forWhom = whom.peek();
  const found = await peopleOf(forWhom, signal);
  const answer = await recommendedForKnown(near, found, signal);
  // An answer that was given up half way is none.
  signal.throwIfAborted();
  result.value = { ...answer, ...found, whom: forWhom };
}

/** Asks for people; the server says whose taste it does not know. Where it knows nobody's: as for anybody. */
async function recommendedForKnown(near: Point, found: People, signal: AbortSignal): Promise<Answer> {
  const ask = (people: People["people"]) => recommended(view.peek(), near, people.map(({ id }) => id), signal);
  try {
    const answer = await ask(found.people);
    for (const person of found.people) person.known = !answer.unknown.includes(person.id);
    return answer;
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "NOT_FOUND" && found.people.length > 0)) throw error;
    for (const person of found.people) person.known = false;
    found.lack = "unknown";
    return ask([]);
  }
}

/** Begins to search, and searches whenever the view changes. */
export function begin(): void {
  effect(() => {
    if (question.value && !view.peek().near) {
      result.value = undefined;
      failure.value = undefined;
      return;
    }
    const abort = new AbortController();
    waiting.value = true;
    find(abort.signal)
      .then(() => (failure.value = undefined))
      .catch((error: unknown) => {
        if (error instanceof ApiError) failure.value = error;
        else if (!abort.signal.aborted) throw error;
      })
      .finally(() => {
        if (!abort.signal.aborted) waiting.value = false;
      });
    return () => abort.abort();
  });
  effect(() => {
    const { near, radius } = place.value ? view.peek() : view.peek();
    if (!near) return;
    const abort = new AbortController();
    // The ground is an extra: the list says when the server cannot be reached.
    around(near, radius, abort.signal).then((found) => (ground.value = found), () => undefined);
    return () => abort.abort();
  });
}

/** Whether the map was moved away from where was searched: by a third of what it shows. */
export function awayFrom(middle: { lat: number; lon: number }, shows: number): boolean {
  const { near, radius } = view.peek();
  if (!near) return false;
  return metres(near, middle) > shows / 3 || shows > radius * 2 || shows < radius / 3;
}
