//! An index over its life: fields added, rebuilt, reopened, read while written.

use serde_json::{Map, Value, json};
use tutti_engine::index::{BulkOptions, Done};
use tutti_engine::query::{parse_filter, parse_lucene};
use tutti_engine::search::{FacetKind, FacetOrder, FacetRequest, SearchRequest, SortBy, SortKey};
use tutti_engine::{Access, Action, ActionKind, Engine, Index};
use tutti_index_schema::IndexDefinition;

fn definition(fields: &[&str]) -> IndexDefinition {
    let mut list = vec![json!({"name": "id", "type": "Edm.String", "key": true})];
    list.extend(fields.iter().map(|field| {
        let (name, kind) = field.split_once(':').unwrap();
        json!({"name": name, "type": kind})
    }));
    IndexDefinition::from_value(&json!({"name": "things", "fields": list})).unwrap()
}

fn document(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("a document is an object") };
    map
}

fn upload(index: &Index, documents: &[Value]) {
    let batch: Vec<Action> = documents.iter().map(|value| Action { kind: ActionKind::Upload, document: document(value.clone()) }).collect();
    for outcome in index.write(&batch).unwrap() {
        outcome.result.unwrap();
    }
    index.refresh().unwrap();
}

#[track_caller]
fn keys(index: &Index, query: &str, filter: &str) -> Vec<String> {
    let request = SearchRequest {
        query: (!query.is_empty()).then(|| parse_lucene(query).unwrap()),
        filter: (!filter.is_empty()).then(|| parse_filter(filter).unwrap()),
        sort: vec![SortKey { by: SortBy::Field("id".into()), descending: false }],
        ..SearchRequest::default()
    };
    index.search(&request).unwrap().hits.into_iter().map(|hit| hit.key).collect()
}

#[test]
fn fields_are_added_without_a_rebuild_and_beyond_the_spare_ones_with() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    let index = engine.create_index(&definition(&["title:Edm.String"])).unwrap();
    upload(&index, &[json!({"id": "a", "title": "one"}), json!({"id": "b", "title": "two"})]);

    let size = index.size().unwrap();
    index.update_definition(&definition(&["title:Edm.String", "place:Edm.String", "year:Edm.Int32"]), None).unwrap();
    assert!(index.size().unwrap().abs_diff(size) < 4096, "nothing was rebuilt");
    upload(&index, &[json!({"id": "c", "title": "three", "place": "here", "year": 1999})]);
    assert_eq!(keys(&index, "title:one OR place:here", ""), ["a", "c"]);
    assert_eq!(keys(&index, "", "year eq 1999"), ["c"]);
    assert_eq!(keys(&index, "", "year ne 1999"), ["a", "b"]);
    assert_eq!(keys(&index, "", "year eq null"), ["a", "b"]);

    // Twelve more texts are more than the spare slots hold.
    let names: Vec<String> = (0..12).map(|i| format!("t{i}:Edm.String")).collect();
    let all: Vec<&str> =
        ["title:Edm.String", "place:Edm.String", "year:Edm.Int32"].into_iter().chain(names.iter().map(String::as_str)).collect();
    index.update_definition(&definition(&all), None).unwrap();
    upload(&index, &[json!({"id": "d", "t11": "last"})]);
    assert_eq!(keys(&index, "t11:last OR title:two OR place:here", ""), ["b", "c", "d"]);

    // Removing or retyping a field is refused.
    assert!(index.update_definition(&definition(&["title:Edm.String"]), None).is_err());
    drop(index);
    drop(engine);
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    assert_eq!(keys(&engine.index("things").unwrap(), "t11:last OR title:two OR place:here", ""), ["b", "c", "d"]);
}

#[test]
fn merges_see_what_the_batch_wrote_before() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    let index = engine.create_index(&definition(&["title:Edm.String", "year:Edm.Int32"])).unwrap();
    let action = |kind, value| Action { kind, document: document(value) };
    let outcomes = index
        .write(&[
            action(ActionKind::Upload, json!({"id": "a", "title": "one"})),
            action(ActionKind::Merge, json!({"id": "a", "year": 2000})),
            action(ActionKind::Merge, json!({"id": "b", "year": 2000})),
            action(ActionKind::Delete, json!({"id": "a"})),
            action(ActionKind::Merge, json!({"id": "a", "year": 1})),
            action(ActionKind::MergeOrUpload, json!({"id": "a", "year": 2001})),
        ])
        .unwrap();
    let done: Vec<_> = outcomes.iter().map(|outcome| outcome.result.clone().ok()).collect();
    assert_eq!(done, [Some(Done::Created), Some(Done::Updated), None, Some(Done::Deleted), None, Some(Done::Created)]);
    assert_eq!(index.get("a").unwrap(), Some(document(json!({"id": "a", "year": 2001}))));
    assert_eq!(index.count(), 0, "not visible before a refresh");
    index.refresh().unwrap();
    assert_eq!(keys(&index, "", "year eq 2001"), ["a"]);
}

