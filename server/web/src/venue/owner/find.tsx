// Finding a venue by name; choosing one goes to its page.
import { Icon } from "../../shared/ui/icon";
import { type Suggestion, Suggest } from "../../shared/ui/suggest";
import { ask, path } from "../../shared/api";
import { kindOf } from "../sentences";
import { t } from "../messages";

interface Hit {
  key: string;
  document: { name: string; kind?: string; city?: string; address?: { street?: string } };
}

async function find(text: string, signal: AbortSignal): Promise<Suggestion<string>[]> {
  const words = text.replaceAll(/[+|"()~*\\-]+/g, " ").trim();
  if (words === "") return [];
  const { hits } = await ask<{ hits: Hit[] }>(path("/v1/venues/search", { q: `${words}*`, syntax: "simple", mode: "all", fields: "name^3,city", top: 10 }), { signal });
  return hits.map(({ key, document: { name, kind, city, address } }) => ({ id: key, text: name, more: [kindOf(kind), address?.street, city].filter(Boolean).join(" · "), lead: <Icon name="pin" size={20} />, value: key }));
}

export function FindVenue({ shown }: { shown?: boolean }) {
  return <Suggest<string> label={t.find} shown={shown ?? false} placeholder={t.findPlaceholder} none={t.findNone} find={find} onPick={(id) => location.assign(`/venue/${encodeURIComponent(id)}`)} />;
}
