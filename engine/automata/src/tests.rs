//! Patterns against Lucene's grammar, its limits, and a matcher too simple to be wrong.

use super::build::build;
use super::nfa::MAX_CODE_POINT;
use super::parse::{Expr, Repeat, parse};
use super::{AutomatonError, Budget, Dfa, PATTERN_STEPS, WildcardPiece, regex, wildcard};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use tantivy_fst::Automaton as _;

/// Where a match of `e` that starts at `from` may end.
fn ends(e: &Expr, text: &[char], from: usize) -> BTreeSet<usize> {
    let then = |starts: &BTreeSet<usize>, e: &Expr| starts.iter().flat_map(|&at| ends(e, text, at)).collect::<BTreeSet<_>>();
    match e {
        Expr::String(literal) => {
            let literal: Vec<char> = literal.chars().collect();
            if text[from..].starts_with(&literal) { [from + literal.len()].into() } else { BTreeSet::new() }
        }
        Expr::Set { ranges, negated } => match text.get(from) {
            Some(&c) if ranges.iter().any(|r| (r.0..=r.1).contains(&u32::from(c))) != *negated => [from + 1].into(),
            _ => BTreeSet::new(),
        },
        Expr::AnyString => (from..=text.len()).collect(),
        Expr::Nothing => BTreeSet::new(),
        Expr::Interval { min, max, digits } => (from + 1..=text.len())
            .filter(|&to| {
                let word: String = text[from..to].iter().collect();
                word.bytes().all(|b| b.is_ascii_digit())
                    && (*digits == 0 || *digits == to - from)
                    && word.parse::<u64>().is_ok_and(|n| (u64::from(*min)..=u64::from(*max)).contains(&n))
            })
            .collect(),
        Expr::Concat(list) => list.iter().fold([from].into(), |starts, e| then(&starts, e)),
        Expr::Union(list) => list.iter().flat_map(|e| ends(e, text, from)).collect(),
        Expr::Intersection(list) => {
            let sets: Vec<_> = list.iter().map(|e| ends(e, text, from)).collect();
            (from..=text.len()).filter(|at| sets.iter().all(|set| set.contains(at))).collect()
        }
        Expr::Complement(inner, times) => {
            let set = ends(inner, text, from);
            (from..=text.len()).filter(|at| set.contains(at) == (times % 2 == 0)).collect()
        }
        Expr::Repeat(inner, operators) => operators_end(inner, operators, text, from),
    }
}

fn operators_end(inner: &Expr, operators: &[Repeat], text: &[char], from: usize) -> BTreeSet<usize> {
    let Some((last, before)) = operators.split_last() else { return ends(inner, text, from) };
    let (min, max) = match *last {
        Repeat::Optional => (0, 1),
        Repeat::Star => (0, u32::MAX),
        Repeat::AtLeast(min) => (min, u32::MAX),
        Repeat::Between(min, max) => (min, max),
    };
    if max == u32::MAX && is_nothing(inner, before) {
        // Lucene repeats nothing any number of times to nothing, not to the empty string.
        return BTreeSet::new();
    }
    let mut result = BTreeSet::new();
    let mut at = BTreeSet::from([from]);
    // More rounds than characters and repetitions add nothing.
    for round in 0..=max.min(min + text.len() as u32 + 1) {
        if round >= min {
            result.extend(at.iter().copied());
        }
        at = at.iter().flat_map(|&at| operators_end(inner, before, text, at)).collect();
    }
    result
}

fn is_nothing(inner: &Expr, operators: &[Repeat]) -> bool {
    let repeated = Expr::Repeat(Box::new(inner.clone()), operators.to_vec());
    build(&repeated, &mut Budget(Some(PATTERN_STEPS))).is_ok_and(|a| a.len() == 0)
}

/// Runs through the table the way a term dictionary does, checking what it promises on the way.
fn walk(dfa: &Dfa, text: &str) -> bool {
    let mut state = dfa.start();
    let mut settled = None;
    for byte in text.bytes() {
        if !dfa.can_match(&state) {
            settled = Some(false);
        } else if dfa.will_always_match(&state) {
            settled = Some(true);
        }
        state = dfa.accept(&state, byte);
    }
    let matched = dfa.is_match(&state);
    assert_eq!(matched, dfa.matches(text.as_bytes()));
    assert!(settled.is_none_or(|settled| settled == matched), "{text:?} was decided too early");
    assert!(!dfa.is_total() || matched);
    assert!(!dfa.is_empty() || !matched);
    matched
}

