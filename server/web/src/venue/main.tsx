// The page of a venue's owner: `/venue` finds it, `/venue/ID` is it.
import "../shared/ui/suggest.css";
import "../shared/chart/chart.css";
import "./venue.css";
import { begin } from "../shared/page";
import { Top } from "../shared/ui/top";
import { Start } from "./owner/start";
import { VenuePage } from "./page";
import { t } from "./messages";

document.title = `Tutti · ${t.title}`;
const id = /^\/venue\/([^/]+)/.exec(location.pathname)?.[1];

begin(
  <>
    <Top here="venue" />
    <main id="main" class="venue">{id ? <VenuePage id={decodeURIComponent(id)} /> : <Start />}</main>
  </>,
);
