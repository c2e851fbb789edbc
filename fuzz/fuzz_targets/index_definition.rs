//! Index definitions: no bytes make the reader panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti_index_schema::IndexDefinition;

fuzz_target!(|bytes: &[u8]| {
    let _ = IndexDefinition::from_json(bytes);
});
