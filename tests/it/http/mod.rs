//! The server over HTTP, as programs use it.

mod azure_uploads;
mod body_limits;
mod https;
mod openapi;
mod pages;
mod search;
mod two_clients;
