// The words of the venue page.
import { words } from "../../shared/words";
import { en } from "./en";
import { fr } from "./fr";

export const t = words({ en, fr });
