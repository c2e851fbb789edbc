// What the console says, in the language of the page.
import { messages } from "../../shared/messages";
import { en } from "./en";
import { fr } from "./fr";

export const t = messages<typeof en>({ en, fr });
