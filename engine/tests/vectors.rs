//! Vectors of an index over its life, and searches by vectors alone and together with a text, against a plain loop.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tutti_engine::index::BulkOptions;
use tutti_engine::query::{parse_filter, parse_lucene};
use tutti_engine::search::{FacetKind, FacetOrder, FacetRequest, SearchRequest, SearchResponse, VectorFilter, VectorQuery};
use tutti_engine::{Access, Action, ActionKind, Engine, Error, Index};
use tutti_index_schema::IndexDefinition;

const METRICS: [&str; 3] = ["cosine", "euclidean", "dotProduct"];

fn definition(metric: &str) -> IndexDefinition {
    let vector = |name: &str, profile: &str| json!({"name": name, "type": "Collection(Edm.Single)", "dimensions": 4, "vectorSearchProfile": profile});
    IndexDefinition::from_value(&json!({
        "name": "songs",
        "fields": [
            {"name": "id", "type": "Edm.String", "key": true, "sortable": true},
            {"name": "title", "type": "Edm.String"},
            {"name": "year", "type": "Edm.Int32"},
            vector("taste", "usual"),
            {"name": "sound", "type": "Edm.ComplexType", "fields": [vector("shape", "all")]},
        ],
        "vectorSearch": {
            "algorithms": [
                {"name": "h", "kind": "hnsw", "hnswParameters": {"metric": metric}},
                {"name": "e", "kind": "exhaustiveKnn", "exhaustiveKnnParameters": {"metric": metric}},
            ],
            "profiles": [{"name": "usual", "algorithm": "h"}, {"name": "all", "algorithm": "e"}],
        },
    }))
    .unwrap()
}

/// Numbers from -1 to 1, the same on every run; also whole numbers.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, bound: usize) -> usize {
        self.bits() as usize % bound
    }

    fn vector(&mut self) -> Vec<f32> {
        (0..4).map(|_| self.below(2001) as f32 / 1000.0 - 1.0).collect()
    }

    fn song(&mut self, id: usize) -> Value {
        let words = ["love", "night", "train", "river"];
        let mut song = json!({"id": format!("s{id}"), "title": words[self.below(4)], "year": 1980 + self.below(40)});
        // Some have no vector, in one of the ways to have none.
        match self.below(8) {
            0 => {}
            1 => song["taste"] = Value::Null,
            _ => song["taste"] = json!(self.vector()),
        }
        if self.below(2) == 0 {
            song["sound"] = json!({"shape": self.vector()});
        }
        song
    }
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(object) = value else { panic!("a document is an object") };
    object
}

fn write(index: &Index, kind: ActionKind, documents: impl IntoIterator<Item = Value>) {
    let batch: Vec<Action> = documents.into_iter().map(|document| Action { kind, document: object(document) }).collect();
    for outcome in index.write(&batch).unwrap() {
        outcome.result.unwrap();
    }
}

fn query(vector: &[f32], k: usize, field: &str) -> VectorQuery {
    VectorQuery { vector: vector.to_vec(), k, fields: vec![field.to_owned()], exhaustive: false, weight: 1.0 }
}

fn by_vectors(vectors: Vec<VectorQuery>) -> SearchRequest {
    SearchRequest { vectors, top: 100, ..SearchRequest::default() }
}

fn similarity(metric: &str, a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    match metric {
        "cosine" => dot(a, b) / (dot(a, a) * dot(b, b)).sqrt(),
        "dotProduct" => dot(a, b),
        _ => -a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>().sqrt(),
    }
}

/// Keys of the nearest documents with scores, by a plain loop.
fn plain(
    documents: &BTreeMap<String, Value>,
    metric: &str,
    pointer: &str,
    vector: &[f32],
    k: usize,
    passes: impl Fn(&Value) -> bool,
) -> Vec<(String, f64)> {
    let numbers = |document: &Value| -> Option<Vec<f32>> {
        document.pointer(pointer)?.as_array()?.iter().map(|number| number.as_f64().map(|number| number as f32)).collect()
    };
    let near = |(key, document): (&String, &Value)| Some((key.clone(), similarity(metric, &numbers(document)?, vector)));
    let mut near: Vec<(String, f64)> = documents.iter().filter(|(_, document)| passes(document)).filter_map(near).collect();
    near.sort_by(|a, b| b.1.total_cmp(&a.1));
    near.truncate(k);
    let score = |similarity: f64| match metric {
        "euclidean" => 1.0 / (1.0 - similarity),
        "dotProduct" if similarity > 1.0 => similarity,
        _ => 1.0 / (2.0 - similarity),
    };
    near.into_iter().map(|(key, similarity)| (key, score(similarity))).collect()
}

