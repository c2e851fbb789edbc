//! Suggestions and autocompletion over a small catalogue of invented songs.

use serde_json::{Map, Value, json};
use tutti_engine::query::parse_filter;
use tutti_engine::search::{AutocompleteMode, AutocompleteRequest, SortBy, SortKey, SuggestRequest, Suggestion};
use tutti_engine::{Access, Action, ActionKind, Engine, Index};
use tutti_index_schema::IndexDefinition;

fn definition(suggesters: &Value) -> IndexDefinition {
    IndexDefinition::from_value(&json!({
        "name": "songs",
        "fields": [
            {"name": "id", "type": "Edm.String", "key": true},
            {"name": "title", "type": "Edm.String", "analyzer": "en.lucene"},
            {"name": "artist", "type": "Edm.String"},
            {"name": "genre", "type": "Edm.String"},
            {"name": "year", "type": "Edm.Int32"},
            {"name": "secret", "type": "Edm.String", "retrievable": false},
            {"name": "tags", "type": "Collection(Edm.String)"},
        ],
        "suggesters": suggesters,
    }))
    .unwrap()
}

fn sg() -> Value {
    json!([{"name": "sg", "searchMode": "analyzingInfixMatching", "sourceFields": ["title", "artist", "tags"]}])
}

fn act(index: &Index, kind: ActionKind, documents: &[Value]) {
    let document = |value: &Value| -> Map<String, Value> { value.as_object().unwrap().clone() };
    let batch: Vec<Action> = documents.iter().map(|value| Action { kind, document: document(value) }).collect();
    for outcome in index.write(&batch).unwrap() {
        outcome.result.unwrap();
    }
    index.refresh().unwrap();
}

fn songs() -> Vec<Value> {
    [
        ("s1", "Midnight Train", "The Lanterns", "rock", 1999, vec!["long way home"]),
        ("s2", "Train of Thought", "Mira Vale", "jazz", 2005, vec!["calm evening", "quiet home"]),
        ("s3", "Dancing Rivers", "The Lanterns", "rock", 2010, vec![]),
        ("s4", "River Dance", "Oslo Seven", "folk", 2010, vec![]),
        ("s5", "Café Lumière", "Zoé Renard", "chanson", 2015, vec![]),
        ("s6", "Electric Night", "Volt", "electro", 2020, vec![]),
        ("s7", "Quiet Valley", "Mira Vale", "jazz", 2021, vec![]),
        ("s8", "O'Brien's Reel", "Oslo Seven", "folk", 1980, vec![]),
    ]
    .into_iter()
    .map(|(id, title, artist, genre, year, tags)| {
        json!({"id": id, "title": title, "artist": artist, "genre": genre, "year": year, "tags": tags})
    })
    .collect()
}

/// The songs in several segments, so that nothing rests on there being one.
fn index(folder: &tempfile::TempDir) -> (Engine, std::sync::Arc<Index>) {
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    let index = engine.create_index(&definition(&sg())).unwrap();
    for part in songs().chunks(3) {
        act(&index, ActionKind::Upload, part);
    }
    (engine, index)
}

fn typed(text: &str) -> SuggestRequest {
    SuggestRequest { text: text.into(), suggester: "sg".into(), ..SuggestRequest::default() }
}

fn keys(found: &[Suggestion]) -> Vec<&str> {
    found.iter().map(|suggestion| suggestion.key.as_str()).collect()
}

/// Whatever the order: that of segments is nobody's business.
#[track_caller]
fn check(index: &Index, request: &SuggestRequest, expected: &[&str]) {
    let found = index.suggest(request).unwrap();
    let mut found = keys(&found);
    found.sort_unstable();
    assert_eq!(found, expected, "{}", request.text);
}

#[track_caller]
fn check_order(index: &Index, request: &SuggestRequest, expected: &[&str]) {
    assert_eq!(keys(&index.suggest(request).unwrap()), expected, "{}", request.text);
}

