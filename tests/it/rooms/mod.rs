//! Rooms under random use: many devices, lost connections, repetitions, restarts, kills, one server and two. At the end
//! everything that anybody was told is compared with the log, and the log with a model that knows only the specification.

mod client;
mod command;
mod fixture;
mod model;
mod record;
mod redis;
mod rules;
mod simulated_client;
mod verify;

mod clock;
mod kills;
mod scenarios;
