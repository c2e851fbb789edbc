//! The contract run on each implementation, and what only one of them does.

mod joined;
mod migrations;
mod redis;
mod redis_server;
mod sled;
mod transfer;

use crate::migrations::Migration;

/// The migrations of a program whose documents never changed.
const FIRST_SCHEMA: &[Migration] = &[Migration { version: 1, steps: &[] }];
