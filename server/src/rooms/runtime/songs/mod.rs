//! Songs and tastes in a running room: `candidates` are the songs the autopilot may choose from, `choice` brings them together with
//! the tastes of those present, `interactions` is what the room's events teach about tastes.

pub(crate) mod candidates;
pub(crate) mod choice;
pub(crate) mod interactions;
