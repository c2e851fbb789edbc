//! Synonym maps: kept by the engine, named by fields, applied to the words and phrases of searches.

use std::sync::Arc;

use serde_json::{Value, json};
use tutti_engine::query::ast::{Query, SearchMode};
use tutti_engine::query::{parse_filter, parse_lucene, parse_simple};
use tutti_engine::search::{AutocompleteRequest, HighlightRequest, SearchRequest, SuggestRequest};
use tutti_engine::{Access, Action, ActionKind, Engine, Error, Index};
use tutti_index_schema::IndexDefinition;

fn definition(map: &str) -> IndexDefinition {
    let maps = if map.is_empty() { json!([]) } else { json!([map]) };
    IndexDefinition::from_value(&json!({
        "name": "things",
        "fields": [
            {"name": "id", "type": "Edm.String", "key": true},
            {"name": "t", "type": "Edm.String", "synonymMaps": maps},
            {"name": "e", "type": "Edm.String", "analyzer": "en.lucene", "synonymMaps": maps},
            {"name": "u", "type": "Edm.String"},
        ],
        "suggesters": [{"name": "sg", "searchMode": "analyzingInfixMatching", "sourceFields": ["t"]}],
    }))
    .unwrap()
}

struct Things {
    engine: Engine,
    index: Arc<Index>,
    folder: tempfile::TempDir,
}

fn things(rules: &str) -> Things {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    engine.put_synonym_map("syn", rules).unwrap();
    let index = engine.create_index(&definition("syn")).unwrap();
    let documents = [
        json!({"id": "1", "t": "a fine tune"}),
        json!({"id": "2", "t": "a piece of music"}),
        json!({"id": "3", "u": "tune"}),
        json!({"id": "4", "t": "washington"}),
        json!({"id": "5", "t": "wa"}),
        json!({"id": "6", "t": "music and a piece"}),
        json!({"id": "7", "e": "dancing rivers"}),
        json!({"id": "8", "e": "flowing stream"}),
        json!({"id": "9", "u": "new york"}),
        json!({"id": "10", "t": "nyc"}),
        json!({"id": "11", "t": "a very fine song"}),
    ];
    let act = |value: &Value| Action { kind: ActionKind::Upload, document: value.as_object().unwrap().clone() };
    index.write(&documents.iter().map(act).collect::<Vec<_>>()).unwrap();
    index.refresh().unwrap();
    Things { engine, index, folder }
}

const RULES: &str = "# what songs are called\nsong, tune, piece of music\nwa => washington\nNew York, nyc\nriver, stream";

fn found(index: &Index, query: Query, mode: SearchMode) -> Vec<String> {
    let request = SearchRequest { query: Some(query), mode, top: 100, ..SearchRequest::default() };
    let mut keys: Vec<String> = index.search(&request).unwrap().hits.into_iter().map(|hit| hit.key).collect();
    keys.sort_by_key(|key| key.parse::<u32>().unwrap());
    keys
}

#[track_caller]
fn check(things: &Things, query: &str, expected: &[&str]) {
    assert_eq!(found(&things.index, parse_lucene(query).unwrap(), SearchMode::Any), expected, "{query}");
}

#[track_caller]
fn check_all(things: &Things, query: &str, expected: &[&str]) {
    assert_eq!(found(&things.index, parse_lucene(query).unwrap(), SearchMode::All), expected, "{query}, all");
    assert_eq!(found(&things.index, parse_simple(query).unwrap(), SearchMode::All), expected, "{query}, simple, all");
}

#[test]
fn words_stand_for_their_synonyms_in_fields_that_name_the_map() {
    let things = things(RULES);
    check(&things, "song", &["1", "2", "11"]);
    check(&things, "SONG", &["1", "2", "11"]);
    check(&things, "tune", &["1", "2", "3", "11"]);
    check(&things, "t:tune", &["1", "2", "11"]);
    check(&things, "u:song", &[]);
    // An explicit rule replaces, and works in one direction.
    check(&things, "wa", &["4"]);
    check(&things, "washington", &["4"]);
    check(&things, "u:wa t:wa", &["4"]);
    // The field's analyzer sees both sides: rivers is river.
    check(&things, "e:rivers", &["7", "8"]);
    check(&things, "e:streams", &["7", "8"]);
    check(&things, "fine -song", &[]);
    check(&things, "+fine +piece", &[]);
}

#[test]
fn several_words_match_as_phrases_in_quotes_and_side_by_side() {
    let things = things(RULES);
    check(&things, "\"piece of music\"", &["1", "2", "11"]);
    check(&things, "\"new york\"", &["9", "10"]);
    check(&things, "nyc", &["10"]);
    // Within a longer phrase too.
    check(&things, "\"fine song\"", &["1", "11"]);
    check(&things, "\"a piece of music\"", &["2"]);
    check(&things, "\"fine piece of music\"", &["1", "11"]);
    check(&things, "\"very fine tune\"", &["11"]);
    check(&things, "\"very tune\"~1", &["11"]);
    check_all(&things, "piece of music", &["1", "2", "11"]);
    check_all(&things, "new york", &["9", "10"]);
    check_all(&things, "fine piece of music", &["1", "11"]);
    check_all(&things, "music of piece", &["2"]);
    check(&things, "piece of music", &["1", "2", "6", "11"]);
}

