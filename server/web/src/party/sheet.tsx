// A sheet with the short words of the page inside: what stands outside of an open dialog cannot be reached.
import type { ComponentChildren } from "preact";
import { Dialog } from "../shared/ui/dialog";
import { Toasts } from "../shared/ui/toasts";

export function Sheet({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  return <Dialog title={title} onClose={onClose} sheet>{children}<Toasts /></Dialog>;
}
