// `/venue`: one's own venues, any venue by name, and the door.
import { useEffect, useState } from "preact/hooks";
import { ApiError, ask } from "../../shared/api";
import { Icon } from "../../shared/ui/icon";
import { Door, WhoIsIn } from "./door";
import { FindVenue } from "./find";
import { myVenues } from "../venue";
import { isIn, owner } from "./owner";
import { kindOf, trouble } from "../sentences";
import { t } from "../messages";

export function Start() {
  return (
    <div class="start">
      <h1>{t.title}</h1>
      <p class="lead muted">{t.lead}</p>
      {owner.value && <Mine />}
      <FindVenue shown />
      {isIn() ? <WhoIsIn /> : <section class="card stack"><h2>{t.signIn}</h2><p class="muted">{t.doorLeadAny}</p><Door /></section>}
    </div>
  );
}

interface Named {
  id: string;
  name: string;
  kind?: string;
  city?: string;
}

/** The venues of who signed in. */
export function Mine() {
  const [venues, setVenues] = useState<Named[]>();
  const [wrong, setWrong] = useState<string>();
  const user = owner.value?.userId;
  useEffect(() => {
    const named = (id: string) => ask<Named>(`/v1/venues/documents/${encodeURIComponent(id)}`).then((found) => ({ ...found, id }), () => ({ id, name: id }));
    myVenues().then(async (ids) => setVenues(await Promise.all(ids.map(named)))).catch((error: unknown) => error instanceof ApiError && setWrong(trouble(error)));
  }, [user]);
  if (wrong) return <p class="note bad" role="alert"><Icon name="warning" />{wrong}</p>;
  if (!venues) return null;
  return (
    <section class="stack">
      <h2>{t.yours}</h2>
      {venues.length === 0 ? <p class="muted">{t.yoursNone}</p> : (
        <ul class="stack mine">
          {venues.map(({ id, name, kind, city }) => (
            <li key={id}>
              <a class="card row" href={`/venue/${encodeURIComponent(id)}`}>
                <span class="grow"><strong dir="auto">{name}</strong><small class="muted">{[kindOf(kind), city].filter(Boolean).join(" · ")}</small></span>
                <Icon name="right" />
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