#[test]
fn patterns_filters_suggestions_and_completions_take_words_as_written() {
    let things = things(RULES);
    check(&things, "son*", &["11"]);
    check(&things, "s?ng", &["11"]);
    check(&things, "song~", &["11"]);
    check(&things, "/song/", &["11"]);
    let filter = Some(parse_filter("search.ismatch('song')").unwrap());
    let hits = things.index.search(&SearchRequest { filter, ..SearchRequest::default() }).unwrap().hits;
    assert_eq!(hits.len(), 1);
    let suggest = SuggestRequest { text: "song".into(), suggester: "sg".into(), ..SuggestRequest::default() };
    assert_eq!(things.index.suggest(&suggest).unwrap().len(), 1);
    let complete = AutocompleteRequest { text: "wa".into(), suggester: "sg".into(), ..AutocompleteRequest::default() };
    assert_eq!(things.index.autocomplete(&complete).unwrap().len(), 2);
}

#[test]
fn synonyms_are_highlighted() {
    let things = things(RULES);
    let highlight = HighlightRequest { fields: vec![("t".into(), 5)], pre_tag: "<b>".into(), post_tag: "</b>".into(), fragment_chars: 0 };
    let request = SearchRequest { query: Some(parse_lucene("song").unwrap()), highlight: Some(highlight), ..SearchRequest::default() };
    let mut marked: Vec<String> = things.index.search(&request).unwrap().hits.iter().map(|hit| hit.highlights[0].1[0].clone()).collect();
    marked.sort_unstable();
    assert_eq!(marked, ["a <b>piece</b> <b>of</b> <b>music</b>", "a fine <b>tune</b>", "a very fine <b>song</b>"]);
}

#[test]
fn a_changed_map_works_at_the_next_search_and_a_deleted_one_is_missed() {
    let things = things(RULES);
    check(&things, "song", &["1", "2", "11"]);
    things.engine.put_synonym_map("syn", "song, washington").unwrap();
    check(&things, "song", &["4", "11"]);
    things.engine.put_synonym_map("syn", "song, washingtox").unwrap();
    check(&things, "song", &["11"]);
    things.engine.delete_synonym_map("syn").unwrap();
    let search =
        |query: &str| things.index.search(&SearchRequest { query: Some(parse_lucene(query).unwrap()), ..SearchRequest::default() });
    let error = search("song").unwrap_err();
    assert!(matches!(&error, Error::NoSuchSynonymMap(name) if name == "syn") && error.is_callers_fault(), "{error}");
    assert!(search("\"a song\"").is_err());
    assert!(search("new song").is_err());
    assert_eq!(search("u:tune").unwrap().hits.len(), 1);
    assert_eq!(search("*:*").unwrap().hits.len(), 10);
    things.engine.put_synonym_map("syn", "song, tune").unwrap();
    check(&things, "song", &["1", "11"]);
}

#[test]
fn maps_are_kept_listed_and_removed() {
    let things = things(RULES);
    let made = things.engine.synonym_map("syn").unwrap();
    assert_eq!((made.name.as_str(), made.text.as_str(), made.map.rules.len()), ("syn", RULES, 4));
    let again = things.engine.put_synonym_map("syn", RULES).unwrap();
    assert_eq!((made.revision, again.revision), (1, 2));
    assert_ne!(made.etag(), again.etag());
    things.engine.put_synonym_map("other_map", "a, b").unwrap();
    assert_eq!(things.engine.synonym_map_names().unwrap(), ["other_map", "syn"]);

    // Another process sees what is there, and what comes later.
    let reader = Engine::open(things.folder.path(), Access::Read).unwrap();
    assert_eq!(*reader.synonym_map("syn").unwrap(), *again);
    things.engine.put_synonym_map("syn", "x, y, z").unwrap();
    assert_eq!(reader.synonym_map("syn").unwrap().text, "x, y, z");
    assert!(reader.put_synonym_map("syn", "a, b").is_err());
    assert!(reader.delete_synonym_map("syn").is_err());

    things.engine.delete_synonym_map("other_map").unwrap();
    assert_eq!(reader.synonym_map_names().unwrap(), ["syn"]);
    for name in ["other_map", "nosuch", "../syn", "", "a/b"] {
        assert!(matches!(things.engine.synonym_map(name), Err(Error::NoSuchSynonymMap(_))), "{name}");
        assert!(matches!(things.engine.delete_synonym_map(name), Err(Error::NoSuchSynonymMap(_))), "{name}");
    }
}

#[test]
fn mistakes_in_maps_and_definitions_are_the_callers() {
    let things = things(RULES);
    for (name, rules) in [("syn", "a, "), ("syn", "a, , b"), ("../x", "a, b"), ("Upper", "a, b"), ("syn", "a => b => c")] {
        let error = things.engine.put_synonym_map(name, rules).unwrap_err();
        assert!(error.is_callers_fault(), "{error}");
    }
    let error = things.engine.put_synonym_map("syn", "a, b\nc, , d").unwrap_err();
    assert!(error.to_string().contains("line 2, column 3"), "{error}");
    assert_eq!(things.engine.synonym_map("syn").unwrap().text, RULES, "the old map stays");
    // A rule of one term is none's mistake.
    things.engine.put_synonym_map("alone", "alone\na, b").unwrap();
    let mut unknown = definition("nosuch");
    let error = things.index.update_definition(&unknown, None).unwrap_err();
    assert!(error.is_callers_fault() && error.to_string().contains("`nosuch`"), "{error}");
    unknown.name = "more".into();
    assert!(things.engine.create_index(&unknown).map(|_| ()).unwrap_err().is_callers_fault());
    assert_eq!(things.engine.index_names().unwrap(), ["things"]);
    // A map may be taken away from a field and given back.
    things.index.update_definition(&definition(""), None).unwrap();
    check(&things, "song", &["11"]);
    things.index.update_definition(&definition("syn"), None).unwrap();
    check(&things, "song", &["1", "2", "11"]);
}
