// Words that charts say themselves.
import { words } from "../words";

export const chart = words({
  en: { data: "Show data", day: "Day", hour: "Hour", none: "none", at: "{day}, {hour}" },
  fr: { data: "Voir les données", day: "Jour", hour: "Heure", none: "aucun", at: "{day}, {hour}" },
});
