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
            love                     Word("love")
                                     MatchAll
                                     MatchAll
            *                        MatchAll
            lov*                     Prefix("lov")
            lo\*                     Word("lo*")
            l*ve                     Word("l*ve")
            wi-fi                    Word("wi-fi")
            a\+b                     Word("a+b")
            AND                      Word("AND")
            f:a                      Word("f:a")
            /re/                     Word("/re/")
            \                        MatchNone
            love~                    Fuzzy { word: "love", edits: 2 }
            love~1                   Fuzzy { word: "love", edits: 1 }
            love~x                   Word("love")
            love~9                   Fuzzy { word: "love", edits: 2 }
            "a b"                    Phrase { text: "a b", slop: 0 }
            "a \" b"~2               Phrase { text: "a \" b", slop: 2 }
            "a"~                     Phrase { text: "a", slop: 0 }
            ~a                       Word("~a")
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
            a b                      Juxtaposed(Word("a"), Word("b"))
            a + b                    And(Word("a"), Word("b"))
            a+b                      And(Word("a"), Word("b"))
            a | b c                  Juxtaposed(Or(Word("a"), Word("b")), Word("c"))
            a b | c                  Or(Juxtaposed(Word("a"), Word("b")), Word("c"))
            -a                       Not(Word("a"))
            a -b                     Juxtaposed(Word("a"), Not(Word("b")))
            a + -b                   And(Word("a"), Not(Word("b")))
            --a                      Word("a")
            - a                      Word("a")
            (a | b) + c              And(Or(Word("a"), Word("b")), Word("c"))
            -(a b)                   Not(Juxtaposed(Word("a"), Word("b")))
            a + b + c                And(Word("a"), Word("b"), Word("c"))
            a + b | c + d            And(Or(And(Word("a"), Word("b")), Word("c")), Word("d"))
            ((a))                    Word("a")
        "#]],
    );
}

#[test]
fn damaged() {
    check(
        &["+", "a +", "| a", "a + | b", "\"a", "a\"", "(a", "a)", "()", "a + () b", "a + \"\" b", "(a \"b) c\"", "((a b)", "-", "\"\""],
        expect![[r#"
            +                        MatchNone
            a +                      Word("a")
            | a                      Word("a")
            a + | b                  And(Word("a"), Word("b"))
            "a                       Word("a")
            a"                       Word("a")
            (a                       Word("a")
            a)                       Word("a")
            ()                       MatchNone
            a + () b                 Juxtaposed(Word("a"), Word("b"))
            a + "" b                 Juxtaposed(Word("a"), Word("b"))
            (a "b) c"                Juxtaposed(Juxtaposed(Word("a"), Word("b")), Word("c"))
            ((a b)                   Juxtaposed(Word("a"), Word("b"))
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