fn pattern() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        8 => "[abé東𝄞1]",
        2 => Just(".".to_owned()),
        3 => prop::sample::select(vec!["[ab]", "[^a]", "[a-é]", "[^東]", "[é-𝄞]", "@", "#", "()", "\"ab\"", "\\.", "<1-11>", "<1-3>", "<01-11>"])
            .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 2..4).prop_map(|list| list.concat()),
            2 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}|{b})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}&{b})")),
            1 => inner.clone().prop_map(|a| format!("~({a})")),
            3 => (inner, prop::sample::select(vec!["?", "*", "+", "{2}", "{0,2}", "{1,3}", "{2,}", "{0}", "{2,1}"]))
                .prop_map(|(a, op)| format!("({a}){op}")),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[abé東𝄞1]{0,6}", "[ab1]{0,5}", "\\PC{0,3}"]
}

proptest! {
    #[test]
    fn regexes_agree_with_the_simple_matcher(pattern in pattern(), texts in prop::collection::vec(text(), 8)) {
        let expression = parse(&pattern).unwrap();
        if let Ok(dfa) = regex(&pattern) {
            for text in &texts {
                let chars: Vec<char> = text.chars().collect();
                let expected = ends(&expression, &chars, 0).contains(&chars.len());
                let found = walk(&dfa, text);
                prop_assert!(found == expected, "{pattern:?} {text:?} {found}");
            }
        }
    }

    #[test]
    fn wildcards_agree_with_the_simple_matcher(
        pieces in prop::collection::vec(prop_oneof![
            Just(WildcardPiece::AnyString),
            Just(WildcardPiece::AnyChar),
            "[abé𝄞]{1,3}".prop_map(WildcardPiece::Literal),
        ], 0..9),
        texts in prop::collection::vec("[abé東𝄞]{0,9}", 8),
    ) {
        let list = pieces.iter().map(|piece| match piece {
            WildcardPiece::Literal(text) => Expr::String(text.clone()),
            WildcardPiece::Escaped(c) => Expr::String(c.to_string()),
            WildcardPiece::AnyChar => Expr::Set { ranges: vec![(0, MAX_CODE_POINT)], negated: false },
            WildcardPiece::AnyString => Expr::AnyString,
        });
        let expression = Expr::Concat(list.collect());
        let dfa = wildcard(&pieces).unwrap();
        for text in &texts {
            let chars: Vec<char> = text.chars().collect();
            prop_assert_eq!(walk(&dfa, text), ends(&expression, &chars, 0).contains(&chars.len()));
        }
    }

    #[test]
    fn nothing_panics(pattern in "[ab1é0-9(){}\\[\\]<>~&|@#\".*+?,^\\\\-]{0,24}", other in ".{0,12}") {
        for pattern in [pattern, other] {
            if let Ok(dfa) = regex(&pattern) {
                walk(&dfa, "ab1é");
            }
            let piece = WildcardPiece::Literal(pattern.clone());
            prop_assert!(wildcard(&[piece]).unwrap().matches(pattern.as_bytes()));
        }
    }
}

