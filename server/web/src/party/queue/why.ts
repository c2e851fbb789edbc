// Why a song is there, in one line: whom it fits, to whom it is new, and for the autopilot's songs whose taste they serve.
import { fill, listed } from "../../shared/messages";
import { t } from "../messages";

/** From here on a song fits somebody; 0.5 is indifferent. */
const FITS = 0.6;
/** Below it is new to somebody. */
const NEW = 0.45;
const NAMED = 2;

export interface Tasters {
  me: string;
  /** The members' names; who is not among them is gone, and not named. */
  names: ReadonlyMap<string, string>;
}

/** `undefined` when there is nothing to say. */
export function why(scores: Readonly<Record<string, number>> | undefined, { me, names }: Tasters, picked: boolean): string | undefined {
  if (!scores) return undefined;
  const known = Object.entries(scores).filter(([id]) => names.has(id)).sort(([a, x], [b, y]) => Number(b === me) - Number(a === me) || y - x);
  const fits = known.filter(([, score]) => score >= FITS).map(([id]) => id);
  const fresh = known.filter(([, score]) => score < NEW).map(([id]) => id);
  const said = (ids: string[]) => some(ids.map((id) => (id === me ? t.you : (names.get(id) ?? ""))));
  if (picked) return fits.length > 0 ? fill(t.why.pickedFor, { names: said(fits) }) : undefined;
  if (fits.length > 0 && fresh.length > 0) return fill(t.why.both, { fits: said(fits), fresh: said(fresh) });
  if (fits.length > 0) return fill(t.why.fits, { names: said(fits) });
  return fresh.length > 0 ? fill(t.why.fresh, { names: said(fresh) }) : undefined;
}

function some(names: string[]): string {
  const rest = names.length - NAMED;
  return rest > 0 ? listed([...names.slice(0, NAMED), fill(t.why.more, { n: rest })]) : listed(names);
}
