//! Scoring profiles: weights of fields and functions of values, over a few invented songs and venues.

use serde_json::{Value, json};
use tutti_engine::query::{parse_filter, parse_lucene};
use tutti_engine::search::{Hit, SearchRequest, SearchResponse, SortBy, SortKey};
use tutti_engine::{Access, Action, ActionKind, Engine, Index};
use tutti_index_schema::IndexDefinition;

struct Songs {
    _folder: tempfile::TempDir,
    _engine: Engine,
    index: std::sync::Arc<Index>,
}

const DAY: i64 = 86_400_000_000;

fn songs(extra: &Value) -> Songs {
    let mut definition = json!({
        "name": "songs",
        "fields": [
            {"name": "id", "type": "Edm.String", "key": true, "sortable": true},
            {"name": "title", "type": "Edm.String"},
            {"name": "artist", "type": "Edm.String"},
            {"name": "plays", "type": "Edm.Int64"},
            {"name": "rating", "type": "Edm.Double"},
            {"name": "tags", "type": "Collection(Edm.String)"},
            {"name": "genre", "type": "Edm.String"},
            {"name": "released", "type": "Edm.DateTimeOffset"},
            {"name": "at", "type": "Edm.GeographyPoint"},
        ],
    });
    for (name, value) in extra.as_object().unwrap() {
        definition[name] = value.clone();
    }
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    let index = engine.create_index(&IndexDefinition::from_value(&definition).unwrap()).unwrap();
    let point = |lon: f64, lat: f64| json!({"type": "Point", "coordinates": [lon, lat]});
    let documents = [
        json!({"id": "s1", "title": "Midnight Train", "artist": "The Lanterns", "plays": 100, "rating": 4.5, "genre": "rock",
               "tags": ["party", "night"], "released": "2020-01-01T00:00:00Z", "at": point(2.3522, 48.8566)}),
        json!({"id": "s2", "title": "Train of Thought", "artist": "Mira Vale", "plays": 250, "rating": 3.5, "genre": "jazz",
               "tags": ["calm"], "released": "2020-01-11T00:00:00Z", "at": point(2.36, 48.86)}),
        json!({"id": "s3", "title": "Dancing Rivers", "artist": "The Lanterns", "plays": 400, "rating": 4.0, "genre": "rock",
               "tags": ["party", "dance"], "released": "2020-01-21T00:00:00Z", "at": point(-0.1276, 51.5072)}),
        json!({"id": "s4", "title": "River Dance", "artist": "Oslo Seven", "plays": 50, "genre": "folk", "tags": ["dance"],
               "released": "2020-01-31T00:00:00Z", "at": point(7.4474, 46.948)}),
        json!({"id": "s5", "title": "Volt", "artist": "Train", "plays": 900, "rating": 2.5, "genre": "electro",
               "tags": ["party", "night", "dance"], "released": "2020-02-10T00:00:00Z"}),
        json!({"id": "s6", "title": "Quiet Valley", "artist": "Mira Vale", "tags": []}),
    ];
    // Two segments.
    for part in documents.chunks(4) {
        let batch: Vec<Action> =
            part.iter().map(|value| Action { kind: ActionKind::Upload, document: value.as_object().unwrap().clone() }).collect();
        index.write(&batch).unwrap();
        index.refresh().unwrap();
    }
    Songs { _folder: folder, _engine: engine, index }
}

/// A profile of one function, called `p`.
fn function(function: &Value) -> Songs {
    songs(&json!({"scoringProfiles": [{"name": "p", "functions": [function]}]}))
}

fn magnitude(start: f64, end: f64, beyond: bool, interpolation: &str) -> Value {
    json!({"type": "magnitude", "fieldName": "plays", "boost": 3, "interpolation": interpolation,
           "magnitude": {"boostingRangeStart": start, "boostingRangeEnd": end, "constantBoostBeyondRange": beyond}})
}

