//! The commands of the program `tutti`, run as a person runs them.

mod config;
mod conformance;
mod from_azure;
mod imports;
mod rooms;
mod search;
