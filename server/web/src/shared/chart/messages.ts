// Words that charts say themselves.
import { messages } from "../messages";

export const chart = messages({
  en: { data: "Show data", day: "Day", hour: "Hour", none: "none", at: "{day}, {hour}" },
  fr: { data: "Voir les données", day: "Jour", hour: "Heure", none: "aucun", at: "{day}, {hour}" },
});
