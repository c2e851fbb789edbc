// What the wall says, in French.
import type { en } from "./en";

export const fr: typeof en = {
  screen: "Écran",
  looking: "Recherche de la soirée",
  missing: "Aucune soirée n’a le code {code}",
  closed: "{name}, c’est fini. Merci pour la musique.",
  out: "Cet écran n’est plus admis",
  reconnecting: "Reconnexion",
  now: "En ce moment",
  by: "choisi par {name}",
  autopilot: "choisi par le pilote automatique",
  next: "À suivre",
  join: "Rejoindre",
  qr: "Code QR pour rejoindre {name}",
  at: "ou sur {host}",
  here: { one: "# personne présente", other: "# personnes présentes" },
  quiet: "C’est bien calme ici",
  quietHint: "Scannez le code et ajoutez le premier titre",
  code: "Le code est {code}",
  checkin: "Code de présence",
  gone: "quelqu’un qui est parti",
  picture: "Photo de {name}",
  paused: "En pause",
};
