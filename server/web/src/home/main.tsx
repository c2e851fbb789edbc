// The start page: into a party by its code, a party of one's own, the parties of this device, and what else there is.
import { begin } from "../shared/page";
import { Icon, type IconName } from "../shared/ui/icon";
import { Top } from "../shared/ui/top";
import "./home.css";
import { JoinForm } from "./join";
import { RecentParties } from "./recent";
import { StartForm } from "./start";
import { t } from "./messages";

const CARDS: { to: keyof typeof t.cards; icon: IconName }[] = [
  { to: "places", icon: "pin" },
  { to: "venue", icon: "chart" },
  { to: "console", icon: "search" },
  { to: "docs", icon: "code" },
];

function Home() {
  return (
    <>
      <Top here="home" />
      <main id="main" class="home">
        <div class="home-hero">
          <div class="home-say">
            <h1>{t.title}</h1>
            <p class="home-lead">{t.lead}</p>
          </div>
          <JoinForm />
        </div>
        <div class="home-two">
          <StartForm />
          <RecentParties />
        </div>
        <nav aria-label={t.more}>
          <ul class="home-cards">
            {CARDS.map(({ to, icon }) => (
              <li key={to}>
                <a class="card home-card" href={`/${to}`}>
                  <span class="home-icon"><Icon name={icon} /></span>
                  <span class="grow"><strong>{t.cards[to].title}</strong><span class="small muted">{t.cards[to].text}</span></span>
                  <Icon name="right" size={18} />
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </main>
    </>
  );
}

begin(<Home />);
