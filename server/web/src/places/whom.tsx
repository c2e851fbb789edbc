// For whom: me, the people of a party, anybody; and how the tastes of several are weighed.
import { useState } from "preact/hooks";
import { counted, fill, listed } from "../shared/messages";
import { type Recent, recent } from "../shared/room/recent";
import { session } from "../shared/session";
import { Segments } from "../shared/ui/controls";
import { result, whom } from "./search";
import { type Combine, go, view } from "./view";
import { t } from "./messages";

type Who = "me" | "group" | "anybody";

export function ForWhom() {
  const now = whom.value;
  const parties = recent();
  // "My group" is chosen before a party is: then its code is asked for.
  const [asking, setAsking] = useState(false);
  const group = typeof now === "object";
  const who: Who = asking || group ? "group" : now;

  function choose(next: Who) {
    const last = parties[0];
    setAsking(next === "group" && !last);
    if (next !== "group") go({ whom: next });
    else if (last) go({ whom: { code: last.code } });
  }

  return (
    <section class="whom" aria-label={t.who}>
      <div class="row whom-row">
        <span class="whom-label" aria-hidden="true">{t.who}</span>
        <Segments<Who> label={t.who} value={who} options={[{ value: "me", text: t.me }, { value: "group", text: t.group }, { value: "anybody", text: t.anybody }]} onChange={choose} />
      </div>
      {who === "group" && <Group code={group ? now.code : ""} parties={parties} onCode={(code) => { setAsking(false); go({ whom: { code } }); }} />}
      <About who={who} />
    </section>
  );
}

function Group({ code, parties, onCode }: { code: string; parties: Recent[]; onCode: (code: string) => void }) {
  const [typed, setTyped] = useState("");
  const { combine } = view.value;
  const kept = parties.some((party) => party.code === code);
  // A code from the address or typed by hand stands among the parties too.
  const choices: Pick<Recent, "code" | "name">[] = code && !kept ? [{ code, name: code }, ...parties] : parties;
  const [other, setOther] = useState(false);
  return (
    <>
      {choices.length > 0 && (
        <div class="wrap">
          <label class="pick">
            <span class="sr">{t.party}</span>
            <select class="input" value={other ? "" : code} onChange={(event) => { const { value } = event.currentTarget; setOther(value === ""); if (value) onCode(value); }}>
              {choices.map((party) => <option key={party.code} value={party.code}>{party.name === party.code ? party.code : `${party.name} (${party.code})`}</option>)}
              <option value="">{t.code}…</option>
            </select>
          </label>
          <Segments<Combine> label={t.combine} value={combine} options={[{ value: "average", text: t.average }, { value: "least_misery", text: t.misery }]} onChange={(next) => go({ combine: next })} />
        </div>
      )}
      {(choices.length === 0 || other) && (
        <form class="code-form" onSubmit={(event) => { event.preventDefault(); const text = typed.trim().toUpperCase(); if (text) { setOther(false); onCode(text); } }}>
          {choices.length === 0 && <p class="small muted">{t.groupNone}</p>}
          <div class="row">
            <label class="grow"><span class="sr">{t.code}</span><input class="input" placeholder={t.code} value={typed} maxLength={12} autocapitalize="characters" autocomplete="off" spellcheck={false} onInput={(event) => setTyped(event.currentTarget.value)} /></label>
            <button type="submit" class="button">{t.codeGo}</button>
          </div>
        </form>
      )}
    </>
  );
}

/** Names that are said, at most. */
const NAMED = 4;

/** Whose taste is taken, or why nobody's is. */
function About({ who }: { who: Who }) {
  const found = result.value;
  if (who === "anybody" || !found || (who === "group") !== (typeof found.whom === "object")) return null;
  const code = typeof found.whom === "object" ? found.whom.code : "";
  const say = (text: string, link?: { href: string; text: string }) => (
    <p class="small muted whom-about">{text} {link && <a href={link.href}>{link.text}</a>}</p>
  );
  if (found.lack === "code") return say(t.codeUnknown);
  if (found.lack === "notMember") return say(t.notMember, { href: `/r/${encodeURIComponent(code)}`, text: t.joinParty });
  if (who === "me") {
    if (found.lack === "nobody") return say(t.meNobody, { href: "/", text: t.toParty });
    if (found.lack === "unknown") return say(t.meUnknown, { href: "/", text: t.toParty });
    return say(fill(t.meKnown, { name: session.value?.name ?? "" }));
  }
  if (found.lack === "unknown") return say(t.groupAllUnknown);
  const names = found.people.map(({ id, name }) => (id === session.value?.userId ? t.you : name));
  const shown = names.length > NAMED + 1 ? [...names.slice(0, NAMED), counted(names.length - NAMED, t.others)] : names;
  const unknown = found.people.filter(({ known }) => !known).length;
  return say([fill(t.groupOf, { names: listed(shown) }), unknown > 0 && counted(unknown, t.groupUnknown)].filter(Boolean).join(" "));
}
