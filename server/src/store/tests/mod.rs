//! The contract run on each implementation, and what only one of them does.

mod joined;
mod migrations;
mod redis;
mod redis_server;
mod sled;
mod transfer;
