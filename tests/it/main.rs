//! Whole-product tests: the real program, real files, real sockets.

mod support;

mod bad_input;
mod conformance;
mod crash;
mod hostile;
mod http;
mod https;
mod imports;
mod odata;
mod openapi;
mod owners;
mod pages;
mod rooms;
mod rooms_cli;
mod search;
mod taste;
mod two_clients;
mod unread;