#[track_caller]
fn same(found: &SearchResponse, wanted: &[(String, f64)]) {
    assert_eq!(found.total, Some(wanted.len() as u64));
    assert_eq!(found.hits.len(), wanted.len());
    for (hit, (key, score)) in found.hits.iter().zip(wanted) {
        assert!((f64::from(hit.score) - score).abs() < 1e-4, "{} {} {key} {score}", hit.key, hit.score);
    }
    // Equally near documents may come in any order: without scores that are equal the keys are the same.
    let apart = wanted.windows(2).all(|pair| (pair[0].1 - pair[1].1).abs() > 1e-4);
    if apart {
        assert_eq!(found.hits.iter().map(|hit| &hit.key).collect::<Vec<_>>(), wanted.iter().map(|(key, _)| key).collect::<Vec<_>>());
    }
}

fn files(folder: &Path) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            count += files(&path);
        } else if path.extension().is_some_and(|extension| extension == "vectors") {
            count += 1;
        }
    }
    count
}

#[test]
fn nearest_documents_through_changes_restarts_and_lost_files() {
    for (seed, metric) in METRICS.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let mut engine = Engine::open(folder.path(), Access::Write).unwrap();
        let mut index: Arc<Index> = engine.create_index(&definition(metric)).unwrap();
        let mut random = Random(seed as u64 + 1);
        let mut documents: BTreeMap<String, Value> = BTreeMap::new();
        for round in 0..25 {
            for _ in 0..40 {
                let song = random.song(random_id(&documents, round));
                documents.insert(song["id"].as_str().unwrap().to_owned(), song.clone());
                write(&index, ActionKind::Upload, [song]);
            }
            let gone: Vec<String> = documents.keys().filter(|_| random.below(12) == 0).cloned().collect();
            write(&index, ActionKind::Delete, gone.iter().map(|key| json!({"id": key})));
            documents.retain(|key, _| !gone.contains(key));
            if let Some(key) = documents.keys().next().cloned() {
                let taste = json!(random.vector());
                write(&index, ActionKind::Merge, [json!({"id": key, "taste": taste})]);
                documents.get_mut(&key).unwrap()["taste"] = taste;
            }
            index.refresh().unwrap();
            if round % 8 == 7 {
                drop(index);
                drop(engine);
                if round == 15 {
                    damage_or_remove(folder.path());
                }
                engine = Engine::open(folder.path(), Access::Write).unwrap();
                index = engine.index("songs").unwrap();
            }
            let vector = random.vector();
            for (field, pointer) in [("taste", "/taste"), ("sound/shape", "/sound/shape")] {
                for k in [1, 7, 2000] {
                    let mut request = by_vectors(vec![query(&vector, k, field)]);
                    request.top = 2000;
                    same(&index.search(&request).unwrap(), &plain(&documents, metric, pointer, &vector, k, |_| true));
                    let late = |document: &Value| document["year"].as_i64() > Some(2010);
                    request.filter = Some(parse_filter("year gt 2010").unwrap());
                    same(&index.search(&request).unwrap(), &plain(&documents, metric, pointer, &vector, k, late));
                    request.vector_filter = VectorFilter::Post;
                    let mut after = plain(&documents, metric, pointer, &vector, k, |_| true);
                    after.retain(|(key, _)| late(&documents[key]));
                    same(&index.search(&request).unwrap(), &after);
                }
            }
        }
        // Two fields, and no more segments than a merge policy leaves.
        assert!(files(folder.path()) <= 40, "{} files of vectors", files(folder.path()));
    }
}

/// A key that is new more often than not.
fn random_id(documents: &BTreeMap<String, Value>, round: usize) -> usize {
    documents.len() + round * 13 - documents.len() % 3
}

fn damage_or_remove(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            damage_or_remove(&path);
        } else if path.extension().is_some_and(|extension| extension == "vectors") {
            match path.to_str().map(str::len).unwrap_or_default() % 2 {
                0 => std::fs::remove_file(&path).unwrap(),
                _ => std::fs::write(&path, b"not vectors").unwrap(),
            }
        }
    }
}

