//! Filters, queries and patterns that are deep, long or explode.

use serde_json::json;

use super::Attack;
use super::Right::{Either, Refused, Served};
use crate::support::encode;

#[test]
fn filters_and_queries_that_are_large() {
    let attack = Attack::begin(&[]);
    let before = attack.server.memory();
    let filter = |right, text: String| attack.search(right, &json!({"search": "*", "filter": text}));
    let nested = |open: &str, inner: &str, close: &str, times: usize| format!("{}{inner}{}", open.repeat(times), close.repeat(times));
    filter(Refused, "(".repeat(100_000));
    filter(Refused, nested("(", "explicit", ")", 100_000));
    filter(Refused, nested("not ", "explicit", "", 100_000));
    filter(Refused, nested("not (", "explicit", ")", 100_000));
    filter(Refused, "genres/any(g: ".repeat(100_000));
    filter(Refused, nested("genres/any(g: ", "g eq 'x'", ")", 100));
    filter(Served, nested("not (", "explicit", ")", 250));
    filter(Served, nested("explicit or (year gt 1 and ", "explicit", ")", 100));
    filter(Either, nested("explicit or (year gt 1 and ", "explicit", ")", 255));
    filter(Served, vec!["year eq 1950"; 10_000].join(" or "));
    filter(Served, vec!["year ne 1"; 10_000].join(" and "));
    filter(Either, vec!["search.ismatch('song')"; 10_000].join(" or "));
    filter(Refused, vec!["year eq 1950"; 100_000].join(" or "));
    filter(Served, format!("genres/any(g: {})", vec!["g eq 'g7'"; 10_000].join(" or ")));
    filter(Served, format!("genres/all(g: {})", (0..5_000).map(|i| format!("g ne 'h{i}'")).collect::<Vec<_>>().join(" and ")));
    let values: Vec<String> = (0..100_000).map(|i| format!("g{i}")).collect();
    filter(Served, format!("genres/any(g: search.in(g, '{}'))", values.join(",")));
    filter(Served, format!("not genres/any(g: search.in(g, '{}', '|'))", values.join("|")));
    filter(Served, format!("genres/all(g: not search.in(g, '{}'))", values.join(",")));
    filter(Refused, format!("year eq {}", "9".repeat(1_000_000)));
    filter(Either, format!("genres/any(g: g eq '{}')", "'".repeat(1_000_000)));
    filter(Refused, format!("genres/any(g: g eq '{}", "''".repeat(1_000_000)));
    filter(Refused, format!("{} eq 1", vec!["a"; 100_000].join("/")));
    filter(Refused, "\0".repeat(1000));

    let query = |right, kind: &str, text: String| attack.search(right, &json!({"search": text, "queryType": kind}));
    query(Refused, "full", "(".repeat(100_000));
    query(Refused, "full", nested("(", "a", ")", 49_000));
    query(Either, "full", nested("(a ", "a", ")", 500));
    query(Refused, "full", nested("+(", "a", ")", 30_000));
    query(Refused, "full", "a ".repeat(10_000));
    query(Refused, "full", "a OR ".repeat(10_000) + "a");
    query(Either, "full", "NOT ".repeat(20_000) + "a");
    query(Refused, "full", "\"".to_owned() + &"a ".repeat(40_000));
    query(Either, "full", format!("\"{}\"~100", "a ".repeat(900)));
    query(Either, "full", "song~2 ".repeat(1000));
    query(Either, "full", "a* ".repeat(1000));
    query(Either, "full", format!("a{}", "*a".repeat(200)));
    query(Either, "full", format!("a{}", "?*".repeat(200)));
    query(Refused, "full", format!("a^{}", "9".repeat(50_000)));
    query(Refused, "full", "a".repeat(100_001));
    for right in ["simple", "full"] {
        query(Either, right, "x".repeat(99_000));
        query(Either, right, "\0".repeat(1000));
        query(Either, right, "\\".repeat(50_001));
    }
    // The simple syntax has no mistakes, only bounds.
    for part in ["(", ")", "-", "+|", "\"", "a*", "-a ", "a|", "(a ", "((a)"] {
        query(Either, "simple", part.repeat(90_000 / part.len()));
    }
    attack.end(before);
}

#[test]
fn patterns_that_explode() {
    let attack = Attack::begin(&[]);
    let before = attack.server.memory();
    for pattern in [
        "(a+)+$",
        "(a+)+",
        "(a*)*b",
        "((((((a*)*)*)*)*)*)*b",
        "(a|a)*b",
        "(a|aa)+$",
        "a{10000}{10000}",
        "a{1,10000}{1,10000}",
        "(a{100}){100}{100}",
        "[a-z]{1,100000}",
        "a{99999999999999999999}",
        "a{5,2}",
        ".*a.{5000}",
        ".*a.{14}",
        "(.*a){1000}",
        "(.*)*(.*)*(.*)*x",
        "~(.*a.{12})",
        "~(~(~(.*a.{11})))",
        "(.*a.{10})&(.*b.{10})&(.*c.{10})",
        "<0-99999999999999999999>",
        "<1-999999999>{1000}",
        "@&~(@a@)&(@b@)&~(@c@)",
        "(((((",
        "[[[[",
        "a{",
        "\\",
        "[z-a]",
    ] {
        attack.search(Either, &json!({"search": format!("/{pattern}/"), "queryType": "full"}));
        attack.search(Either, &json!({"filter": format!("search.ismatch('/{pattern}/', 'title', 'full', 'any')")}));
        attack.get(Either, &format!("/v1/songs/search?q={}", encode(&format!("/{pattern}/"))));
    }
    attack.search(Refused, &json!({"search": format!("/{}/", "(".repeat(90_000)), "queryType": "full"}));
    attack.search(Refused, &json!({"search": format!("/{}a{}/", "(".repeat(45_000), ")".repeat(45_000)), "queryType": "full"}));
    // Many that are each just small enough.
    let heavy = |count: usize| (0..count).map(|i| format!("/.*{}.{{11}}/", char::from(b'a' + (i % 26) as u8))).collect::<Vec<_>>();
    attack.search(Either, &json!({"search": heavy(1000).join(" "), "queryType": "full"}));
    let filters: Vec<String> = heavy(2000).iter().map(|pattern| format!("search.ismatch('{pattern}', null, 'full', 'any')")).collect();
    attack.search(Either, &json!({"filter": filters.join(" or ")}));
    attack.get(Either, &format!("/v1/songs/search?q={}", encode(&heavy(1000).join(" "))));
    attack.end(before);
}
