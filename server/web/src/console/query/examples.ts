// Five queries for each index that teach by finding something. Indexes of one's own get theirs from their definition.
import { type Index, besideFields, isCollection, isText, titleField } from "../index/definition";
import type { Plan } from "../results/facet-plan";
import type { View } from "../view";
import { t } from "../messages";

export interface Example {
  change: Partial<View>;
  /** As it is typed. */
  shown: string;
  says: string;
}

const query = (q: string, says: string, change: Partial<View> = {}): Example => ({ change: { q, ...change }, shown: [q, change.filter, change.sort && `sort ${change.sort}`, change.tasteOf && `tasteOf ${change.tasteOf}`].filter(Boolean).join("   "), says });

const shipped = (name: string): Example[] | undefined => {
  const e = t.examples;
  switch (name) {
    case "songs":
      return [
        query("title:lov~1 AND NOT album:night", e.fuzzy),
        query("night", e.eighties, { filter: "year ge 1980 and year lt 1990", sort: "year desc" }),
        query('"heart city"~2', e.near),
        query("artist:orchestra^2 OR tags:flow", e.boost),
        query("love", e.taste, { tasteOf: "u1,u2" }),
      ];
    case "artists":
      return [
        query("name:orchestr*", e.prefix),
        query('genres:"dream pop" OR genres:shoegaze', e.genres),
        query("", e.french, { filter: "country eq 'FR'", sort: "popularity desc" }),
        query('"the foxes"', e.phrase),
        query("cafe~1", e.accent),
      ];
    case "users":
      return [
        query("bio:synth*", e.bio),
        query("", e.followed, { filter: "city eq 'London' and followers ge 300", sort: "followers desc" }),
        query("genres:house -genres:techno", e.without),
        query("", e.speaks, { filter: "languages/any(l: l eq 'ko')" }),
        query('tastes:"club floor"^3 artists:orchestra', e.boost),
      ];
    case "playlists":
      return [
        query("love OR heart", e.either),
        query('description:"rainy day"', e.phrase),
        query("", e.together, { filter: "collaborative eq true and song_count ge 20", sort: "followers desc" }),
        query("artists:orchestra", e.inArtists),
        query("name:/l.*e/", e.regex),
      ];
    case "venues":
      return [
        query('"red lion"', e.phrase),
        query("crown OR anchor", e.either),
        query("", e.near1km, { filter: "geo.distance(location, geography'POINT(-0.1494 51.5142)') le 1" }),
        query("name:/.*(arms|head)/ AND kind:pub", e.regex),
        query("ship~1 +kind:pub", e.must),
      ];
    default:
      return undefined;
  }
};

export function examplesOf(index: Index, plans: readonly Plan[]): Example[] {
  const e = t.examples;
  const known = shipped(index.name);
  if (known) return known;
  const title = titleField(index);
  const valued = plans.find((plan) => plan.kind === "values" && plan.all.length > 0 && /String/.test(plan.type) && !plan.within);
  const value = String(valued?.all[0]?.value ?? "").replaceAll("'", "''");
  const ranged = plans.find((plan) => plan.kind === "ranges");
  const sortable = index.fields.find((field) => field.sortable && !isCollection(field) && !field.within && !isText(field) && field.type !== "Edm.GeographyPoint");
  const beside = besideFields(index).find((path) => index.fields.some((field) => field.path === path && field.searchable));
  return [
    query("*", e.everything),
    query(`${title}:a*`, e.prefix),
    ...(valued ? [query("*", e.value, { filter: valued.many ? `${valued.field}/any(x: x eq '${value}')` : `${valued.field} eq '${value}'` })] : []),
    ...(ranged ? [query("*", e.range, { filter: `${ranged.field} ge ${ranged.bounds[Math.floor(ranged.bounds.length / 2)]}` })] : []),
    ...(sortable ? [query("*", e.sorted, { sort: `${sortable.path} desc` })] : []),
    ...(beside ? [query(`${beside}:/.*/`, e.regex)] : []),
    query(`${title}:/.*/`, e.regex),
  ].slice(0, 5);
}
