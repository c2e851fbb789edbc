//! The text of Socket.IO packets, in both directions, and the ids in them. Knows no connection.

pub(crate) mod incoming;
pub(crate) mod packet;
pub(crate) mod sid;
