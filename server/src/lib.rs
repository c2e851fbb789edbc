//! The server and the command line of Tutti: one process, one port, one data directory.

pub mod cli;
pub mod http;
pub mod keys;
pub(crate) mod taste;
mod tls;
mod words;
