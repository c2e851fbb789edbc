// Which language a page speaks, and numbers, times and plurals in it (`Intl`). The texts themselves are in each page's `messages/en.ts` and
// `messages/fr.ts`; French has the type of English, so a missing one does not compile.

export const LANGUAGES = { en: "English", fr: "Français" } as const;
export type Language = keyof typeof LANGUAGES;
const KEPT = "tutti.language";

function chosen(): Language {
  const asked = [new URLSearchParams(location.search).get("lang"), kept(), ...navigator.languages];
  for (const tag of asked) {
    const short = tag?.slice(0, 2).toLowerCase();
    if (short && short in LANGUAGES) return short as Language;
  }
  return "en";
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

/** The language of this page; it does not change while the page is open. */
export const language: Language = chosen();
/** The reader's own form of the language, such as British English: for the time of day and the like. */
export const locale: string = navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;
document.documentElement.lang = language;
// Layout may be looked at from right to left in any language.
document.documentElement.dir = new URLSearchParams(location.search).get("dir") === "rtl" ? "rtl" : "ltr";

/** Speaks another language from now on: the page is loaded again. */
export function speak(other: Language): void {
  try {
    localStorage.setItem(KEPT, other);
  } catch {
    // Not kept: the address says it instead.
  }
  const here = new URL(location.href);
  if (here.searchParams.has("lang")) here.searchParams.set("lang", other);
  location.assign(here);
}

/** The words of this page's language. */
export function messages<W>(all: Record<Language, W>): W {
  return all[language];
}

const plurals = new Intl.PluralRules(language);
/** "1 vote", "3 votes": the form for a number, with `#` replaced by it. */
export function counted(n: number, forms: { one: string; other: string }): string {
  const form = plurals.select(n) === "one" ? forms.one : forms.other;
  return form.replace("#", number(n));
}

/** A sentence with its gaps filled: `fill("{name} left", {name})`. */
export function fill(text: string, gaps: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (gap, name: string) => String(gaps[name] ?? gap));
}

const numbers = new Intl.NumberFormat(language);
export const number = (n: number): string => numbers.format(n);
const percents = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
/** 0.42 as "42 %". */
export const percent = (share: number): string => percents.format(share);
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
/** The time of day of Unix milliseconds. */
export const timeOfDay = (ms: number): string => clock.format(ms);
const days = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
/** "25 Nov". */
export const dayOf = (ms: number): string => days.format(ms);
const lists = new Intl.ListFormat(locale, { type: "conjunction" });
/** "Ana, Ben and Cem". */
export const listed = (names: readonly string[]): string => lists.format(names);
const since = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
/** "3 min ago". */
export function ago(ms: number, now: number): string {
  const minutes = Math.round((ms - now) / 60_000);
  if (Math.abs(minutes) < 60) return since.format(minutes, "minute");
  const hours = Math.round(minutes / 60);
  return Math.abs(hours) < 24 ? since.format(hours, "hour") : since.format(Math.round(hours / 24), "day");
}
/** Milliseconds as "3:07". */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
/** Metres as "420 m" or "1.3 km". */
export function distance(metres: number): string {
  const unit = metres < 1000 ? "meter" : "kilometer";
  const value = metres < 1000 ? Math.round(metres / 10) * 10 : metres / 1000;
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: metres < 10_000 ? 1 : 0 }).format(value);
}