fn named(name: &str) -> SearchRequest {
    SearchRequest { profile: Some(name.into()), ..SearchRequest::default() }
}

fn text(query: &str) -> SearchRequest {
    SearchRequest { query: Some(parse_lucene(query).unwrap()), ..SearchRequest::default() }
}

fn search(songs: &Songs, request: &SearchRequest) -> SearchResponse {
    songs.index.search(request).unwrap()
}

/// Keys and scores, by key.
fn scores(songs: &Songs, request: &SearchRequest) -> Vec<(String, f32)> {
    let mut out: Vec<_> = search(songs, request).hits.into_iter().map(|hit| (hit.key, hit.score)).collect();
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

#[track_caller]
fn check(songs: &Songs, request: &SearchRequest, expected: &[(&str, f32)]) {
    let found = scores(songs, request);
    let keys: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, expected.iter().map(|(key, _)| *key).collect::<Vec<_>>());
    for ((key, score), (_, wanted)) in found.iter().zip(expected) {
        assert!((score - wanted).abs() < 1e-4 * wanted.abs().max(1.0), "{key} has {score}, not {wanted}: {found:?}");
    }
}

fn order(response: &SearchResponse) -> Vec<&str> {
    response.hits.iter().map(|hit: &Hit| hit.key.as_str()).collect()
}

#[test]
fn weights_multiply_the_scores_of_fields_also_of_named_ones() {
    let weights = json!({"scoringProfiles": [{"name": "artistfirst", "text": {"weights": {"artist": 50, "title": 2}}}]});
    let songs = songs(&weights);
    let plain = search(&songs, &text("title:train"));
    let weighed = search(&songs, &SearchRequest { profile: Some("artistfirst".into()), ..text("title:train") });
    assert_eq!(order(&plain), order(&weighed));
    for (plain, weighed) in plain.hits.iter().zip(&weighed.hits) {
        assert!((weighed.score / plain.score - 2.0).abs() < 1e-5);
    }
    let best =
        |request: SearchRequest| order(&search(&songs, &SearchRequest { profile: Some("artistfirst".into()), ..request }))[0].to_owned();
    assert_eq!(best(text("train")), "s5");
    assert_eq!(best(text("train midnight")), "s5");
    assert_eq!(best(text("\"midnight train\" OR artist:train")), "s5");
    // Without a profile the title that has both words is first.
    assert_eq!(order(&search(&songs, &text("train midnight")))[0], "s1");
    let fields = vec![("title".to_owned(), 3.0)];
    let both = search(&songs, &SearchRequest { fields: fields.clone(), profile: Some("artistfirst".into()), ..text("train") });
    let one = search(&songs, &SearchRequest { fields, ..text("train") });
    assert!((both.hits[0].score / one.hits[0].score - 2.0).abs() < 1e-5);
}

