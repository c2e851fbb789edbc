//! Parameters and paths that are out of range, of another kind, no text or long.

use serde_json::json;

use super::Right::{Dropped, Either, Refused};
use super::{Attack, VERSION};
use crate::support::encode;

#[test]
fn parameters_that_are_none() {
    let attack = Attack::begin(&[]);
    let before = attack.server.memory();
    for name in ["top", "skip"] {
        for value in [json!(-1), json!(i64::MIN), json!("x"), json!("-5"), json!(1.5), json!([]), json!({}), json!(true), json!(1e308)] {
            attack.search(Refused, &json!({ name: value }));
        }
        for value in ["-1", "x", "", "1e3", "99999999999999999999999", "1.5", "%00", "0x10", "+5x", "NaN"] {
            attack.get(if value == "1e3" { Either } else { Refused }, &format!("/indexes/songs/docs?{VERSION}&search=*&${name}={value}"));
            attack.get(Refused, &format!("/v1/songs/search?{name}={value}"));
        }
    }
    attack.search(Either, &json!({"top": i64::MAX}));
    attack.search(Refused, &json!({"skip": i64::MAX}));
    attack.search(Refused, &json!({"skip": 100_001}));
    attack.search(Refused, &json!({"minimumCoverage": 101}));
    attack.search(Refused, &json!({"count": "yes"}));
    attack.search(Refused, &json!({"orderby": vec!["year"; 33].join(",")}));
    attack.search(Refused, &json!({"orderby": "(".repeat(100_000)}));
    attack.search(Refused, &json!({"select": vec!["nothing"; 100_000].join(",")}));
    attack.search(Either, &json!({"select": vec!["title"; 100_000].join(",")}));
    attack.search(Refused, &json!({"facets": vec!["genres"; 10_000]}));
    attack.search(Refused, &json!({"facets": ["year,interval:0"]}));
    attack.search(Either, &json!({"facets": ["year,interval:0.0000001"]}));
    attack.search(Either, &json!({"facets": ["genres,count:99999999999999"]}));
    attack.search(Refused, &json!({"facets": [format!("year,values:{}x", "1|".repeat(100_000))]}));
    attack
        .search(Either, &json!({"facets": [format!("year,values:{}", (0..100_000).map(|i| i.to_string()).collect::<Vec<_>>().join("|"))]}));
    attack.search(Either, &json!({"search": "song", "highlight": vec!["title"; 10_000].join(",")}));
    attack.search(Refused, &json!({"highlight": "title--5"}));
    attack.search(Refused, &json!({"searchFields": "title^-1"}));
    attack.search(Refused, &json!({"searchFields": vec!["x"; 100_000].join(",")}));
    attack.search(Either, &json!({"search": "song", "searchFields": vec!["title"; 10_000].join(",")}));
    attack.search(Refused, &json!({"scoringProfile": "x".repeat(100_000)}));
    addresses_that_are_none(&attack);
    attack.get(Either, "/v1/songs/search?q=%00");
    let long = |length: usize| "x".repeat(length);
    attack.get(Refused, &format!("/indexes/songs/docs?{VERSION}&search={}", long(9_000)));
    attack.get(Either, &format!("/v1/songs/search?q={}", long(60_000)));
    attack.get(Either, &format!("/v1/songs/search?q={}", encode(&"(".repeat(20_000))));
    attack.get(Either, &format!("/v1/songs/search?filter={}", encode(&"(".repeat(20_000))));
    attack.get(Refused, &format!("/{}", "a/".repeat(30_000)));
    attack.get(Dropped, &format!("/v1/songs/search?q={}", long(70_000)));
    attack.get(Dropped, &format!("/indexes/{}", long(2_000_000)));
    attack.end(before);
}

fn addresses_that_are_none(attack: &Attack) {
    for path in [
        "/v1/songs/search?q=%ff%fe",
        "/v1/songs/search?q=%zz",
        "/v1/songs/search?q=%",
        "/v1/songs/search?%ff=1",
        "/v1/songs/search?cursor=AAAAAAAA",
        "/v1/songs/search?cursor=%00%00",
        "/v1/songs/search?facet=genres,count:-1",
        "/v1/songs/search?facet=,",
        "/v1/songs/search?fields=title^inf",
        "/v1/songs/search?filter=%28",
        "/v1/%ff/search",
        "/v1/songs%00/search",
        "/v1/..%2f..%2fetc%2fpasswd/search",
        "/v1/songs/documents/%ff",
        "/v1/songs/documents/..%2f..",
        "/indexes('%ff')/docs?api-version=2025-09-01",
        "/indexes('..%2f..%2fkeys')?api-version=2025-09-01",
        "/indexes('songs')/docs('%00')?api-version=2025-09-01",
        "/indexes/songs/docs?api-version=%ff",
        "/indexes/songs/docs?api-version=2025-09-01&search=%ff",
        "/indexes/songs/docs?search=x",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//",
        "/indexes('",
        "/indexes(((((((",
    ] {
        attack.get(Refused, path);
    }
}
