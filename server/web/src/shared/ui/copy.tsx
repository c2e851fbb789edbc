// A button that copies a text, and says that it did.
import { copied } from "../clipboard";
import { messages } from "../messages";
import { Icon } from "./icon";
import { say } from "./toasts";

const t = messages({
  en: { copy: "Copy", copied: "Copied", notCopied: "The browser did not let this be copied: select it and copy it by hand." },
  fr: { copy: "Copier", copied: "Copié", notCopied: "Le navigateur a refusé la copie : sélectionnez et copiez à la main." },
});

/** `what` is read out after the button's word. */
export function Copy({ text, what }: { text: () => string; what: string }) {
  const copy = async () => say((await copied(text())) ? t.copied : t.notCopied);
  return (
    <button type="button" class="button mini" onClick={copy}>
      <Icon name="copy" size={16} />
      {t.copy}
      <span class="sr"> {what}</span>
    </button>
  );
}