#[test]
fn a_bulk_build_finds_nearly_all_of_many() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    let mut random = Random(9);
    let mut build = engine.build_index(&definition("cosine"), &BulkOptions::default()).unwrap();
    let songs: Vec<Value> = (0..14_000).map(|id| random.song(id)).collect();
    let rows: Vec<String> = songs.iter().map(ToString::to_string).collect();
    assert!(build.add_sources(&rows).unwrap().is_empty());
    build.finish().unwrap();
    assert_eq!(files(folder.path()), 2);
    let index = engine.index("songs").unwrap();
    assert!(index.vector_bytes().unwrap() > 14_000 * 4 * 4);
    let documents: BTreeMap<String, Value> = songs.into_iter().map(|song| (song["id"].as_str().unwrap().to_owned(), song)).collect();
    let (mut right, mut all) = (0, 0);
    for _ in 0..50 {
        let vector = random.vector();
        let wanted = plain(&documents, "cosine", "/taste", &vector, 10, |_| true);
        let mut request = by_vectors(vec![query(&vector, 10, "taste")]);
        let found = index.search(&request).unwrap();
        right += found.hits.iter().filter(|hit| f64::from(hit.score) >= wanted[9].1 - 1e-6).count();
        all += 10;
        request.vectors[0].exhaustive = true;
        same(&index.search(&request).unwrap(), &wanted);
    }
    assert!(right * 100 >= all * 98, "{right} of {all}");
}

/// Six songs; the vectors of two numbers, the other two 0.
fn few() -> (tempfile::TempDir, Engine, Arc<Index>) {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    let index = engine.create_index(&definition("cosine")).unwrap();
    let song = |id: &str, title: &str, year: u32, taste: [f32; 2]| json!({"id": id, "title": title, "year": year, "taste": [taste[0], taste[1], 0.0, 0.0]});
    let songs = [
        song("a", "love", 1990, [1.0, 0.0]),
        song("b", "love love river", 1991, [0.8, 0.6]),
        song("c", "night", 1992, [0.6, 0.8]),
        song("d", "river", 1993, [0.0, 1.0]),
        song("e", "train", 1994, [-1.0, 0.0]),
        json!({"id": "f", "title": "love night", "year": 1995}),
    ];
    // Two segments.
    for part in songs.chunks(3) {
        write(&index, ActionKind::Upload, part.to_vec());
        index.refresh().unwrap();
    }
    (folder, engine, index)
}

fn hits(response: &SearchResponse) -> Vec<(&str, f32)> {
    response.hits.iter().map(|hit| (hit.key.as_str(), (hit.score * 1e5).round() / 1e5)).collect()
}

#[test]
fn lists_are_fused_by_rank() {
    let (_folder, _engine, index) = few();
    let rank = |rank: f32| ((1.0 / (60.0 + rank)) * 1e5).round() / 1e5;
    // `a` is first and `f` has no vector; the text ranks b, then a, then f.
    let request = SearchRequest {
        query: Some(parse_lucene("love").unwrap()),
        explain: true,
        ..by_vectors(vec![query(&[1.0, 0.0, 0.0, 0.0], 2, "taste")])
    };
    let response = index.search(&request).unwrap();
    let text = index.search(&SearchRequest { vectors: Vec::new(), ..request.clone() }).unwrap();
    let order: Vec<&str> = text.hits.iter().map(|hit| hit.key.as_str()).collect();
    let of_text = |key: &str| order.iter().position(|other| *other == key).map_or(0.0, |at| 1.0 / (60.0 + at as f32));
    let of_vector = |key: &str| ["a", "b"].iter().position(|other| *other == key).map_or(0.0, |at| 1.0 / (60.0 + at as f32));
    for (key, score) in hits(&response) {
        assert!((score - of_text(key) - of_vector(key)).abs() < 2e-5, "{key} {score}");
    }
    assert_eq!(response.total, Some(3));
    let explanation = response.hits[0].explanation.clone().unwrap();
    assert_eq!((explanation.value, explanation.details.len()), (response.hits[0].score, 2));

    // Weights, two vectors, no text: `d` and `a` are each first in one list.
    let mut two = by_vectors(vec![query(&[1.0, 0.0, 0.0, 0.0], 1, "taste"), query(&[0.0, 1.0, 0.0, 0.0], 1, "taste")]);
    two.vectors[1].weight = 2.0;
    assert_eq!(hits(&index.search(&two).unwrap()), [("d", ((2.0f32 / 60.0) * 1e5).round() / 1e5), ("a", rank(0.0))]);

    // A filter holds for the text as for the vector.
    let filtered = SearchRequest { filter: Some(parse_filter("year ge 1991").unwrap()), ..request.clone() };
    let keys: Vec<_> = index.search(&filtered).unwrap().hits.into_iter().map(|hit| hit.key).collect();
    assert!(keys.contains(&"b".to_owned()) && keys.contains(&"f".to_owned()) && !keys.contains(&"a".to_owned()));
}

