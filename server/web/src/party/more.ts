// The sheets that are not needed at first sight: one script, fetched once the party is there, so that opening one needs no network.
export { Chat } from "./chat";
export { Checkin } from "./checkin";
export { Evening } from "./evening";
export { HostPanel } from "./hostpanel";
export { Invite } from "./invite";
export { People } from "./people";
export { Quiz } from "./quiz";
