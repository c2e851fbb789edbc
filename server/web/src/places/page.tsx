// The whole page: where and for whom, the list, the map beside it or behind a switch, the details above.
import { signal } from "@preact/signals";
import { Segments } from "../shared/ui/controls";
import { Icon } from "../shared/ui/icon";
import { Top } from "../shared/ui/top";
import { Details } from "./details";
import { Filters } from "./filters";
import { Count, List } from "./list";
import { MapOfFound } from "./mapped";
import { Cities, Where } from "./where";
import { ForWhom } from "./whom";
import { type Shown, go, view } from "./view";
import { t } from "./messages";

const broad = matchMedia("(min-width: 60rem)");
/** The map stands beside the list. */
const beside = signal(broad.matches);
broad.addEventListener("change", () => (beside.value = broad.matches));

export function Page() {
  const { near, shown, details, chosen } = view.value;
  const mapped = near !== undefined && (beside.value || shown === "map");
  const listed = beside.value || shown === "list";
  return (
    <>
      <Top here="places" />
      {near ? (
        <main id="main" class={mapped ? (beside.value ? "places both" : "places mapped") : "places"}>
          <div class="panel">
            <h1>{t.title}</h1>
            <Where />
            <ForWhom />
            <Filters />
            <div class="row bar">
              <Count />
              {!beside.value && <Segments<Shown> label={t.view} value={shown} options={[{ value: "list", text: <><Icon name="list" size={18} />{t.list}</> }, { value: "map", text: <><Icon name="map" size={18} />{t.map}</> }]} onChange={(next) => go({ shown: next })} />}
            </div>
            {listed && <List mapped={mapped} />}
          </div>
          {mapped && <MapOfFound alone={!beside.value} />}
        </main>
      ) : (
        <main id="main" class="places start">
          <h1>{t.title}</h1>
          <p class="lead muted">{t.lead}</p>
          <Where large />
          <Cities />
        </main>
      )}
      {details && chosen && <Details key={chosen} id={chosen} />}
    </>
  );
}
