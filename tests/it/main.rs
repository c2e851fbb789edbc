//! Whole-product tests: real files, real sockets, the server in this process or as the program it is.

mod support;

mod bad_input;
mod cli;
mod compatibility;
mod crash;
mod hostile;
mod http;
mod odata;
mod owners;
mod rooms;
mod taste;
