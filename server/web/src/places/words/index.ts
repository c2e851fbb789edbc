// The words of the places page.
import { words } from "../../shared/words";
import { en } from "./en";
import { fr } from "./fr";

export const t = words({ en, fr });