#[test]
fn suggestions_hold_every_word_in_one_value_the_last_one_begun() {
    let folder = tempfile::tempdir().unwrap();
    let (_engine, index) = index(&folder);
    check(&index, &typed("tra"), &["s1", "s2"]);
    check(&index, &typed("TRAIN"), &["s1", "s2"]);
    check(&index, &typed("train mid"), &["s1"]);
    check(&index, &typed("mid train"), &[]);
    check(&index, &typed("thought of tr"), &["s2"]);
    // Words as written, not their stems: the title's own analyzer knows nothing here.
    check(&index, &typed("dancin"), &["s3"]);
    check(&index, &typed("dance"), &["s4"]);
    check(&index, &typed("danc"), &["s3", "s4"]);
    check(&index, &typed("o'b"), &["s8"]);
    check(&index, &typed("café lum"), &["s5"]);
    // One field has one word, the other the other.
    check(&index, &typed("vale quiet"), &[]);
    // Two elements of a collection are two values.
    check(&index, &typed("calm home"), &[]);
    check(&index, &typed("quiet ho"), &["s2"]);
    check(&index, &typed("home long"), &["s1"]);
    check(&index, &typed("!?"), &[]);
    check(&index, &typed("zzz"), &[]);
}

#[test]
fn whole_words_come_before_begun_ones_and_those_before_edited_ones() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    let index = engine.create_index(&definition(&sg())).unwrap();
    let more = [json!({"id": "t1", "title": "Trainer"}), json!({"id": "t2", "title": "Brain"}), json!({"id": "t3", "title": "train"})];
    act(&index, ActionKind::Upload, &[songs().as_slice(), &more].concat());
    check_order(&index, &typed("train"), &["s1", "s2", "t3", "t1"]);
    check_order(&index, &SuggestRequest { fuzzy: true, ..typed("train") }, &["s1", "s2", "t3", "t1", "t2"]);
    check_order(&index, &SuggestRequest { top: 3, ..typed("train") }, &["s1", "s2", "t3"]);
    check_order(&index, &typed("tpain"), &[]);
    check_order(&index, &SuggestRequest { fuzzy: true, ..typed("tpain") }, &["s1", "s2", "t1", "t3"]);
    // One edit for each word, the one that is begun too.
    check_order(&index, &SuggestRequest { fuzzy: true, ..typed("midnihgt trx") }, &["s1"]);
    check_order(&index, &SuggestRequest { fuzzy: true, ..typed("mindihgt tra") }, &[]);
}

#[test]
fn suggestions_are_filtered_sorted_selected_and_marked() {
    let folder = tempfile::tempdir().unwrap();
    let (_engine, index) = index(&folder);
    let filter = |text: &str| Some(parse_filter(text).unwrap());
    let tags = Some(("<b>".to_owned(), "</b>".to_owned()));
    let found = index.suggest(&SuggestRequest { filter: filter("year gt 2010"), tags: tags.clone(), ..typed("vale") }).unwrap();
    assert_eq!(keys(&found), ["s7"]);
    assert_eq!(found[0].text, "Mira <b>Vale</b>");
    assert_eq!(Value::Object(found[0].document.clone()), json!({"id": "s7"}));
    let found = index.suggest(&SuggestRequest { tags, ..typed("train midn") }).unwrap();
    assert_eq!(found[0].text, "<b>Midn</b>ight <b>Train</b>");
    assert_eq!(index.suggest(&typed("midn")).unwrap()[0].text, "Midnight Train");

    let year = |descending| vec![SortKey { by: SortBy::Field("year".into()), descending }];
    check_order(&index, &SuggestRequest { sort: year(true), ..typed("lanterns") }, &["s3", "s1"]);
    check_order(&index, &SuggestRequest { sort: year(false), ..typed("oslo") }, &["s8", "s4"]);
    check_order(&index, &SuggestRequest { sort: year(false), top: 1, ..typed("o") }, &["s8"]);
    check_order(&index, &SuggestRequest { sort: year(false), ..typed("calm home") }, &[]);
    let found = index.suggest(&SuggestRequest { select: Some(vec!["title".into(), "genre".into()]), ..typed("volt") }).unwrap();
    assert_eq!(Value::Object(found[0].document.clone()), json!({"title": "Electric Night", "genre": "electro"}));
    check(&index, &SuggestRequest { fields: vec!["artist".into()], ..typed("tra") }, &[]);
}

#[test]
fn one_document_is_suggested_once_and_deleted_ones_never() {
    let folder = tempfile::tempdir().unwrap();
    let (_engine, index) = index(&folder);
    act(&index, ActionKind::Upload, &[json!({"id": "s9", "title": "Volt", "artist": "Volta", "tags": ["voltage", "volt"]})]);
    check(&index, &typed("vol"), &["s6", "s9"]);
    act(&index, ActionKind::Delete, &[json!({"id": "s6"})]);
    check(&index, &typed("vol"), &["s9"]);
    act(&index, ActionKind::Upload, &[json!({"id": "s9", "title": "Ampere"})]);
    check(&index, &typed("vol"), &[]);
    assert!(complete(&index, "vol", AutocompleteMode::OneTerm).is_empty());
}