#[test]
fn magnitude_rises_from_start_to_end() {
    let p = |value| (function(&value), named("p"));
    let (songs, request) = p(magnitude(0.0, 400.0, false, "linear"));
    check(&songs, &request, &[("s1", 1.5), ("s2", 2.25), ("s3", 3.0), ("s4", 1.25), ("s5", 1.0), ("s6", 1.0)]);
    let (songs, request) = p(magnitude(0.0, 400.0, true, "linear"));
    check(&songs, &request, &[("s1", 1.5), ("s2", 2.25), ("s3", 3.0), ("s4", 1.25), ("s5", 3.0), ("s6", 1.0)]);
    // Less is better.
    let (songs, request) = p(magnitude(400.0, 100.0, false, "linear"));
    check(&songs, &request, &[("s1", 3.0), ("s2", 2.0), ("s3", 1.0), ("s4", 1.0), ("s5", 1.0), ("s6", 1.0)]);
    let (songs, request) = p(magnitude(400.0, 100.0, true, "linear"));
    check(&songs, &request, &[("s1", 3.0), ("s2", 2.0), ("s3", 1.0), ("s4", 3.0), ("s5", 1.0), ("s6", 1.0)]);
    let (songs, request) = p(magnitude(100.0, 400.0, false, "constant"));
    check(&songs, &request, &[("s1", 3.0), ("s2", 3.0), ("s3", 3.0), ("s4", 1.0), ("s5", 1.0), ("s6", 1.0)]);
    let (songs, request) = p(magnitude(100.0, 400.0, false, "quadratic"));
    check(&songs, &request, &[("s1", 1.0), ("s2", 2.5), ("s3", 3.0), ("s4", 1.0), ("s5", 1.0), ("s6", 1.0)]);
    let (songs, request) = p(magnitude(100.0, 400.0, false, "logarithmic"));
    check(&songs, &request, &[("s1", 1.0), ("s2", 1.51927), ("s3", 3.0), ("s4", 1.0), ("s5", 1.0), ("s6", 1.0)]);
    let (songs, request) = p(json!({"type": "magnitude", "fieldName": "rating", "boost": 2,
        "magnitude": {"boostingRangeStart": 2.5, "boostingRangeEnd": 4.5}}));
    check(&songs, &request, &[("s1", 2.0), ("s2", 1.5), ("s3", 1.75), ("s4", 1.0), ("s5", 1.0), ("s6", 1.0)]);
}

#[test]
fn negative_boosts_lower_scores_but_never_below_zero() {
    let lower =
        json!({"type": "magnitude", "fieldName": "plays", "boost": -2, "magnitude": {"boostingRangeStart": 0, "boostingRangeEnd": 400}});
    let songs = function(&lower);
    check(&songs, &named("p"), &[("s1", 0.25), ("s2", 0.0), ("s3", 0.0), ("s4", 0.625), ("s5", 1.0), ("s6", 1.0)]);
}

#[test]
fn freshness_compares_with_the_time_of_the_request() {
    let fresh = |duration: &str| {
        function(&json!({"type": "freshness", "fieldName": "released", "boost": 3, "freshness": {"boostingDuration": duration}}))
    };
    let now = Some(tutti_engine::index::micros("2020-01-31T00:00:00Z").unwrap());
    let songs = fresh("P20D");
    let request = SearchRequest { now_micros: now, ..named("p") };
    check(&songs, &request, &[("s1", 1.0), ("s2", 1.0), ("s3", 2.0), ("s4", 3.0), ("s5", 1.0), ("s6", 1.0)]);
    let later = SearchRequest { now_micros: now.map(|now| now + 5 * DAY), ..named("p") };
    check(&songs, &later, &[("s1", 1.0), ("s2", 1.0), ("s3", 1.5), ("s4", 2.5), ("s5", 1.0), ("s6", 1.0)]);
    let error = songs.index.search(&named("p")).unwrap_err();
    assert!(error.is_callers_fault() && error.to_string().contains("time of the request"), "{error}");
    check(&fresh("-P20D"), &request, &[("s1", 1.0), ("s2", 1.0), ("s3", 1.0), ("s4", 3.0), ("s5", 2.0), ("s6", 1.0)]);
}

fn parameter(name: &str, values: &[&str]) -> SearchRequest {
    SearchRequest { profile_parameters: vec![(name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())], ..named("p") }
}

