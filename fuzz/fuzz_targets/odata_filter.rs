//! OData: no text makes the parsers panic, and what prints parses to the same filter.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti_engine::query::{parse_filter, parse_order_by, print_filter};

fuzz_target!(|text: &str| {
    let _ = parse_order_by(text);
    match parse_filter(text) {
        Ok(query) => {
            if let Some(printed) = print_filter(&query) {
                let again = parse_filter(&printed).unwrap_or_else(|error| panic!("{printed:?}: {error}"));
                // Compared as text: NaN is not equal to itself.
                assert_eq!(format!("{:?}", again.without_spans()), format!("{:?}", query.without_spans()), "{printed:?}");
            }
        }
        Err(error) => assert!(text.get(error.span.start..error.span.end).is_some(), "{error:?}"),
    }
});