#[test]
fn mistakes_are_the_callers() {
    let folder = tempfile::tempdir().unwrap();
    let (_engine, index) = index(&folder);
    let wrong = |request: &SuggestRequest| {
        let error = index.suggest(request).unwrap_err();
        assert!(error.is_callers_fault(), "{error}");
        let request = AutocompleteRequest {
            text: request.text.clone(),
            suggester: request.suggester.clone(),
            filter: request.filter.clone(),
            fields: request.fields.clone(),
            top: request.top,
            ..AutocompleteRequest::default()
        };
        if let Err(other) = index.autocomplete(&request) {
            assert_eq!(other.to_string(), error.to_string());
        }
        error.to_string()
    };
    assert_eq!(
        wrong(&SuggestRequest { suggester: "nosuch".into(), ..typed("tr") }),
        "The specified suggester name 'nosuch' does not exist in this index definition."
    );
    assert_eq!(wrong(&SuggestRequest { top: 0, ..typed("tr") }), "top is 0; it must be from 1 to 100");
    assert_eq!(wrong(&SuggestRequest { top: 101, ..typed("tr") }), "top is 101; it must be from 1 to 100");
    assert_eq!(wrong(&typed("")), "the search text has 0 characters; give 1 to 100");
    assert_eq!(wrong(&typed(&"é".repeat(101))), "the search text has 101 characters; give 1 to 100");
    assert!(index.suggest(&typed(&"é".repeat(100))).unwrap().is_empty());
    assert_eq!(
        wrong(&SuggestRequest { fields: vec!["genre".into()], ..typed("tr") }),
        "field `genre` is not a source field of the suggester"
    );
    assert!(wrong(&SuggestRequest { fields: vec!["nosuch".into()], ..typed("tr") }).contains("no field `nosuch`"));
    let filter = parse_filter("year gt 1 and not search.ismatch('x')").unwrap();
    assert!(wrong(&SuggestRequest { filter: Some(filter), ..typed("tr") }).contains("`search.ismatch` is not available"));
    let filter = parse_filter("search.ismatchscoring('x') or year gt 1").unwrap();
    assert!(wrong(&SuggestRequest { filter: Some(filter), ..typed("tr") }).contains("`search.ismatchscoring` is not available"));
    assert!(wrong(&SuggestRequest { select: Some(vec!["secret".into()]), ..typed("tr") }).contains("retrievable"));
    assert!(
        wrong(&SuggestRequest { sort: vec![SortKey { by: SortBy::Field("tags".into()), descending: true }], ..typed("tr") })
            .contains("sortable")
    );
}

fn complete(index: &Index, text: &str, mode: AutocompleteMode) -> Vec<(String, String)> {
    let request = AutocompleteRequest { text: text.into(), suggester: "sg".into(), mode, ..AutocompleteRequest::default() };
    completions(index, &request)
}

fn completions(index: &Index, request: &AutocompleteRequest) -> Vec<(String, String)> {
    index.autocomplete(request).unwrap().into_iter().map(|completion| (completion.text, completion.query_plus_text)).collect()
}

#[track_caller]
fn completes(index: &Index, mode: AutocompleteMode, text: &str, expected: &[(&str, &str)]) {
    let expected: Vec<(String, String)> = expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    assert_eq!(complete(index, text, mode), expected, "{mode:?} {text}");
}

#[test]
fn words_are_completed_in_alphabetical_order() {
    let folder = tempfile::tempdir().unwrap();
    let (_engine, index) = index(&folder);
    use AutocompleteMode::{OneTerm, OneTermWithContext, TwoTerms};
    completes(&index, OneTerm, "tr", &[("train", "train")]);
    completes(&index, OneTerm, "Midnight Tr", &[("train", "Midnight train")]);
    completes(&index, OneTerm, "r", &[("reel", "reel"), ("renard", "renard"), ("river", "river"), ("rivers", "rivers")]);
    completes(&index, OneTerm, "xyz", &[]);
    completes(&index, OneTerm, "...", &[]);
    completes(&index, TwoTerms, "mi", &[("midnight train", "midnight train"), ("mira vale", "mira vale")]);
    completes(&index, TwoTerms, "the old mi", &[("midnight train", "the old midnight train"), ("mira vale", "the old mira vale")]);
    completes(&index, TwoTerms, "volt", &[]);
    completes(&index, OneTermWithContext, "old mira va", &[("mira vale", "old mira vale")]);
    completes(&index, OneTermWithContext, "midnight va", &[]);
    // Adjacent means within one value.
    completes(&index, OneTermWithContext, "evening qu", &[]);
    completes(&index, TwoTerms, "evening", &[]);
    completes(&index, OneTermWithContext, "vo", &[("volt", "volt")]);
    let five: Vec<_> = complete(&index, "t", OneTerm).into_iter().map(|(text, _)| text).collect();
    assert_eq!(five, ["the", "thought", "train"]);
}

