// A picture somebody shared, with what he says about it.
import { usePicture } from "../../shared/room/pictures";
import type { Picture } from "../../shared/room/types";
import { Icon } from "../../shared/ui/icon";
import { Avatar } from "../../shared/ui/picture";
import { fill, timeOfDay } from "../../shared/messages";
import { useParty } from "../store";
import { t } from "../messages";

export function SharedPicture({ picture }: { picture: Picture }) {
  const { room } = useParty();
  const address = usePicture(picture.url, room.pass.token);
  const name = room.names.value.get(picture.by) ?? t.gone;
  const mine = picture.by === room.me;
  return (
    <figure class="talk-picture">
      {!mine && <p class="talk-by"><Avatar seed={name} size={22} /><bdi>{name}</bdi></p>}
      {address ? <img src={address} alt={picture.caption ?? fill(t.chat.pictureOf, { name })} /> : <div class="skeleton" />}
      {picture.caption && <figcaption dir="auto">{picture.caption}</figcaption>}
      <p class="talk-foot small muted">
        <time class="num" dateTime={new Date(picture.ts).toISOString()}>{timeOfDay(picture.ts)}</time>
        {(mine || room.hosts.value) && <button type="button" class="mini-act" aria-label={t.chat.deletePicture} onClick={() => void room.send("picture:delete", { picture: picture.picture })}><Icon name="trash" size={15} /></button>}
      </p>
    </figure>
  );
}
