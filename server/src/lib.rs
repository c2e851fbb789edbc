//! The server and the command line of Tutti: one process, one port, one data directory.

pub(crate) mod accounts;
pub mod cli;
mod covers;
mod holders;
pub mod http;
pub mod keys;
mod limits;
mod migrations;
mod pictures;
mod rooms;
pub(crate) mod taste;
mod tls;
mod venues;
mod words;
