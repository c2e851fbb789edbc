//! The server and the command line of Tutti: one process, one port, one data directory.
//!
//! [`app::App`] is the program put together: build one from a [`config::Config`] and run it, as the command `tutti serve` and the tests
//! do. Everything else is private to the program.

mod access;
pub(crate) mod accounts;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
mod covers;
mod error_code;
mod http;
pub mod limits;
mod migrations;
mod personal_data;
mod pictures;
mod query_parameters;
mod rooms;
pub(crate) mod taste;
mod venues;
