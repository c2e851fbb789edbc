// The page where people find a place to go.
import "../shared/ui/suggest.css";
import "./places.css";
import { begin as beginPage } from "../shared/page";
import { Page } from "./page";
import { begin } from "./search";
import { t } from "./messages";

document.title = `Tutti · ${t.title}`;
begin();
beginPage(<Page />);
