// The top of every page but the wall: the mark, the way to the other pages, language and colours.
import { useEffect, useRef, useState } from "preact/hooks";
import { LANGUAGES, type Language, language, speak } from "../messages";
import { type Theme, setTheme, theme } from "../theme";
import { Dialog } from "./dialog";
import { Icon, Mark } from "./icon";
import { Segments } from "./controls";
import { common } from "./common";

export type Place = "home" | "venue" | "places" | "console" | "docs";
const WAYS: { place: Place; href: string }[] = [
  { place: "home", href: "/" },
  { place: "places", href: "/places" },
  { place: "venue", href: "/venue" },
  { place: "console", href: "/console" },
  { place: "docs", href: "/docs" },
];

export function Top({ here }: { here: Place }) {
  const current = useRef<HTMLAnchorElement>(null);
  // On a phone the ways are longer than the screen is wide.
  useEffect(() => current.current?.scrollIntoView({ inline: "center", block: "nearest" }), []);
  return (
    <>
      <a class="skip" href="#main">{common.skip}</a>
      <header class="top">
        <a class="brand" href="/"><Mark />tutti</a>
        <nav aria-label={common.menu}>
          <ul>
            {WAYS.map(({ place, href }) => (
              <li key={place}><a ref={place === here ? current : undefined} href={href} aria-current={place === here ? "page" : undefined}>{common[place === "home" ? "party" : place]}</a></li>
            ))}
          </ul>
        </nav>
        <div class="end"><Looks /></div>
      </header>
    </>
  );
}

/** A button that opens language and colours. */
export function Looks() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="button plain icon" aria-label={`${common.language}, ${common.theme}`} onClick={() => setOpen(true)}>
        <Icon name="settings" />
      </button>
      {open && (
        <Dialog title={`${common.language}, ${common.theme}`} onClose={() => setOpen(false)} sheet>
          <div class="stack"><LooksForm /></div>
        </Dialog>
      )}
    </>
  );
}

/** Language and colours, to stand inside another dialog. */
export function LooksForm() {
  const themes: { value: Theme; text: string }[] = [{ value: "auto", text: common.auto }, { value: "light", text: common.light }, { value: "dark", text: common.dark }];
  return (
    <>
      <Segments<Language> label={common.language} value={language} options={(Object.keys(LANGUAGES) as Language[]).map((value) => ({ value, text: LANGUAGES[value] }))} onChange={speak} />
      <Segments<Theme> label={common.theme} value={theme.value} options={themes} onChange={setTheme} />
      <p class="small"><a href="/web/licences.txt">{common.licences}</a></p>
    </>
  );
}