#[test]
fn completions_are_filtered_edited_marked_and_cut() {
    let folder = tempfile::tempdir().unwrap();
    let (_engine, index) = index(&folder);
    let request = |text: &str| AutocompleteRequest { text: text.into(), suggester: "sg".into(), ..AutocompleteRequest::default() };
    let filter = |text: &str| Some(parse_filter(text).unwrap());
    let texts = |request: &AutocompleteRequest| completions(&index, request).into_iter().map(|(text, _)| text).collect::<Vec<_>>();
    assert_eq!(texts(&AutocompleteRequest { filter: filter("genre eq 'jazz'"), ..request("vol") }), Vec::<String>::new());
    assert_eq!(texts(&AutocompleteRequest { filter: filter("genre eq 'jazz'"), ..request("va") }), ["vale", "valley"]);
    assert_eq!(texts(&AutocompleteRequest { filter: filter("year lt 2010"), ..request("va") }), ["vale"]);
    assert_eq!(texts(&AutocompleteRequest { fields: vec!["title".into()], ..request("va") }), ["valley"]);
    assert_eq!(texts(&AutocompleteRequest { top: 2, ..request("r") }), ["reel", "renard"]);
    assert_eq!(texts(&request("vilt")), Vec::<String>::new());
    assert_eq!(texts(&AutocompleteRequest { fuzzy: true, ..request("vilt") }), ["volt"]);
    let context = AutocompleteRequest { mode: AutocompleteMode::OneTermWithContext, fuzzy: true, ..request("moonlight mirs vale") };
    assert_eq!(completions(&index, &context), [("mira vale".to_owned(), "moonlight mira vale".to_owned())]);
    let tags = Some(("<b>".to_owned(), "</b>".to_owned()));
    let marked = AutocompleteRequest { tags, mode: AutocompleteMode::OneTermWithContext, ..request("looking for oslo se") };
    assert_eq!(completions(&index, &marked), [("oslo seven".to_owned(), "looking for <b>oslo seven</b>".to_owned())]);
}

#[test]
fn a_suggester_may_be_added_to_an_index_with_documents() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    let index = engine.create_index(&definition(&json!([]))).unwrap();
    act(&index, ActionKind::Upload, &songs());
    assert!(index.suggest(&typed("tra")).is_err());
    index.update_definition(&definition(&sg()), None).unwrap();
    check(&index, &typed("tra"), &["s1", "s2"]);
    // Taken away and given again, with a song written in between.
    index.update_definition(&definition(&json!([])), None).unwrap();
    act(&index, ActionKind::Upload, &[json!({"id": "s9", "title": "Tramway"})]);
    assert!(index.suggest(&typed("tra")).is_err());
    index.update_definition(&definition(&sg()), None).unwrap();
    check(&index, &typed("tra"), &["s1", "s2", "s9"]);
    drop((engine, index));
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    check(&engine.index("songs").unwrap(), &typed("tra"), &["s1", "s2", "s9"]);
}

#[test]
fn a_letter_alone_is_answered_from_the_most_frequent_words() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    let index = engine.create_index(&definition(&sg())).unwrap();
    let many: Vec<Value> = (0..3000).map(|i| json!({"id": format!("d{i}"), "title": format!("a{i} song"), "year": i})).collect();
    act(&index, ActionKind::Upload, &many);
    assert_eq!(index.suggest(&SuggestRequest { top: 100, ..typed("a") }).unwrap().len(), 100);
    // With a condition every word counts.
    let filter = Some(parse_filter("year eq 2999").unwrap());
    check(&index, &SuggestRequest { filter, ..typed("a") }, &["d2999"]);
    check(&index, &typed("song a2999"), &["d2999"]);
}