#[test]
fn several_segments_and_deletions_count_and_page_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    let index = engine.create_index(&definition(&["title:Edm.String", "year:Edm.Int32", "tags:Collection(Edm.String)"])).unwrap();
    for segment in 0..5 {
        let documents: Vec<Value> = (0..40)
            .map(|i| json!({"id": format!("{segment}-{i:02}"), "title": format!("song {}", i % 4), "year": 1990 + i % 10, "tags": ["x", if i % 2 == 0 { "even" } else { "odd" }]}))
            .collect();
        upload(&index, &documents);
    }
    let batch: Vec<Action> =
        (0..40).step_by(4).map(|i| Action { kind: ActionKind::Delete, document: document(json!({"id": format!("2-{i:02}")})) }).collect();
    index.write(&batch).unwrap();
    index.refresh().unwrap();
    let facet = |field: &str| FacetRequest {
        field: field.into(),
        kind: FacetKind::Values { count: 10, order: FacetOrder::ValueAscending, include: None, exclude: None },
    };
    for query in ["song", "title:song AND tags:even", "son*", "\"song 1\"", "song~1 -tags:odd", "*:*", "title:[a TO z]", "/so.g/ OR 3"] {
        for sort in [vec![], vec![SortKey { by: SortBy::Field("year".into()), descending: true }]] {
            let base = SearchRequest {
                query: Some(parse_lucene(query).unwrap()),
                top: 1000,
                sort,
                facets: vec![facet("tags")],
                ..SearchRequest::default()
            };
            let whole = index.search(&base).unwrap();
            assert_eq!(whole.total, Some(whole.hits.len() as u64), "{query}");
            let without_facets = index.search(&SearchRequest { facets: Vec::new(), ..base.clone() }).unwrap();
            let key_list =
                |response: &tutti_engine::search::SearchResponse| response.hits.iter().map(|hit| hit.key.clone()).collect::<Vec<_>>();
            assert_eq!(key_list(&whole), key_list(&without_facets), "{query}: one pass and two agree");
            assert_eq!(without_facets.total, whole.total, "{query}");
            let mut paged = Vec::new();
            let mut cursor = None;
            loop {
                let page = index.search(&SearchRequest { top: 9, cursor, ..base.clone() }).unwrap();
                paged.extend(key_list(&page));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(paged, key_list(&whole), "{query}: pages are the whole");
            let in_skips: Vec<_> = (0..whole.hits.len())
                .step_by(7)
                .flat_map(|skip| key_list(&index.search(&SearchRequest { top: 7, skip, ..base.clone() }).unwrap()))
                .collect();
            assert_eq!(in_skips, key_list(&whole), "{query}: skips are the whole");
        }
    }
    let all = index.search(&SearchRequest { facets: vec![facet("tags"), facet("year")], top: 0, ..SearchRequest::default() }).unwrap();
    assert_eq!(all.total, Some(190));
    assert_eq!(all.facets[0].buckets.iter().map(|bucket| bucket.count).collect::<Vec<_>>(), [90, 100, 190]);
    assert_eq!(all.facets[1].buckets.iter().map(|bucket| bucket.count).sum::<u64>(), 190);
}

#[test]
fn a_bulk_build_replaces_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    let index = engine.create_index(&definition(&["title:Edm.String"])).unwrap();
    upload(&index, &[json!({"id": "old", "title": "one"})]);
    let mut build =
        engine.build_index(&definition(&["title:Edm.String"]), &BulkOptions { threads: 1, memory: 16 << 20, merge: true }).unwrap();
    let rejected = build.add_sources(&[r#"{"id":"new","title":"one"}"#, r#"{"id":"new","title":"again"}"#, "nonsense"]).unwrap();
    assert_eq!(rejected.iter().map(|row| row.row).collect::<Vec<_>>(), [1, 2]);
    assert!(engine.build_index(&definition(&["title:Edm.String"]), &BulkOptions::default()).is_err(), "one build at a time");
    assert_eq!(keys(&index, "one", ""), ["old"], "served until the swap");
    upload(&index, &[json!({"id": "meanwhile", "title": "one"})]);
    assert_eq!(build.finish().unwrap().documents, 1);
    assert!(index.refresh().unwrap());
    assert_eq!(keys(&index, "one", ""), ["meanwhile", "new"], "what was written during the build is kept");
}