#[test]
fn distance_is_measured_from_the_point_of_the_request() {
    let songs = function(&json!({"type": "distance", "fieldName": "at", "boost": 51,
        "distance": {"referencePointParameter": "here", "boostingDistance": 600}}));
    let found = search(&songs, &parameter("here", &["-0.1", "51.5"]));
    assert_eq!(order(&found)[0], "s3");
    let of = |key: &str| found.hits.iter().find(|hit| hit.key == key).unwrap().score;
    assert!(of("s3") > 50.0 && of("s1") > 1.0 && of("s1") < of("s3"));
    assert_eq!((of("s4"), of("s5"), of("s6")), (1.0, 1.0, 1.0), "too far, or nowhere");
    // London is 343.4 km from Paris.
    let paris = search(&songs, &parameter("here", &["2.3522,48.8566"]));
    let london = paris.hits.iter().find(|hit| hit.key == "s3").unwrap().score;
    assert!((london - (1.0 + 50.0 * (1.0 - 343.5 / 600.0))).abs() < 0.1, "{london}");
    for values in [&["1"][..], &["1", "2", "3"], &["x", "1"], &["1", "91"], &["181", "1"], &["NaN", "1"], &[]] {
        let error = songs.index.search(&parameter("here", values)).unwrap_err();
        assert!(error.is_callers_fault(), "{error}");
    }
}

#[test]
fn tags_in_common_count() {
    let tag = |field: &str, interpolation: &str| {
        function(&json!({"type": "tag", "fieldName": field, "boost": 5, "interpolation": interpolation, "tag": {"tagsParameter": "mine"}}))
    };
    let songs = tag("tags", "linear");
    check(&songs, &parameter("mine", &["party", "dance"]), &[("s1", 3.0), ("s2", 1.0), ("s3", 5.0), ("s4", 3.0), ("s5", 5.0), ("s6", 1.0)]);
    check(
        &songs,
        &parameter("mine", &["calm", "calm", "x"]),
        &[("s1", 1.0), ("s2", 3.0), ("s3", 1.0), ("s4", 1.0), ("s5", 1.0), ("s6", 1.0)],
    );
    let songs = tag("tags", "constant");
    check(&songs, &parameter("mine", &["party", "dance"]), &[("s1", 5.0), ("s2", 1.0), ("s3", 5.0), ("s4", 5.0), ("s5", 5.0), ("s6", 1.0)]);
    let songs = tag("genre", "linear");
    check(&songs, &parameter("mine", &["jazz", "folk"]), &[("s1", 1.0), ("s2", 5.0), ("s3", 1.0), ("s4", 5.0), ("s5", 1.0), ("s6", 1.0)]);
    for request in [named("p"), parameter("yours", &["a"]), named("nosuch")] {
        let error = songs.index.search(&request).unwrap_err();
        assert!(error.is_callers_fault(), "{error}");
    }
}

#[test]
fn functions_are_put_together_as_the_profile_says() {
    let with = |aggregation: &str| {
        songs(&json!({"scoringProfiles": [{"name": "p", "functionAggregation": aggregation, "functions": [
            {"type": "tag", "fieldName": "tags", "boost": 5, "interpolation": "constant", "tag": {"tagsParameter": "mine"}},
            {"type": "magnitude", "fieldName": "plays", "boost": 3, "magnitude": {"boostingRangeStart": 0, "boostingRangeEnd": 400}},
        ]}]}))
    };
    let request = SearchRequest { filter: Some(parse_filter("search.in(id, 's1,s2,s6')").unwrap()), ..parameter("mine", &["party"]) };
    check(&with("sum"), &request, &[("s1", 5.5), ("s2", 2.25), ("s6", 1.0)]);
    check(&with("average"), &request, &[("s1", 3.25), ("s2", 1.625), ("s6", 1.0)]);
    check(&with("minimum"), &request, &[("s1", 1.5), ("s2", 1.0), ("s6", 1.0)]);
    check(&with("maximum"), &request, &[("s1", 5.0), ("s2", 2.25), ("s6", 1.0)]);
    check(&with("firstMatching"), &request, &[("s1", 5.0), ("s2", 2.25), ("s6", 1.0)]);
    check(&with("product"), &request, &[("s1", 3.0), ("s2", 1.0), ("s6", 1.0)]);
}

fn popular() -> Songs {
    songs(&json!({"defaultScoringProfile": "popular", "scoringProfiles": [
        {"name": "popular", "functions": [magnitude(0.0, 1000.0, false, "linear")]},
        {"name": "plain", "text": {"weights": {"title": 1}}},
    ]}))
}

