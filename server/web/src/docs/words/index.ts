// What the API page says, in the language of the page. The description itself is in English.
import { words } from "../../shared/words";
import { en } from "./en";
import { fr } from "./fr";

export const t = words<typeof en>({ en, fr });
