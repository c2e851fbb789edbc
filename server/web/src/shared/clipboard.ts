// Copying a text. Browsers keep their clipboard from pages without TLS, such as a party on the home network: there the old way is taken.

/** Whether the text is in the clipboard now. To be called from a press. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

function copiedBySelection(text: string): boolean {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "sr";
  // Inside an open dialog nothing outside of it can be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {
    // Not there any more: the caller shows the text.
  }
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}
