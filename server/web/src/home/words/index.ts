// The words of the start page in the language of the page.
import { words } from "../../shared/words";
import { en } from "./en";
import { fr } from "./fr";

export const t = words<typeof en>({ en, fr });
