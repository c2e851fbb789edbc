// All that is needed from the door on: the room's connection and its page. Fetched while somebody stands at the door.
export { Room } from "../shared/room/room";
export { PartyPage } from "./party";
export { partyOf } from "./store";
