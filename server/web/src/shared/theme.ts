// Light or dark: as the device has it, unless somebody chose.
import { signal } from "@preact/signals";
import { forget, read, write } from "./storage";

export type Theme = "auto" | "light" | "dark";

export const theme = signal<Theme>(read<Theme>("theme") ?? "auto");

function show(): void {
  const root = document.documentElement;
  if (theme.value === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme.value;
}

export function setTheme(chosen: Theme): void {
  theme.value = chosen;
  if (chosen === "auto") forget("theme");
  else write("theme", chosen);
  show();
}

show();
