// The words of the venue page.
import { messages } from "../../shared/messages";
import { en } from "./en";
import { fr } from "./fr";

export const t = messages({ en, fr });