#[test]
fn the_default_profile_applies_and_pruning_loses_no_hit() {
    let songs = popular();
    assert_eq!(order(&search(&songs, &SearchRequest::default()))[..3], ["s5", "s3", "s2"]);
    check(&songs, &named("plain"), &[("s1", 1.0), ("s2", 1.0), ("s3", 1.0), ("s4", 1.0), ("s5", 1.0), ("s6", 1.0)]);
    for count in [true, false] {
        for query in ["*:*", "train OR dance OR rivers OR volt", "title:*", "+plays*  volt dancing", "t*", "\"river dance\" rivers"] {
            let all = search(&songs, &SearchRequest { count, ..text(query) });
            for top in 1..all.hits.len() {
                let some = search(&songs, &SearchRequest { top, count, ..text(query) });
                assert_eq!(order(&some), order(&all)[..top], "{query}");
                assert_eq!(some.total, all.total);
            }
        }
    }
    // Pages join up, and the score may be a sort key.
    let first = search(&songs, &SearchRequest { top: 2, ..SearchRequest::default() });
    let second = search(&songs, &SearchRequest { top: 10, cursor: first.next.clone(), ..SearchRequest::default() });
    assert_eq!(second.hits.len(), 4);
    assert_eq!(order(&second)[0], "s2");
    let sort = vec![SortKey { by: SortBy::Score, descending: false }];
    assert_eq!(order(&search(&songs, &SearchRequest { sort, ..text("title:*") })).last(), Some(&"s5"));
}

#[test]
fn the_explanation_shows_the_functions_part() {
    let songs = popular();
    let found = search(&songs, &SearchRequest { explain: true, ..text("volt") });
    let explanation = found.hits[0].explanation.as_ref().unwrap();
    assert!((explanation.value - found.hits[0].score).abs() < 1e-4);
    assert_eq!(explanation.description, "product of");
    let profile = &explanation.details[1];
    assert_eq!(profile.description, "scoring profile popular: 1 + sum of");
    assert!((profile.value - 2.8).abs() < 1e-5 && profile.details[0].description.starts_with("magnitude of plays"));
}

#[test]
fn the_index_may_have_its_own_k1_and_b() {
    let with = |similarity: Value| songs(&json!({ "similarity": similarity }));
    let similarity = |k1: f64, b: f64| json!({"@odata.type": "#Microsoft.Azure.Search.BM25Similarity", "k1": k1, "b": b});
    // Document frequency 2 of 6, mean length 12/6: with b = 0 the length does not matter, with k1 = 0 neither frequency.
    let idf = (1.0f32 + (6.0 - 2.0 + 0.5) / 2.5).ln();
    let usual = with(similarity(1.2, 0.75));
    let request = text("title:train");
    assert_eq!(scores(&usual, &request), scores(&songs(&json!({})), &request));
    check(&with(similarity(1.2, 0.0)), &request, &[("s1", idf / 2.2), ("s2", idf / 2.2)]);
    check(&with(similarity(0.0, 0.5)), &request, &[("s1", idf), ("s2", idf)]);
    let long = |k1: f32, b: f32| idf / (1.0 + k1 * (1.0 - b + b * 3.0 / 2.0));
    check(&with(similarity(2.0, 1.0)), &request, &[("s1", idf / (1.0 + 2.0)), ("s2", long(2.0, 1.0))]);
    check(&with(similarity(2.0, 1.0)), &text("title:trian~1"), &[("s1", 0.8 * idf / 3.0), ("s2", 0.8 * long(2.0, 1.0))]);
    let phrase = scores(&with(similarity(2.0, 1.0)), &text("title:\"midnight train\""));
    let one = (1.0f32 + (6.0 - 1.0 + 0.5) / 1.5).ln();
    assert!((phrase[0].1 - (idf + one) / 3.0).abs() < 1e-4);
}
