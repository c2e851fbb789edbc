// One song of the queue. It renders again only when something of its own changes.
import { Component } from "preact";
import type { Item, Vote } from "../../shared/room/types";
import { Icon } from "../../shared/ui/icon";
import { Avatar, Cover } from "../../shared/ui/picture";
import { fill, number } from "../../shared/messages";
import { t } from "../messages";

interface Props {
  item: Item;
  vote: Vote;
  /** Who added it; nobody for the autopilot. */
  by: string | undefined;
  /** What the face is made of. */
  face: string;
  reason: string | undefined;
  movable: boolean;
  at: number;
  acts: { vote: (item: string, vote: Vote) => void; open: (item: string) => void };
  onKey: (event: KeyboardEvent, item: string) => void;
}

const OWN = ["item", "vote", "by", "face", "reason", "movable"] as const;

export class Row extends Component<Props> {
  override shouldComponentUpdate(next: Readonly<Props>): boolean {
    return OWN.some((name) => next[name] !== this.props[name]);
  }

  override render() {
    const { item, vote, by, face, reason, movable, acts, onKey } = this.props;
    const { song } = item;
    return (
      <li class="song" data-item={item.item}>
        {movable && (
          <button type="button" class="handle" data-handle="" aria-label={fill(t.next.handle, { title: song.title })} aria-describedby="handle-help" onKeyDown={(event) => onKey(event, item.item)}>
            <Icon name="drag" size={20} />
          </button>
        )}
        <button type="button" class="song-open" onClick={() => acts.open(item.item)}>
          <Cover song={song.id} size={52} />
          <span class="song-text">
            <span class="song-title"><span class="clip" dir="auto">{song.title}</span>{song.explicit && <Icon name="explicit" size={15} label={t.explicit} />}{item.pinned && <Icon name="pin" size={14} label={t.next.pinned} />}</span>
            <span class="song-artist clip" dir="auto">{song.artist}</span>
            <span class="song-why">
              {by === undefined ? <Icon name="spark" size={14} label={t.now.autopilot} /> : <><Avatar seed={face} size={16} /><bdi class="song-by">{by}</bdi></>}
              {reason && <span class="clip" dir="auto">{by !== undefined && " · "}{reason}</span>}
              {!reason && by === undefined && <span class="clip">{t.now.autopilot}</span>}
            </span>
          </span>
        </button>
        <span class="votes" role="group" aria-label={fill(t.next.votesOf, { title: song.title })}>
          <button type="button" class="vote up" aria-pressed={vote === "up"} aria-label={t.next.up} onClick={() => acts.vote(item.item, vote === "up" ? "none" : "up")}><Icon name="up" size={20} /></button>
          <span class="num score">{number(item.score)}</span>
          <button type="button" class="vote down" aria-pressed={vote === "down"} aria-label={t.next.down} onClick={() => acts.vote(item.item, vote === "down" ? "none" : "down")}><Icon name="down" size={20} /></button>
        </span>
      </li>
    );
  }
}