fn matching(pattern: &str, yes: &[&str], no: &[&str]) {
    let dfa = regex(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    for text in yes {
        assert!(walk(&dfa, text), "{pattern} {text:?}");
    }
    for text in no {
        assert!(!walk(&dfa, text), "{pattern} {text:?}");
    }
}

#[test]
fn operators_where_none_is_expected_are_characters() {
    matching("", &[""], &["a"]);
    matching("*", &["*"], &["", "a"]);
    matching("+a", &["+a"], &["a"]);
    matching("|a", &["|a"], &["a", ""]);
    matching("a||b", &["a", "|b"], &["b", ""]);
    matching(")", &[")"], &[""]);
    matching("a**", &["", "aa"], &["*"]);
    matching("^a$", &["^a$"], &["a"]);
    matching("\\d", &["d"], &["1", "\\d"]);
    matching("[]]", &["]"], &[""]);
    matching("[^]]", &["a", "東"], &["]", "", "ab"]);
    matching("~ab", &["b", "aab", "cb"], &["ab", "a"]);
    matching("~a*", &["", "b", "aa", "ba"], &["a"]);
    matching("a&b|c", &["c"], &["a", "b"]);
}

#[test]
fn intervals() {
    matching("<1-100>", &["1", "7", "100", "099", "0001"], &["0", "101", ""]);
    matching("<01-12>", &["01", "12"], &["1", "13", "001"]);
    matching("<5-1>", &["1", "5"], &["6", "0"]);
    matching("<+1-+5>", &["01", "05"], &["1", "+1"]);
}

#[test]
fn the_empty_language() {
    assert!(regex("#").unwrap().is_empty());
    assert!(regex("a{2,1}").unwrap().is_empty());
    assert!(regex("#*").unwrap().is_empty());
    matching("#{0,5}", &[""], &["a"]);
    matching("(#|a){0,2}b", &["b", "ab", "aab"], &["a", ""]);
    matching("~#", &["", "a", "東"], &[]);
    for everything in ["@", ".*", "~#", "(@){1,2}", "a|~a", "(.*){3}"] {
        assert!(regex(everything).unwrap().is_total(), "{everything}");
    }
    assert!(!regex(".+").unwrap().is_total());
    assert!(wildcard(&[WildcardPiece::AnyString, WildcardPiece::AnyString]).unwrap().is_total());
}

#[test]
fn malformed_patterns() {
    for pattern in [
        "[",
        "(",
        "a)",
        "a{",
        "a{1,",
        "a{1",
        "a{,2}",
        "a{x}",
        "[z-a]",
        "[a-]",
        "[^",
        "[]",
        "<a-b>",
        "<1",
        "<1>",
        "<-1>",
        "<1-2-3>",
        "\\",
        "a|",
        "(a|b|)",
        "a&",
        "~",
        "\"a",
        "<1-99999999999999999999>",
        "a{2147483648}",
    ] {
        let error = regex(pattern).unwrap_err();
        assert!(matches!(error, AutomatonError::BadRegex { position, .. } if position <= pattern.len()), "{pattern}: {error}");
    }
}

#[test]
fn limits_are_those_of_lucene() {
    let length = |pattern: &str| regex(pattern).is_ok();
    assert!(length("a{10000}") && !length("a{10001}"));
    assert!(length("[ab]{1000}") && !length("[ab]{1001}"));
    assert!(length("(a|b)*c(a|b){8}") && length("(.*a){20}") && length(".*a.{9}"));
    assert!(!length(".*a.{14}") && !length(".{14}a.*"));
    let marks = |before: usize, after: usize| {
        let mut pieces = vec![WildcardPiece::AnyChar; before];
        pieces.push(if before > 0 { WildcardPiece::Literal("a".into()) } else { WildcardPiece::AnyString });
        pieces.push(if before > 0 { WildcardPiece::AnyString } else { WildcardPiece::Literal("a".into()) });
        pieces.extend(vec![WildcardPiece::AnyChar; after]);
        wildcard(&pieces).is_ok()
    };
    assert!(marks(0, 8) && marks(8, 0) && !marks(0, 14) && !marks(14, 0));
}

#[test]
fn hostile_patterns_are_refused_or_answered_soon() {
    let nested = |open: &str, depth: usize| open.repeat(depth) + "a" + &")".repeat(depth);
    let hostile = [
        "((a{1,40}){1,40}){1,40}".to_owned(),
        "a{1000000000}".to_owned(),
        "(ab){2000000000}".to_owned(),
        nested("~(", 250),
        nested("~(", 1_000),
        "(".repeat(100_000),
        "~".repeat(2_000) + "a",
        "a".to_owned() + &"?".repeat(2_000),
        "a".to_owned() + &"{1,2}".repeat(500),
        "()".to_owned() + &"{0,2147483647}".repeat(50),
        "a{10000}".repeat(40),
        "(a*b*){100}".repeat(40),
        ".*(a|b)".repeat(300),
        ('a'..='q').map(|c| format!(".*{c}.*")).collect::<Vec<_>>().join("&"),
        "@".repeat(3_000),
        "~(a{1,6000})".to_owned(),
    ];
    for pattern in hostile {
        let start = Instant::now();
        let _ = regex(&pattern);
        // Generous: builds without optimisation on busy machines.
        assert!(start.elapsed() < Duration::from_secs(5), "{:.60}", pattern);
    }
}

#[test]
fn messages() {
    assert_eq!(regex("ab(").unwrap_err().to_string(), "invalid regular expression at position 3: unexpected end of the expression");
    assert!(AutomatonError::TooComplex.to_string().starts_with("the pattern needs more than 10,000 states; "));
}
