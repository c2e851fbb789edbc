//! OData filters and sort keys.

mod errors;

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{inside_a_small_stack, tree};
use crate::query::{
    MAX_CLAUSES, MAX_DEPTH,
    ast::{CompareOp, Lambda, Literal, Node, Query, SearchMode, Span},
    parse_filter, parse_order_by, print_filter,
};

#[expect(clippy::needless_pass_by_value, reason = "`expect!` reads best as an argument")]
fn check(cases: &[&str], expected: Expect) {
    let mut out = String::new();
    for case in cases {
        let parsed = parse_filter(case);
        let _ = writeln!(out, "{case}\n    {}", tree(parsed.clone()));
        if let Ok(query) = parsed {
            let printed = print_filter(&query).unwrap();
            // NaN is not equal to itself.
            assert_eq!(
                parse_filter(&printed).map(|again| format!("{:?}", again.without_spans())),
                Ok(format!("{:?}", query.without_spans())),
                "{printed}"
            );
        }
    }
    expected.assert_eq(&out);
}

#[test]
fn comparisons() {
    check(
        &[
            "year eq 1999",
            "1999 lt year",
            "year ge -9223372036854775808",
            "year le 9223372036854775808",
            "x eq 5.0",
            "x gt 1.5e3",
            "x eq INF",
            "x ne -INF",
            "x eq NaN",
            "x eq null",
            "null ne x",
            "x eq 'it''s'",
            "x eq ''",
            "x eq true",
            "a/b/c eq 'x'",
        ],
        expect![[r#"
            year eq 1999
                year:Compare { op: Eq, value: Int(1999) }
            1999 lt year
                year:Compare { op: Gt, value: Int(1999) }
            year ge -9223372036854775808
                year:Compare { op: Ge, value: Int(-9223372036854775808) }
            year le 9223372036854775808
                year:Compare { op: Le, value: Double(9.223372036854776e18) }
            x eq 5.0
                x:Compare { op: Eq, value: Double(5.0) }
            x gt 1.5e3
                x:Compare { op: Gt, value: Double(1500.0) }
            x eq INF
                x:Compare { op: Eq, value: Double(inf) }
            x ne -INF
                x:Compare { op: Ne, value: Double(-inf) }
            x eq NaN
                x:Compare { op: Eq, value: Double(NaN) }
            x eq null
                x:Compare { op: Eq, value: Null }
            null ne x
                x:Compare { op: Ne, value: Null }
            x eq 'it''s'
                x:Compare { op: Eq, value: String("it's") }
            x eq ''
                x:Compare { op: Eq, value: String("") }
            x eq true
                x:Compare { op: Eq, value: Bool(true) }
            a/b/c eq 'x'
                a/b/c:Compare { op: Eq, value: String("x") }
        "#]],
    );
}

#[test]
fn booleans_and_dates() {
    check(
        &[
            "explicit",
            "not explicit",
            "true",
            "",
            "d ge 2020-05-17T10:00:00Z",
            "d lt 2020-05-17T10:00:00.1234567+02:00",
            "d eq 1969-12-31T23:59Z",
            "d eq 2024-02-29T00:00:00-05:30",
        ],
        expect![[r#"
            explicit
                explicit:IsTrue
            not explicit
                Not(explicit:IsTrue)
            true
                MatchAll

                MatchAll
            d ge 2020-05-17T10:00:00Z
                d:Compare { op: Ge, value: DateTime(1589709600000000) }
            d lt 2020-05-17T10:00:00.1234567+02:00
                d:Compare { op: Lt, value: DateTime(1589702400123456) }
            d eq 1969-12-31T23:59Z
                d:Compare { op: Eq, value: DateTime(-60000000) }
            d eq 2024-02-29T00:00:00-05:30
                d:Compare { op: Eq, value: DateTime(1709184600000000) }
        "#]],
    );
}

#[test]
fn logic() {
    check(
        &[
            "a and b or c and d",
            "a or b and c",
            "not a and b",
            "not (a and b)",
            "not (a eq 1)",
            "not not a",
            "(a or b) and c",
            "((a))",
            "a and b and c",
            "a and (b and c)",
        ],
        expect![[r#"
            a and b or c and d
                Or(And(a:IsTrue, b:IsTrue), And(c:IsTrue, d:IsTrue))
            a or b and c
                Or(a:IsTrue, And(b:IsTrue, c:IsTrue))
            not a and b
                And(Not(a:IsTrue), b:IsTrue)
            not (a and b)
                Not(And(a:IsTrue, b:IsTrue))
            not (a eq 1)
                Not(a:Compare { op: Eq, value: Int(1) })
            not not a
                Not(Not(a:IsTrue))
            (a or b) and c
                And(Or(a:IsTrue, b:IsTrue), c:IsTrue)
            ((a))
                a:IsTrue
            a and b and c
                And(a:IsTrue, b:IsTrue, c:IsTrue)
            a and (b and c)
                And(a:IsTrue, And(b:IsTrue, c:IsTrue))
        "#]],
    );
}

#[test]
fn functions() {
    check(
        &[
            "search.in(genre, 'rock, pop')",
            "search.in(genre, 'hip hop|r&b', '|')",
            "search.in(genre, '')",
            "search.ismatch('love')",
            "search.ismatch('l''amour')",
            "search.ismatchscoring('a b', 'title, lyrics')",
            "search.ismatch('title:a AND b', null, 'full')",
            "search.ismatch('a + -b | (\"c d\" e*)', '', 'simple', 'all') or x eq 1",
            "search.ismatch('*', 'title', 'full', 'any')",
            "geo.distance(place, geography'POINT(13.4 52.5)') lt 10",
            "5.5 ge geo.distance(geography'POINT(-180 -90)', place)",
            "geo.intersects(place, geography'POLYGON((0 0, 1 0, 1 1, 0 1, 0 0))')",
            "geo.intersects(place, geography'POLYGON((0 0, 0 1, 1 1, 1 0, 0 0))')",
            "geo.intersects(place, geography'POLYGON((179 0, -179 0, -179 1, 179 1, 179 0))')",
        ],
        expect![[r#"
            search.in(genre, 'rock, pop')
                genre:In(["rock", "pop"])
            search.in(genre, 'hip hop|r&b', '|')
                genre:In(["hip hop", "r&b"])
            search.in(genre, '')
                genre:In([])
            search.ismatch('love')
                FullText(SimpleWord("love"), fields [], scoring false, Any)
            search.ismatch('l''amour')
                FullText(SimpleWord("l'amour"), fields [], scoring false, Any)
            search.ismatchscoring('a b', 'title, lyrics')
                FullText(Chain(SimpleWord("a"), SimpleWord("b")), fields ["title", "lyrics"], scoring true, Any)
            search.ismatch('title:a AND b', null, 'full')
                ! search.ismatch takes one, two or four arguments, not three at position 0 (give the search mode too: 'any' or 'all')
            search.ismatch('a + -b | ("c d" e*)', '', 'simple', 'all') or x eq 1
                Or(FullText(Chain(SimpleWord("a"), And Not(SimpleWord("b")), Or Chain(Phrase { text: "c d", slop: 0 }, Prefix("e"))), fields [], scoring false, All), x:Compare { op: Eq, value: Int(1) })
            search.ismatch('*', 'title', 'full', 'any')
                FullText(MatchAll, fields ["title"], scoring false, Any)
            geo.distance(place, geography'POINT(13.4 52.5)') lt 10
                place:GeoDistance { point: (13.4, 52.5), op: Lt, kilometres: 10.0 }
            5.5 ge geo.distance(geography'POINT(-180 -90)', place)
                place:GeoDistance { point: (-180.0, -90.0), op: Le, kilometres: 5.5 }
            geo.intersects(place, geography'POLYGON((0 0, 1 0, 1 1, 0 1, 0 0))')
                place:GeoIntersects([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)])
            geo.intersects(place, geography'POLYGON((0 0, 0 1, 1 1, 1 0, 0 0))')
                place:GeoIntersects([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)])
            geo.intersects(place, geography'POLYGON((179 0, -179 0, -179 1, 179 1, 179 0))')
                place:GeoIntersects([(179.0, 0.0), (-179.0, 0.0), (-179.0, 1.0), (179.0, 1.0), (179.0, 0.0)])
        "#]],
    );
}

#[test]
fn lambdas() {
    check(
        &[
            "tags/any()",
            "tags/any(t: t eq 'x')",
            "tags/all(t: t ne 'x' and not search.in(t, 'y,z'))",
            "not tags/any(t: t eq 'x')",
            "rooms/any(r: r/rate lt 100 and r/tags/any(t: t eq 'wifi'))",
            "a/b/any(x: x)",
            "a/any(x: geo.distance(x, geography'POINT(1 2)') lt 3)",
        ],
        expect![[r#"
            tags/any()
                tags:Any(None)
            tags/any(t: t eq 'x')
                tags:Any(t => :Compare { op: Eq, value: String("x") })
            tags/all(t: t ne 'x' and not search.in(t, 'y,z'))
                tags:All(t => And(:Compare { op: Ne, value: String("x") }, Not(:In(["y", "z"]))))
            not tags/any(t: t eq 'x')
                Not(tags:Any(t => :Compare { op: Eq, value: String("x") }))
            rooms/any(r: r/rate lt 100 and r/tags/any(t: t eq 'wifi'))
                rooms:Any(r => And(rate:Compare { op: Lt, value: Int(100) }, tags:Any(t => :Compare { op: Eq, value: String("wifi") })))
            a/b/any(x: x)
                a/b:Any(x => :IsTrue)
            a/any(x: geo.distance(x, geography'POINT(1 2)') lt 3)
                a:Any(x => :GeoDistance { point: (1.0, 2.0), op: Lt, kilometres: 3.0 })
        "#]],
    );
}

#[test]
fn order() {
    let mut out = String::new();
    for case in [
        "",
        "year",
        "year desc, a/b asc",
        "search.score() desc,title",
        "geo.distance(place, geography'POINT(1 2)') asc",
        "year down",
        "year,",
        ", year",
        "tags/any() desc",
        "search.score desc",
        "upper(title)",
    ] {
        let parsed = parse_order_by(case);
        let _ = match parsed {
            Ok(keys) => writeln!(out, "{case:<32} {keys:?}"),
            Err(error) => writeln!(out, "{case:<32} ! {error}"),
        };
    }
    expect![[r#"
                                         []
        year                             [OrderBy { by: Field("year"), descending: false }]
        year desc, a/b asc               [OrderBy { by: Field("year"), descending: true }, OrderBy { by: Field("a/b"), descending: false }]
        search.score() desc,title        [OrderBy { by: Score, descending: true }, OrderBy { by: Field("title"), descending: false }]
        geo.distance(place, geography'POINT(1 2)') asc [OrderBy { by: GeoDistance { path: "place", point: (1.0, 2.0) }, descending: false }]
        year down                        ! expected `asc`, `desc`, `,` or the end, found `down` at position 5
        year,                            ! expected a field, search.score() or geo.distance(...), found the end at position 5
        , year                           ! expected a field, search.score() or geo.distance(...), found `,` at position 0
        tags/any() desc                  ! any and all cannot be sorted by at position 0
        search.score desc                ! expected `()` after search.score, found `desc` at position 13
        upper(title)                     ! there is no function `upper` here at position 0
    "#]]
    .assert_eq(&out);
    assert!(parse_order_by(&["a"; 32].join(",")).is_ok());
    assert!(parse_order_by(&["a"; 33].join(",")).is_err());
}

#[test]
fn bounds() {
    inside_a_small_stack(|| {
        let nested = |depth: usize| format!("{}a{}", "x and (".repeat(depth), ")".repeat(depth));
        let mixed = format!("{}a{}", "x and (y or not (".repeat(MAX_DEPTH / 4), "))".repeat(MAX_DEPTH / 4));
        for text in [
            nested(MAX_DEPTH / 2),
            mixed,
            format!("{}a", "not ".repeat(MAX_DEPTH)),
            format!("{}a{}", "(".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH)),
        ] {
            let query = parse_filter(&text).unwrap();
            let _ = query.to_string();
            assert_eq!(parse_filter(&print_filter(&query).unwrap()).unwrap().without_spans(), query.without_spans());
        }
        for text in ["x and (", "(", "not ", "not (", "a/any(x: ", "x and y or ("] {
            assert!(parse_filter(&text.repeat(100_000)).is_err());
        }
        assert!(parse_filter(&nested(100_000)).is_err());
    });
    assert!(parse_filter(&vec!["a"; MAX_CLAUSES].join(" or ")).is_ok());
    assert!(parse_filter(&vec!["a"; MAX_CLAUSES + 1].join(" or ")).is_err());
    let values = vec!["value"; 50_000].join(",");
    assert!(parse_filter(&format!("search.in(a, '{values}')")).is_ok());
}

fn query(field: Option<&str>, node: Node) -> Query {
    Query { field: field.map(str::to_owned), node, boost: None, span: Span::default() }
}

/// Conditions on one field.
fn leaves() -> impl Strategy<Value = Node> {
    let op = || prop::sample::select(vec![CompareOp::Gt, CompareOp::Ge, CompareOp::Lt, CompareOp::Le]);
    let point = || (-180.0..=180.0f64, -90.0..=90.0f64);
    let ordered = prop_oneof![
        any::<i64>().prop_map(Literal::Int),
        prop::num::f64::NORMAL.prop_map(Literal::Double),
        Just(Literal::Double(f64::NEG_INFINITY)),
        (-62_000_000_000_000_000i64..253_000_000_000_000_000).prop_map(Literal::DateTime),
    ];
    let literal = prop_oneof![Just(Literal::Null), any::<bool>().prop_map(Literal::Bool), "\\PC{0,8}|['a ]{0,5}".prop_map(Literal::String)];
    prop_oneof![
        (op(), ordered).prop_map(|(op, value)| Node::Compare { op, value }),
        (prop::sample::select(vec![CompareOp::Eq, CompareOp::Ne]), literal).prop_map(|(op, value)| Node::Compare { op, value }),
        prop::collection::vec("[a-z'é|]{1,4}( [a-z]{1,2})?", 0..4).prop_map(Node::In),
        Just(Node::IsTrue),
        Just(Node::Any(None)),
        (point(), op(), prop::num::f64::NORMAL).prop_map(|(point, op, kilometres)| Node::GeoDistance { point, op, kilometres }),
    ]
}

/// Filters whose fields are `field` or parts of it.
fn filters() -> impl Strategy<Value = Query> {
    let leaf = (prop::sample::select(vec!["a", "b/c"]), leaves()).prop_map(|(field, node)| query(Some(field), node)).boxed();
    let text =
        ("[a-z]{1,3}( [a-z]{1,3}){0,2}( ?[-+|] ?\"?[a-z*()]{1,4}){0,3}", any::<bool>(), any::<bool>()).prop_map(|(text, scoring, all)| {
            let inner = crate::query::parse_simple(&text).unwrap().without_spans();
            let mode = if all { SearchMode::All } else { SearchMode::Any };
            query(None, Node::FullText { query: Box::new(inner), fields: vec!["title".to_owned()], scoring, mode })
        });
    let recurse = |inner: BoxedStrategy<Query>| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| query(None, Node::And(parts))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| query(None, Node::Or(parts))),
            inner.prop_map(|inner| query(None, Node::Not(Box::new(inner)))),
        ]
    };
    let lambda = leaf.clone().prop_recursive(3, 8, 3, move |inner| recurse(inner.boxed())).prop_flat_map(|body| {
        any::<bool>().prop_map(move |all| {
            let lambda = Box::new(Lambda { variable: "x".to_owned(), body: body.clone() });
            query(Some("tags"), if all { Node::All(lambda) } else { Node::Any(Some(lambda)) })
        })
    });
    prop_oneof![4 => leaf, 1 => text, 1 => lambda].prop_recursive(4, 16, 3, move |inner| recurse(inner.boxed()))
}

proptest! {
    #[test]
    fn printed_filters_parse_to_themselves(query in filters()) {
        if let Some(text) = print_filter(&query) {
            prop_assert_eq!(parse_filter(&text).map(Query::without_spans), Ok(query), "{}", text);
        } else {
            prop_assert!(format!("{query:?}").contains("FullText"), "{:?}", query);
        }
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in prop_oneof!["\\PC{0,40}", "((a|1|'x'|null|eq|gt|and|or|not|\\(|\\)|/any\\(|x|:|,|-|\\.|2020-01-01T00:00Z|search\\.ismatch\\('a') ?){0,12}"]) {
        match parse_filter(&text) {
            Ok(query) => if let Some(printed) = print_filter(&query) {
                prop_assert_eq!(parse_filter(&printed).map(Query::without_spans), Ok(query.without_spans()), "{}", printed);
            },
            Err(error) => prop_assert!(text.get(error.span.start..error.span.end).is_some(), "{:?}", error),
        }
        let _ = parse_order_by(&text);
    }
}

/// Found by fuzzing: other white space than Lucene's is a word, in a string too.
#[test]
fn blank_strings_are_what_the_inner_grammar_calls_blank() {
    for text in ["search.ismatchscoring('\u{b}\u{b}', '', 'full', 'any')", "search.ismatch(' ')", "search.ismatch('\u{a0}x\u{b}')"] {
        let query = parse_filter(text).unwrap();
        let printed = print_filter(&query).unwrap();
        assert_eq!(parse_filter(&printed).unwrap().without_spans(), query.without_spans(), "{text:?} printed as {printed:?}");
    }
}