#[test]
fn counts_facets_pages_and_order() {
    let (_folder, _engine, index) = few();
    let request = SearchRequest {
        query: Some(parse_lucene("river").unwrap()),
        facets: vec![FacetRequest {
            field: "year".into(),
            kind: FacetKind::Values { count: 10, order: FacetOrder::ValueAscending, include: None, exclude: None },
        }],
        ..by_vectors(vec![query(&[1.0, 0.0, 0.0, 0.0], 3, "taste")])
    };
    let all = index.search(&request).unwrap();
    assert_eq!((all.total, all.facets[0].buckets.len()), (Some(4), 4));
    // The same, a page at a time, by skipping and by cursor.
    let (mut skipped, mut followed, mut cursor) = (Vec::new(), Vec::new(), None);
    for skip in 0..5 {
        let page = index.search(&SearchRequest { skip, top: 1, ..request.clone() }).unwrap();
        skipped.extend(page.hits.into_iter().map(|hit| hit.key));
        if skip == 0 || cursor.is_some() {
            let page = index.search(&SearchRequest { cursor, top: 1, ..request.clone() }).unwrap();
            followed.extend(page.hits.into_iter().map(|hit| hit.key));
            cursor = page.next;
        }
    }
    let keys: Vec<_> = all.hits.into_iter().map(|hit| hit.key).collect();
    assert_eq!((&skipped, &followed), (&keys, &keys));
    let by_year = SearchRequest {
        sort: vec![tutti_engine::search::SortKey { by: tutti_engine::search::SortBy::Field("year".into()), descending: true }],
        ..request
    };
    let keys: Vec<_> = index.search(&by_year).unwrap().hits.into_iter().map(|hit| hit.key).collect();
    assert_eq!(keys, ["d", "c", "b", "a"]);
}

#[test]
fn what_cannot_be_searched_is_said() {
    let (_folder, _engine, index) = few();
    let good = query(&[1.0, 0.0, 0.0, 0.0], 3, "taste");
    let check = |change: &dyn Fn(&mut VectorQuery), expected: &str| {
        let mut query = good.clone();
        change(&mut query);
        let error = index.search(&by_vectors(vec![query])).unwrap_err();
        assert!(error.is_callers_fault() && error.to_string().contains(expected), "{error}");
    };
    check(&|query| query.vector.truncate(2), "has 2 numbers, those of field `taste` have 4");
    check(&|query| query.vector[1] = f32::NAN, "not finite");
    check(&|query| query.k = 0, "between 1 and 10000");
    check(&|query| query.k = usize::MAX, "between 1 and 10000");
    check(&|query| query.weight = 0.0, "more than 0");
    check(&|query| query.fields = vec![], "names no field");
    check(&|query| query.fields = vec!["taste".into(), "taste".into()], "twice");
    check(&|query| query.fields = vec!["title".into()], "not a field of vectors");
    check(&|query| query.fields = vec!["tasty".into()], "did you mean `taste`");
    assert!(matches!(index.search(&by_vectors(vec![good; 11])), Err(Error::BadRequest(_))));
}

#[test]
fn a_field_of_vectors_is_added_and_changes_how_it_compares() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path(), Access::Write).unwrap();
    let mut before = definition("cosine").to_json();
    before["fields"].as_array_mut().unwrap().remove(3);
    let index = engine.create_index(&IndexDefinition::from_value(&before).unwrap()).unwrap();
    write(&index, ActionKind::Upload, [json!({"id": "a", "title": "old"})]);
    index.refresh().unwrap();
    index.update_definition(&definition("cosine"), None).unwrap();
    let find = || {
        hits(&index.search(&by_vectors(vec![query(&[2.0, 0.0, 0.0, 0.0], 9, "taste")])).unwrap())
            .into_iter()
            .map(|(key, score)| (key.to_owned(), score))
            .collect::<Vec<_>>()
    };
    assert!(find().is_empty());
    write(&index, ActionKind::Merge, [json!({"id": "a", "taste": [1, 0, 0, 0]})]);
    index.refresh().unwrap();
    assert_eq!(find(), [("a".to_owned(), 1.0)]);
    index.update_definition(&definition("euclidean"), None).unwrap();
    assert_eq!(find(), [("a".to_owned(), 0.5)]);
}
