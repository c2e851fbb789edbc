// Words that shared elements say themselves.
import { messages } from "../messages";

export const common = messages({
  en: { close: "Close", undo: "Undo", skip: "Skip to content", menu: "Tutti", home: "Start", party: "Party", venue: "Venue", places: "Find a place", console: "Search console", docs: "API", language: "Language", theme: "Colours", auto: "As the device", light: "Light", dark: "Dark", loading: "Loading", licences: "Licences of what this page is made with" },
  fr: { close: "Fermer", undo: "Annuler", skip: "Aller au contenu", menu: "Tutti", home: "Accueil", party: "Soirée", venue: "Établissement", places: "Trouver un lieu", console: "Console de recherche", docs: "API", language: "Langue", theme: "Couleurs", auto: "Comme l’appareil", light: "Clair", dark: "Sombre", loading: "Chargement", licences: "Licences de ce qui compose cette page" },
});
