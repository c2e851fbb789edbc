// What the API page says, in the language of the page. The description itself is in English.
import { messages } from "../../shared/messages";
import { en } from "./en";
import { fr } from "./fr";

export const t = messages<typeof en>({ en, fr });
