//! Simple syntax: no text makes the parser panic, and only a text that is deep or long is refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti_engine::query::{MAX_DEPTH, parse_simple};

fuzz_target!(|text: &str| {
    match parse_simple(text) {
        Ok(query) => {
            let _ = query.to_string();
        }
        Err(error) => assert!(text.len() > MAX_DEPTH, "{error:?}"),
    }
});
