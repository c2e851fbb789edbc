import { begin } from "../shared/page";
import { Top } from "../shared/ui/top";

begin(<><Top here="home" /><main id="main"><h1>Tutti</h1></main></>);
