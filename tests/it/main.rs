//! Whole-product tests: the real program, real files, real sockets.

mod support;

mod bad_input;
mod conformance;
mod crash;
mod http;
mod https;
mod imports;
mod search;
