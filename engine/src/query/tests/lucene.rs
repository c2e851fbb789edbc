//! Lucene syntax: the tree, the errors, the agreement with recorded Lucene, and the law of print and parse.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{inside_a_small_stack, tree};
use crate::query::{
    MAX_CLAUSES, MAX_DEPTH,
    ast::{Clause, Conjunction, Modifier, Node, Query, RangeEnd, Span, WildcardPiece},
    parse_lucene, word_runs,
};

#[expect(clippy::needless_pass_by_value, reason = "`expect!` reads best as an argument")]
fn check(cases: &[&str], expected: Expect) {
    let mut out = String::new();
    for case in cases {
        let _ = writeln!(out, "{case:<24} {}", tree(parse_lucene(case)));
    }
    expected.assert_eq(&out);
}

#[test]
fn words_and_fields() {
    check(
        &["love", "title:love", "f : a", "\\AND", "a\\ b", "\\u0041b", "wi-fi", "* ", "*:*", "*:a", "(*:*)^2", "f:(a g:b)"],
        expect![[r#"
        love                     Word("love")
        title:love               title:Word("love")
        f : a                    f:Word("a")
        \AND                     Word("AND")
        a\ b                     Word("a b")
        \u0041b                  Word("Ab")
        wi-fi                    Word("wi-fi")
        *                        Exists
        *:*                      MatchAll
        *:a                      *:Word("a")
        (*:*)^2                  MatchAll^2
        f:(a g:b)                f:[Word("a"), g:Word("b")]
    "#]],
    );
}

#[test]
fn suffixes() {
    check(
        &[
            "a~",
            "a~1",
            "a~0.5",
            "a~7",
            "a~x",
            "a~1^2",
            "a^2~1",
            "a ^5.",
            "\"a b\"~3^2",
            "\"\"",
            "lov*",
            "l?ve",
            "b*\\*",
            "/a\\/b c/",
            "(a b)^2.5",
        ],
        expect![[r#"
            a~                       Fuzzy { word: "a", edits: 2 }
            a~1                      Fuzzy { word: "a", edits: 1 }
            a~0.5                    Fuzzy { word: "a", edits: 0 }
            a~7                      Fuzzy { word: "a", edits: 2 }
            a~x                      Fuzzy { word: "a", edits: 2 }
            a~1^2                    Fuzzy { word: "a", edits: 1 }^2
            a^2~1                    Fuzzy { word: "a", edits: 1 }^2
            a ^5.                    [Word("a")^5, Word(".")]
            "a b"~3^2                Phrase { text: "a b", slop: 3 }^2
            ""                       Phrase { text: "", slop: 0 }
            lov*                     Prefix("lov")
            l?ve                     Wildcard([Literal("l"), AnyChar, Literal("ve")])
            b*\*                     Wildcard([Literal("b"), AnyString, Literal("*")])
            /a\/b c/                 Regex("a\\/b c")
            (a b)^2.5                [Word("a"), Word("b")]^2.5
        "#]],
    );
}

#[test]
fn ranges() {
    check(
        &["[a TO b]", "{a TO b]", "f:[* TO 5}", "[\"a b\" TO \"c\"]", "[TO TO TO]", "[a\tTO b]", "[b TO a]^2"],
        expect![[r#"
            [a TO b]                 Range { lower: Included("a"), upper: Included("b") }
            {a TO b]                 Range { lower: Excluded("a"), upper: Included("b") }
            f:[* TO 5}               f:Range { lower: Open, upper: Excluded("5") }
            ["a b" TO "c"]           Range { lower: Included("a b"), upper: Included("c") }
            [TO TO TO]               Range { lower: Included("TO"), upper: Included("TO") }
            [a	TO b]                 ! expected `TO` between the two ends of the range, found `b` at position 6
            [b TO a]^2               Range { lower: Included("b"), upper: Included("a") }^2
        "#]],
    );
}

#[test]
fn clauses() {
    check(
        &["a b", "a AND b OR c", "+a -b !c NOT d", "a && -b || c", "- a", "(a)", "(a b) c", "((a b))", "(-a)", "f:(a)^2", "a!b", "a(b)"],
        expect![[r#"
            a b                      [Word("a"), Word("b")]
            a AND b OR c             [Word("a"), And Word("b"), Or Word("c")]
            +a -b !c NOT d           [Required Word("a"), Prohibited Word("b"), Prohibited Word("c"), Prohibited Word("d")]
            a && -b || c             [Word("a"), And Prohibited Word("b"), Or Word("c")]
            - a                      [Word("-"), Word("a")]
            (a)                      [Word("a")]
            (a b) c                  [[Word("a"), Word("b")], Word("c")]
            ((a b))                  [Word("a"), Word("b")]
            (-a)                     [Prohibited Word("a")]
            f:(a)^2                  f:Word("a")^2
            a!b                      [Word("a"), Prohibited Word("b")]
            a(b)                     [Word("a"), [Word("b")]]
        "#]],
    );
}

#[test]
fn errors_of_clauses() {
    check(
        &["", "  ", "()", "a AND", "AND a", "(a", "a)", "a -", "--a", "NOT -a", "f:", ":a", "f:a:b", "f:-a", "f*:a", "~a"],
        expect![[r#"
                                     ! the query is empty at position 0 (write `*:*` for every document)
                                     ! the query is empty at position 0 (write `*:*` for every document)
            ()                       ! expected a word, a phrase, a range, a regular expression or `(`, found `)` at position 1 (write `\)` for the character itself)
            a AND                    ! expected a word, a phrase, a range, a regular expression or `(`, found the end of the query at position 5
            AND a                    ! expected a word, a phrase, a range, a regular expression or `(`, found `AND` at position 0 (write it in small letters, or after a `\`, to look for the word)
            (a                       ! expected `)` or another clause, found the end of the query at position 2 (close the group that opens at position 0)
            a)                       ! expected a word, a phrase, a range, a regular expression or `(`, found `)` at position 1 (write `\)` for the character itself)
            a -                      ! expected a word, a phrase, a range, a regular expression or `(`, found the end of the query at position 3
            --a                      ! expected a word, a phrase, a range, a regular expression or `(`, found `-` at position 1 (write `\-` for the character itself)
            NOT -a                   ! expected a word, a phrase, a range, a regular expression or `(`, found `-` at position 4 (write `\-` for the character itself)
            f:                       ! expected a word, a phrase, a range, a regular expression or `(`, found the end of the query at position 2
            :a                       ! expected a word, a phrase, a range, a regular expression or `(`, found `:` at position 0 (write `\:` for the character itself)
            f:a:b                    ! expected a word, a phrase, a range, a regular expression or `(`, found `:` at position 3 (write `\:` for the character itself)
            f:-a                     ! expected a word, a phrase, a range, a regular expression or `(`, found `-` at position 2 (write `\-` for the character itself)
            f*:a                     ! expected a word, a phrase, a range, a regular expression or `(`, found `:` at position 2 (write `\:` for the character itself)
            ~a                       ! expected a word, a phrase, a range, a regular expression or `(`, found `~a` at position 0 (write `\~` for the character itself)
        "#]],
    );
}

#[test]
fn errors_of_edits_boosts_and_ranges() {
    check(
        &[
            "a~~",
            "a~1.5",
            "a~-1",
            "\"a b\"~-1",
            "a^",
            "a^x",
            "a^.5",
            "a^ 2",
            "a^2^3",
            "a^99999999999999999999999999999999999999999",
            "[a b]",
            "[a TO]",
            "[a TO b",
            "]",
            "\"a",
            "/a",
            "a\\",
            "a\\u12",
            "[a\\ b TO c]",
        ],
        expect![[r#"
            a~~                      ! expected a word, a phrase, a range, a regular expression or `(`, found `~` at position 2 (write `\~` for the character itself)
            a~1.5                    ! edits cannot be fractional at position 1 (write `~1` or `~2`)
            a~-1                     ! expected edits from 0 to 2, found a negative number at position 1
            "a b"~-1                 Phrase { text: "a b", slop: -1 }
            a^                       ! expected a number after `^`, found the end of the query at position 2
            a^x                      ! expected a number right after `^` at position 2 (write a boost such as `^2` or `^0.5`)
            a^.5                     ! expected a number right after `^` at position 2 (write a boost such as `^2` or `^0.5`)
            a^ 2                     ! expected a number right after `^` at position 2 (write a boost such as `^2` or `^0.5`)
            a^2^3                    ! expected a word, a phrase, a range, a regular expression or `(`, found `^` at position 3 (write `\^` for the character itself)
            a^99999999999999999999999999999999999999999 Word("a")^inf
            [a b]                    ! expected `TO` between the two ends of the range, found `b` at position 3
            [a TO]                   ! expected a word, a quoted text or `*` as the end of the range, found `]` at position 5
            [a TO b                  ! expected `]` or `}` at the end of the range, found the end of the query at position 7
            ]                        ! a range ends here that never began at position 0 (write `\]` or `\}` for the character itself)
            "a                       ! a quote is not closed at position 0 (close it with `"`, or write `\"` for a quote in a word)
            /a                       ! a regular expression is not closed at position 0 (close it with `/`, or write `\/` for a slash in a word)
            a\                       ! nothing follows the escape character at position 1 (write `\\` for a backslash)
            a\u12                    ! expected four hexadecimal digits after `\u` at position 1 (write `\\u` for a backslash and a u)
            [a\ b TO c]              ! nothing follows the escape character at position 2 (write `\\` for a backslash)
        "#]],
    );
}

#[test]
fn accepts_and_rejects_what_lucene_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/conformance/lucene/cases.jsonl");
    let mut wrong = String::new();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let query = case["query"].as_str().unwrap();
        let kind = case["error_kind"].as_str().unwrap_or("ok");
        let parsed = parse_lucene(query);
        let accepted = match kind {
            "ok" | "regex_too_complex" | "too_many_clauses" => true,
            // A bad pattern, an infinite boost, a negative slop: found later.
            "bad_regex" => continue,
            "syntax" | "lexical" => false,
            other => panic!("unknown kind {other}"),
        };
        if parsed.is_ok() != accepted {
            let _ = writeln!(wrong, "{kind} {query:?}: {}", tree(parsed.clone()));
        }
        if let Ok(query) = parsed {
            let again = parse_lucene(&query.to_string()).map(Query::without_spans);
            assert_eq!(again, Ok(query.clone().without_spans()), "{query}");
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn bounds() {
    let nested = |depth: usize| format!("{}a b{}", "(-x ".repeat(depth), ")".repeat(depth));
    inside_a_small_stack(move || {
        let query = parse_lucene(&nested(MAX_DEPTH)).unwrap();
        assert_eq!(parse_lucene(&query.to_string()).unwrap().without_spans(), query.without_spans());
        assert!(parse_lucene(&nested(MAX_DEPTH + 1)).is_err());
        assert!(parse_lucene(&nested(1_000_000)).is_err());
        assert!(parse_lucene(&"(".repeat(1_000_000)).is_err());
    });
    assert!(parse_lucene(&"a ".repeat(MAX_CLAUSES)).is_ok());
    assert!(parse_lucene(&"a ".repeat(MAX_CLAUSES + 1)).is_err());
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("AND".to_owned()),
        Just("||".to_owned()),
        "[a-z]{1,6}",
        "[-+!():^\\[\\]\"{}~*?\\\\/&| \t\u{3000}a-cu0-9é😀]{1,6}",
        "\\PC{1,5}"
    ]
}

fn pieces() -> impl Strategy<Value = Vec<WildcardPiece>> {
    let piece = prop_oneof![
        words().prop_map(WildcardPiece::Literal),
        ("[a-t]").prop_map(|c| WildcardPiece::Escaped(c.chars().next().unwrap_or('a'))),
        Just(WildcardPiece::AnyChar),
        Just(WildcardPiece::AnyString)
    ];
    prop::collection::vec(piece, 1..6).prop_map(|mut pieces| {
        pieces.dedup_by(|a, b| matches!((a, b), (WildcardPiece::Literal(_), WildcardPiece::Literal(_))));
        pieces
    })
}

fn range_end() -> impl Strategy<Value = RangeEnd> {
    prop_oneof![Just(RangeEnd::Open), words().prop_map(RangeEnd::Included), words().prop_map(RangeEnd::Excluded)]
}

/// Nodes that the parser can produce.
fn leaves() -> impl Strategy<Value = Node> {
    prop_oneof![
        4 => words().prop_map(Node::Word),
        2 => ("\\PC{0,8}|[\"\\\\/ a]{0,6}", -2..5i32).prop_map(|(text, slop)| Node::Phrase { text, slop }),
        1 => (words(), 0..3u8).prop_map(|(word, edits)| Node::Fuzzy { word, edits }),
        1 => words().prop_map(Node::Prefix),
        1 => pieces().prop_filter("a pattern", |p| is_pattern(p)).prop_map(Node::Wildcard),
        1 => "[a-c.*\\[\\]()~ \"]{0,6}".prop_map(Node::Regex),
        1 => Just(Node::Exists),
        1 => Just(Node::MatchAll),
        1 => (range_end(), range_end()).prop_map(|(lower, upper)| Node::Range { lower, upper }),
    ]
}

/// Neither a lone `*` nor a prefix, which are nodes of their own.
fn is_pattern(pieces: &[WildcardPiece]) -> bool {
    let wild = pieces.iter().filter(|piece| !matches!(piece, WildcardPiece::Literal(_) | WildcardPiece::Escaped(_))).count();
    wild > 1 || (wild == 1 && pieces.last() != Some(&WildcardPiece::AnyString))
}

fn queries() -> impl Strategy<Value = Query> {
    let boost = || prop::option::weighted(0.2, (0..100u16).prop_map(|n| f32::from(n) / 8.0));
    let field = || prop::option::weighted(0.3, words().prop_filter("not every field", |name| name != "*"));
    let leaf = (leaves(), field(), boost()).prop_map(|(node, field, boost)| {
        let field = if node == Node::MatchAll { None } else { field };
        Query { field, node, boost, span: Span::default() }
    });
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let conjunction = prop::option::of(prop_oneof![Just(Conjunction::And), Just(Conjunction::Or)]);
        let modifier = prop::option::of(prop_oneof![Just(Modifier::Required), Just(Modifier::Prohibited)]);
        let clause = (conjunction, modifier, inner).prop_map(|(conjunction, modifier, query)| Clause { conjunction, modifier, query });
        (prop::collection::vec(clause, 2..5), field(), boost()).prop_map(|(mut clauses, field, boost)| {
            clauses[0].conjunction = None;
            Query { field, node: Node::Clauses(clauses), boost, span: Span::default() }
        })
    })
}

proptest! {
    #[test]
    fn printed_queries_parse_to_themselves(query in queries()) {
        let text = query.to_string();
        prop_assert_eq!(parse_lucene(&text).map(Query::without_spans), Ok(query), "{}", text);
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in prop_oneof!["\\PC{0,40}", "[-+!():^\\[\\]\"{}~*?\\\\/&| \t\u{3000}a-cuTO0-9.é]{0,20}", "(a|AND|OR|NOT|\\(|\\)|\\^2|~1|:|\"|/|\\[a TO b\\]| |\\*|\\+|-|\\\\){0,16}"]) {
        match parse_lucene(&text) {
            Ok(query) => {
                let printed = query.to_string();
                prop_assert_eq!(parse_lucene(&printed).map(Query::without_spans), Ok(query.without_spans()), "{}", printed);
            }
            Err(error) => prop_assert!(text.get(error.span.start..error.span.end).is_some(), "{:?}", error),
        }
    }
}

#[test]
fn bare_words_side_by_side_are_one_run() {
    let runs = |text: &str| match parse_lucene(text).unwrap().node {
        Node::Clauses(clauses) => word_runs(&clauses).iter().map(|run| (run.start, run.end)).collect(),
        _ => Vec::new(),
    };
    assert_eq!(runs("a b c"), [(0, 3)]);
    assert_eq!(runs("a b c AND d e"), [(0, 2)]);
    assert_eq!(runs("a b^2 c d -e f g"), [(2, 4), (5, 7)]);
    assert_eq!(runs("a f:b c d"), [(2, 4)]);
    assert_eq!(runs("a - b c"), [(2, 4)]);
    assert_eq!(runs("(a) b c *"), []);
}

/// Found by fuzzing: what a printed query parses to.
#[test]
fn groups_in_groups_print_as_they_are_read() {
    for text in ["title:((word))", "((word))^2", "title:((a^2)^3)", "title:(((b)))", "((wi-fi)) rock"] {
        let query = parse_lucene(text).unwrap().without_spans();
        let printed = query.to_string();
        assert_eq!(parse_lucene(&printed).unwrap().without_spans(), query, "{text} printed as {printed}");
    }
}

#[test]
fn azure_writes_slashes_in_field_names() {
    let field = |text: &str| crate::query::parse_lucene_with_paths(text).unwrap().without_spans();
    let plain = |text: &str| parse_lucene(text).unwrap().without_spans();
    assert_eq!(field("home/city:oslo"), plain(r"home\/city:oslo"));
    assert_eq!(field("(a AND rooms/bed/kind:\"king size\")"), plain(r#"(a AND rooms\/bed\/kind:"king size")"#));
    assert_eq!(field("+home/city:(oslo bergen)"), plain(r"+home\/city:(oslo bergen)"));
    // What is no field name stays what it was.
    for text in ["blurb:/pia[a-z]o/", "/a:b/", "\"x home/city:oslo\"", "a /b c:d/", r"a\ home/x/"] {
        assert_eq!(field(text), plain(text), "{text}");
    }
}
