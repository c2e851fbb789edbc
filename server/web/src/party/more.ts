// The sheets that are not needed at first sight: one script, fetched once the party is there, so that opening one needs no network.
export { Chat } from "./chat/chat";
export { Checkin } from "./people/checkin";
export { Evening } from "./evening/evening";
export { HostPanel } from "./host/hostpanel";
export { Invite } from "./people/invite";
export { People } from "./people/people";
export { Quiz } from "./door/quiz";
