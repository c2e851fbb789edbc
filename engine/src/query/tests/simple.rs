//! The simple syntax.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{inside_a_small_stack, tree};
use crate::query::{MAX_CLAUSES, MAX_DEPTH, parse_simple};

#[expect(clippy::needless_pass_by_value, reason = "`expect!` reads best as an argument")]
fn check(cases: &[&str], expected: Expect) {
    let mut out = String::new();
    for case in cases {
        let _ = writeln!(out, "{case:<24} {}", tree(parse_simple(case)));
    }
    expected.assert_eq(&out);
}

#[test]
fn words() {
    check(
        &[
            "love",
            "",
            "  ",
            "*",
            "lov*",
            "lo\\*",
            "l*ve",
            "wi-fi",
            "a\\+b",
            "AND",
            "f:a",
            "/re/",
            "\\",
            "love~",
            "love~1",
            "love~x",
            "love~9",
            "\"a b\"",
            "\"a \\\" b\"~2",
            "\"a\"~",
            "~a",
        ],
        expect![[r#"
            love                     SimpleWord("love")
                                     MatchAll
                                     MatchAll
            *                        MatchAll
            lov*                     Prefix("lov")
            lo\*                     SimpleWord("lo*")
            l*ve                     SimpleWord("l*ve")
            wi-fi                    SimpleWord("wi-fi")
            a\+b                     SimpleWord("a+b")
            AND                      SimpleWord("AND")
            f:a                      SimpleWord("f:a")
            /re/                     SimpleWord("/re/")
            \                        MatchNone
            love~                    SimpleWord("love~")
            love~1                   SimpleWord("love~1")
            love~x                   SimpleWord("love~x")
            love~9                   SimpleWord("love~9")
            "a b"                    Phrase { text: "a b", slop: 0 }
            "a \" b"~2               Chain(Phrase { text: "a \" b", slop: 0 }, SimpleWord("~2"))
            "a"~                     Chain(Phrase { text: "a", slop: 0 }, SimpleWord("~"))
            ~a                       SimpleWord("~a")
        "#]],
    );
}

#[test]
fn operators() {
    check(
        &[
            "a b",
            "a + b",
            "a+b",
            "a | b c",
            "a b | c",
            "-a",
            "a -b",
            "a + -b",
            "--a",
            "- a",
            "(a | b) + c",
            "-(a b)",
            "a + b + c",
            "a + b | c + d",
            "((a))",
        ],
        expect![[r#"
            a b                      Chain(SimpleWord("a"), SimpleWord("b"))
            a + b                    Chain(SimpleWord("a"), And SimpleWord("b"))
            a+b                      Chain(SimpleWord("a"), And SimpleWord("b"))
            a | b c                  Chain(SimpleWord("a"), Or SimpleWord("b"), SimpleWord("c"))
            a b | c                  Chain(SimpleWord("a"), SimpleWord("b"), Or SimpleWord("c"))
            -a                       Not(SimpleWord("a"))
            a -b                     Chain(SimpleWord("a"), Not(SimpleWord("b")))
            a + -b                   Chain(SimpleWord("a"), And Not(SimpleWord("b")))
            --a                      SimpleWord("a")
            - a                      SimpleWord("a")
            (a | b) + c              Chain(Chain(SimpleWord("a"), Or SimpleWord("b")), And SimpleWord("c"))
            -(a b)                   Not(Chain(SimpleWord("a"), SimpleWord("b")))
            a + b + c                Chain(SimpleWord("a"), And SimpleWord("b"), And SimpleWord("c"))
            a + b | c + d            Chain(SimpleWord("a"), And SimpleWord("b"), Or SimpleWord("c"), And SimpleWord("d"))
            ((a))                    SimpleWord("a")
        "#]],
    );
}

#[test]
fn damaged() {
    check(
        &["+", "a +", "| a", "a + | b", "\"a", "a\"", "(a", "a)", "()", "a + () b", "a + \"\" b", "(a \"b) c\"", "((a b)", "-", "\"\""],
        expect![[r#"
            +                        MatchNone
            a +                      SimpleWord("a")
            | a                      SimpleWord("a")
            a + | b                  Chain(SimpleWord("a"), And SimpleWord("b"))
            "a                       SimpleWord("a")
            a"                       SimpleWord("a")
            (a                       SimpleWord("a")
            a)                       SimpleWord("a")
            ()                       MatchNone
            a + () b                 Chain(SimpleWord("a"), SimpleWord("b"))
            a + "" b                 Chain(SimpleWord("a"), SimpleWord("b"))
            (a "b) c"                Chain(Chain(SimpleWord("a"), SimpleWord("b")), SimpleWord("c"))
            ((a b)                   Chain(SimpleWord("a"), SimpleWord("b"))
            -                        MatchNone
            ""                       MatchNone
        "#]],
    );
}

#[test]
fn bounds() {
    inside_a_small_stack(|| {
        let nested = |depth: usize| format!("{}a{}", "x (".repeat(depth), ")".repeat(depth));
        let query = parse_simple(&nested(MAX_DEPTH)).unwrap();
        let _ = query.to_string();
        assert_eq!(parse_simple(&nested(MAX_DEPTH)).unwrap().without_spans(), query.without_spans());
        assert!(parse_simple(&nested(MAX_DEPTH + 1)).is_err());
        assert!(parse_simple(&"a | b + ".repeat(100_000)).is_err());
        assert!(parse_simple(&"(".repeat(1_000_000)).is_ok());
        assert!(parse_simple(&"\"".repeat(1_000_001)).is_ok());
        assert!(parse_simple(&"-".repeat(1_000_000)).is_ok());
    });
    assert!(parse_simple(&"a ".repeat(MAX_CLAUSES)).is_ok());
    assert!(parse_simple(&"a ".repeat(MAX_CLAUSES + 1)).is_err());
}

proptest! {
    #[test]
    fn nothing_is_refused(text in prop_oneof!["\\PC{0,40}", "[-+|()\"~*\\\\ab 1é]{0,24}"]) {
        let query = parse_simple(&text);
        prop_assert!(query.is_ok(), "{query:?}");
    }
}
