// The cheat sheet: what can be written in a query and a filter. An example goes into its input by a press.
import { Dialog } from "../../shared/ui/dialog";
import { type Index, isCollection, isNumber, isText, titleField } from "../index/definition";
import { go, view } from "../view";
import { t } from "../messages";

type Line = [example: string, says: string];

export function CheatSheet({ index, onClose }: { index: Index | undefined; onClose: () => void }) {
  const s = t.sheet;
  const title = index ? titleField(index) : "title";
  const whole = index?.fields.find((field) => field.filterable && isNumber(field) && !field.within)?.path ?? "year";
  const list = index?.fields.find((field) => field.filterable && isCollection(field) && isText(field))?.path ?? "genres";
  const place = index?.fields.find((field) => field.type === "Edm.GeographyPoint")?.path;
  const lucene: Line[] = [
    [`${title}:love`, s.field], ['"night light"', s.phrase], ['"night light"~3', s.slop], ["lov~1", s.fuzzy], ["mid*ght ?ight", s.wildcard], ["/l[aeo]ve?/", s.regex],
    ["+love -night", s.must], ["love AND NOT night", s.logic], ["(love OR heart) AND city", s.group], [`${title}:love^3`, s.boost], [`${title}:[a TO f]`, s.range], ["\\(live\\)", s.escape],
  ];
  const simple: Line[] = [["love + night", s.both], ["love | heart", s.or], ["love -night", s.not], ['"night light"', s.phrase], ["lov*", s.prefix], ["(love | heart) + city", s.group]];
  const filter: Line[] = [
    [`${whole} ge 1980 and ${whole} lt 1990`, s.compare], [`${list}/any(x: x eq 'rock')`, s.anyOf], [`not ${list}/any()`, s.without], [`search.in(${titleOf(index)}, 'a|b', '|')`, s.oneOf],
    [`search.ismatch('love', '${title}')`, s.ismatch], ...(place ? [[`geo.distance(${place}, geography'POINT(-0.1494 51.5142)') le 1`, s.distance] as Line] : []), [`${whole} ne null`, s.there],
  ];
  const put = (where: "q" | "filter", text: string) => {
    const before = view.peek()[where].trim();
    const joined = before === "" ? text : where === "filter" ? `${before} and ${text}` : `${before} ${text}`;
    go({ [where]: joined, open: "", tab: "search" });
    onClose();
    document.getElementById(where)?.focus();
  };
  const section = (name: string, lines: Line[], where: "q" | "filter") => (
    <section aria-label={name}>
      <h3>{name}</h3>
      <ul class="sheet-lines">
        {lines.map(([example, says]) => (
          <li key={example}>
            <button type="button" onClick={() => put(where, example)}><code dir="ltr">{example}</code></button>
            <span class="muted">{says}</span>
          </li>
        ))}
      </ul>
    </section>
  );
  return (
    <Dialog title={t.cheatSheet} onClose={onClose} sheet>
      <div class="stack">
        <p class="muted small">{s.hint}</p>
        {view.value.syntax === "simple" ? section(s.simple, simple, "q") : section(s.lucene, lucene, "q")}
        {section(s.filter, filter, "filter")}
      </div>
    </Dialog>
  );
}

const titleOf = (index: Index | undefined): string => index?.fields.find((field) => field.filterable && field.type === "Edm.String" && !field.within)?.path ?? "id";
