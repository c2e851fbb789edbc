//! Lucene syntax: no text makes the parser panic, and what it accepts is printed and parsed to the same query.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti_engine::query::parse_lucene;

fuzz_target!(|text: &str| {
    match parse_lucene(text) {
        Ok(query) => {
            let printed = query.to_string();
            let again = parse_lucene(&printed).unwrap_or_else(|error| panic!("{printed:?}: {error}"));
            assert_eq!(again.without_spans(), query.without_spans(), "{printed:?}");
        }
        Err(error) => assert!(text.get(error.span.start..error.span.end).is_some(), "{error:?}"),
    }
});
