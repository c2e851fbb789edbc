//! The rooms' routes, described.

use super::wire::{OpAnswer, OpBody, RoomBody, RoomCode, RoomHistory, RoomMade, RoomPlaylist, SettingsBody};
use crate::http::{Kind, Operation};
use crate::rooms::{LogPage, RoomAt, RoomSummary, RoomTaste};

pub(super) fn create() -> Operation {
    Operation::new("Make a room; the caller is its host")
        .body::<RoomBody>("")
        .json::<RoomMade>(201, "`{id, code, link, rev, screenToken}`")
        .fails(400, "A field is wrong; the message names it.")
        .fails(429, "Too many; `retryAfterMs`.")
}

pub(super) fn by_code() -> Operation {
    Operation::new("Find a room by its code")
        .path("code", "Six characters, in any letter case.")
        .json::<RoomSummary>(200, "As `/v1/rooms/{id}`.")
        .fails(404, "There is no such room.")
        .fails(429, "Too many; `retryAfterMs`.")
}

pub(super) fn summary() -> Operation {
    Operation::new("What anybody who has the id may know")
        .path("id", "The room's id.")
        .json::<RoomSummary>(200, "`{id, name, code, link, rev, open, members, online, settings, venueId}`")
        .fails(404, "There is no such room.")
}

pub(super) fn settings() -> Operation {
    Operation::new("Change name or settings, as the host")
        .path("id", "The room's id.")
        .body::<SettingsBody>("")
        .json::<OpAnswer>(200, "The ack: `{ok, rev, seq, settings}`")
        .fails(400, "A field is wrong; the message names it.")
        .fails(404, "There is no such room.")
}

pub(super) fn close() -> Operation {
    Operation::new("Close the room, as the host")
        .path("id", "The room's id.")
        .empty(204, "Closed; members are told.")
        .fails(404, "There is no such room.")
}

pub(super) fn qr() -> Operation {
    Operation::new("The QR code of the room's link")
        .path("id", "The room's id.")
        .content(200, "image/svg+xml", "A picture.")
        .fails(404, "There is no such room.")
}

pub(super) fn state() -> Operation {
    Operation::new("The room as a member sees it")
        .path("id", "The room's id.")
        .query("rev", Kind::Integer, "The fold of the log up to this revision; otherwise all of it.")
        .json::<RoomAt>(200, "`{rev, state}`")
        .fails(400, "A field is wrong; the message names it.")
        .fails(404, "There is no such room.")
}

pub(super) fn log() -> Operation {
    Operation::new("Events of the room's log")
        .path("id", "The room's id.")
        .query("from", Kind::Integer, "The first, 1 unless given.")
        .query("limit", Kind::Integer, "At most 1,000.")
        .json::<LogPage>(200, "`{events, next}`; `next` is null at the end.")
        .fails(400, "A field is wrong; the message names it.")
        .fails(404, "There is no such room.")
}

pub(super) fn history() -> Operation {
    Operation::new("Everything that was played, with who added it and how it ended")
        .path("id", "The room's id.")
        .json::<RoomHistory>(200, "`{room, songs}`")
        .fails(404, "There is no such room.")
}

pub(super) fn playlist() -> Operation {
    Operation::new("The evening as a playlist: what was played and not thrown out, each song once")
        .path("id", "The room's id.")
        .json::<RoomPlaylist>(200, "`{room, name, songs}`")
        .fails(404, "There is no such room.")
}

pub(super) fn taste() -> Operation {
    Operation::new("How the songs of the room suit those present: reasons, and how fair the evening is")
        .path("id", "The room's id.")
        .json::<RoomTaste>(200, "`members` with `known` (whether a taste is known) and `satisfaction` (0 to 1, the mean over the last ten songs; null before the first, and while no taste is known); `songs` that play, wait and have played, with `scores` by member whose taste is known, 0.5 for neither.")
        .fails(404, "There is no such room.")
}

pub(super) fn picture() -> Operation {
    Operation::new("A picture that was shared")
        .path("id", "The room's id.")
        .path("picture", "Its id.")
        .content(200, "image/*", "The picture, with its own content type.")
        .fails(404, "There is no such room.")
}

pub(super) fn renew_code() -> Operation {
    Operation::new("Give the room another code, as the host; the old one stops working at once")
        .path("id", "The room's id.")
        .json::<RoomCode>(200, "`{code, link}`")
        .fails(404, "There is no such room.")
}

pub(super) fn join() -> Operation {
    Operation::new("Become a member without a socket")
        .path("id", "The room's id.")
        .body_optional::<OpBody>("")
        .json::<OpAnswer>(200, "The ack of `room:join`: `{ok, room, member, rev, now, state | events}`")
        .fails(400, "A field is wrong; the message names it.")
        .fails(404, "There is no such room.")
        .fails(409, "Refused by the state of the room; the code says why.")
}

pub(super) fn command() -> Operation {
    Operation::new("Any op of a room by its name: `song:add`, `song:vote`, `play:start`, `chat:send`, ...; an app's own event by `app:NAME` with `data` and `ephemeral`, where the room's setting `appEvents` allows it")
        .path("id", "The room's id.")
        .path("name", "The op's name.")
        .body::<OpBody>("")
        .json::<OpAnswer>(200, "The ack: `{ok, rev, seq, ...}`, without `seq` when nothing was logged. The same `op` again gives the same `seq` and `duplicate`.")
        .fails(400, "A field is wrong; the message names it.")
        .fails(404, "There is no such room.")
        .fails(409, "Refused by the state of the room; the code says why.")
        .fails(429, "Too many; `retryAfterMs`.")
}

pub(super) fn stream() -> Operation {
    Operation::new("The room as plain JSON over a WebSocket")
        .path("id", "The room's id or code.")
        .query("token", Kind::Text, "The token, where no header can be set.")
        .query("since", Kind::Integer, "Resume behind this revision.")
        .empty(101, "Messages `{event, data}`; send `{event, data, ack?}`.")
        .fails(400, "A field is wrong; the message names it.")
        .fails(404, "There is no such room.")
}

pub(super) fn of_venue() -> Operation {
    Operation::new("The open room of a venue")
        .path("venue", "The venue's key in the index of venues.")
        .json::<RoomSummary>(200, "As `/v1/rooms/{id}`.")
        .fails(404, "There is no such room.")
}

pub(super) fn make_of_venue() -> Operation {
    Operation::new("Make the room of a venue, as its owner; it runs until it is closed")
        .path("venue", "The venue's key in the index of venues.")
        .body_optional::<RoomBody>("")
        .json::<RoomMade>(201, "As `POST /v1/rooms`.")
        .fails(400, "A field is wrong; the message names it.")
        .fails(404, "There is no such room.")
        .fails(409, "Refused by the state of the room; the code says why.")
}
