use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::definition::*;

#[track_caller]
fn check(definition: &Value, expected: &Expect) {
    let text = match IndexDefinition::from_value(definition) {
        Ok(_) => "ok\n".to_owned(),
        Err(errors) => format!("{errors}\n"),
    };
    expected.assert_eq(&text);
}

/// A definition of a key and these fields.
fn with(fields: &Value) -> Value {
    let mut all = vec![json!({"name": "id", "type": "Edm.String", "key": true})];
    all.extend(fields.as_array().unwrap().iter().cloned());
    json!({"name": "things", "fields": all})
}

#[test]
fn defaults_are_azures() {
    let definition = IndexDefinition::from_value(&with(&json!([
        {"name": "text", "type": "Edm.String"},
        {"name": "list", "type": "Collection(Edm.String)"},
        {"name": "n", "type": "Edm.Int32", "searchable": null},
        {"name": "at", "type": "Edm.GeographyPoint"},
        {"name": "parts", "type": "Collection(Edm.ComplexType)", "fields": [{"name": "n", "type": "Edm.Int32"}]}
    ])))
    .unwrap();
    let shown: String = definition
        .flattened()
        .iter()
        .map(|(path, f)| {
            let flags = [(f.searchable, 's'), (f.filterable, 'f'), (f.sortable, 'o'), (f.facetable, 'c'), (f.retrievable, 'r')];
            format!("{path} {}\n", flags.iter().filter(|(set, _)| *set).map(|(_, c)| c).collect::<String>())
        })
        .collect();
    expect![[r#"
        id sfocr
        text sfocr
        list sfcr
        n focr
        at for
        parts r
        parts/n fcr
    "#]]
    .assert_eq(&shown);
}

#[test]
fn not_json_says_where() {
    let error = IndexDefinition::from_json(b"{\"name\": }").unwrap_err().to_string();
    expect!["(document): not valid JSON: expected value at line 1 column 10; correct the text at that line and column"].assert_eq(&error);
    let deep = "[".repeat(1_000_000);
    assert!(IndexDefinition::from_json(deep.as_bytes()).is_err());
    assert!(IndexDefinition::from_json(b"[]").is_err());
}

#[test]
fn names_and_keys() {
    check(
        &json!({"name": "Bad Name", "feilds": [], "fields": [
            {"name": "id", "type": "Edm.Int32", "key": true}, {"name": "ID", "type": "Edm.Strin", "key": true}, {"name": "9x", "type": "Edm.String"},
            {"name": "azureSearchX", "type": "Edm.String", "key": true}, {"type": "Edm.Single"}, 7
        ]}),
        &expect![[r#"
            /feilds: unknown member `feilds`; did you mean `fields`?
            /name: `Bad Name` cannot name an index; use 2 to 128 lower-case letters, digits, `-` or `_`, beginning with a letter or digit, no two dashes or underscores in a row
            /fields/0/type: the key `id` is not Edm.String; make the key's type `Edm.String`
            /fields/1/type: unknown type `Edm.Strin`; did you mean `Edm.String`?
            /fields/2/name: `9x` cannot name a field; use 1 to 128 letters, digits or `_`, beginning with a letter and not with `azureSearch`
            /fields/3/name: `azureSearchX` cannot name a field; use 1 to 128 letters, digits or `_`, beginning with a letter and not with `azureSearch`
            /fields/4/name: `name` is missing; name the field
            /fields/4/type: `Edm.Single` is allowed only in vectors; use `Edm.Double`, or `Collection(Edm.Single)` for a vector
            /fields/5: expected an object, found a number; write an object
            /fields: 2 fields are the key: id, azureSearchX; keep `"key": true` on exactly one
        "#]],
    );
    check(
        &with(&json!([{"name": "Id", "type": "Edm.String"}])),
        &expect![[r#"
        /fields/1/name: there is another field `Id` here (case does not distinguish); give it a name of its own
    "#]],
    );
    check(
        &json!({"name": "things", "fields": []}),
        &expect![[r#"
        /fields: no field is the key; set `"key": true` on one top-level Edm.String field
    "#]],
    );
}

#[test]
fn attributes_that_do_not_suit() {
    check(
        &with(&json!([
            {"name": "n", "type": "Edm.Int32", "searchable": true, "analyzer": "simple"},
            {"name": "l", "type": "Collection(Edm.String)", "sortable": true},
            {"name": "p", "type": "Edm.GeographyPoint", "facetable": "yes"},
            {"name": "t", "type": "Edm.String", "analyzer": "standard.lucen", "searchAnalyzer": "simple"},
            {"name": "u", "type": "Edm.String", "indexAnalyzer": "simple"},
            {"name": "v", "type": "Collection(Edm.Single)", "dimensions": 1, "vectorSearchProfile": "p"},
            {"name": "w", "type": "Collection(Edm.Single)"},
            {"name": "c", "type": "Edm.ComplexType", "filterable": true, "fields": []},
            {"name": "s", "type": "Edm.String", "stored": false},
            {"name": "x", "type": "Collection(Edm.Single)", "dimensions": 2, "vectorSearchProfile": "p", "stored": false},
            {"name": "d", "type": "Collection(Edm.ComplexType)", "fields": [
                {"name": "v", "type": "Collection(Edm.Single)", "dimensions": 2, "vectorSearchProfile": "p"}
            ]}
        ])),
        &expect![[r#"
            /fields/1/searchable: `n` is neither text nor a vector and cannot be searchable; leave `searchable` out or set it to false
            /fields/1/analyzer: only searchable text fields have analyzers; remove `analyzer` or make the field searchable
            /fields/2/sortable: `l` is a collection, within one, a vector or complex and cannot be sortable; leave `sortable` out or set it to false
            /fields/3/facetable: expected true or false, found a string; write true or false
            /fields/4/analyzer: unknown analyzer `standard.lucen`; did you mean `standard.lucene`?
            /fields/4/analyzer: `analyzer` stands beside `indexAnalyzer` or `searchAnalyzer`; keep either `analyzer`, or the other two together
            /fields/5/indexAnalyzer: `indexAnalyzer` without `searchAnalyzer`; add `searchAnalyzer`, or use `analyzer` for both
            /fields/6/dimensions: 1 is not a whole number from 2 to 4096; use 2 to 4096
            /fields/6/vectorSearchProfile: unknown vector profile `p`; declare it in `vectorSearch.profiles`
            /fields/7/dimensions: `dimensions` is missing; give the length of the vectors, 2 to 4096
            /fields/7/vectorSearchProfile: `vectorSearchProfile` is missing; name a profile of `vectorSearch`
            /fields/8/filterable: `c` is a vector or complex and cannot be filterable; leave `filterable` out or set it to false
            /fields/8/fields: the complex field `c` has no parts; declare its parts in `fields`
            /fields/9/stored: `s` is no vector field and is always stored; leave `stored` out
            /fields/10/stored: `x` is retrievable and must be stored; set `retrievable` to false as well
            /fields/10/vectorSearchProfile: unknown vector profile `p`; declare it in `vectorSearch.profiles`
            /fields/11/fields/0/type: the vector field `v` stands inside a collection of complex fields; move it to the top level or into a single complex field: a document has one vector in a field
            /fields/11/fields/0/vectorSearchProfile: unknown vector profile `p`; declare it in `vectorSearch.profiles`
        "#]],
    );
}

#[test]
fn custom_analysis() {
    let mut definition = with(&json!([{"name": "t", "type": "Edm.String", "analyzer": "mine"}]));
    definition["analyzers"] = json!([
        {"@odata.type": "#Microsoft.Azure.Search.CustomAnalyzer", "name": "mine", "tokenizer": "standard_v3", "tokenFilters": ["lowercase", "grams", "nope"]},
        {"@odata.type": "#Microsoft.Azure.Search.CustomAnalyser", "name": "simple", "tokenizer": "keyword_v2"},
        {"@odata.type": "#Microsoft.Azure.Search.PatternAnalyzer", "name": "pat", "flags": "DOTALL|NO", "lowercase": 1}
    ]);
    definition["tokenFilters"] = json!([
        {"@odata.type": "#Microsoft.Azure.Search.NGramTokenFilterV2", "name": "grams", "minGram": 5, "maxGram": 3, "max": 1},
        {"@odata.type": "#Microsoft.Azure.Search.SynonymTokenFilter", "name": "syn", "synonyms": ["a", 4]},
        {"@odata.type": "#Microsoft.Azure.Search.LengthTokenFilter", "name": "len", "min": -1}
    ]);
    check(
        &definition,
        &expect![[r#"
            /tokenFilters/0/max: unknown member `max`; known are name, minGram, maxGram
            /tokenFilters/0/minGram: `minGram` 5 is above `maxGram` 3; raise `maxGram` or lower `minGram`
            /tokenFilters/1/synonyms/1: expected a string, found a number; write a string
            /tokenFilters/2/min: -1 is not a whole number from 0 to 300; use 0 to 300
            /analyzers/0/tokenizer: unknown tokenizer `standard_v3`; did you mean `standard_v2`?
            /analyzers/0/tokenFilters/2: unknown token filter `nope`; known are apostrophe, arabic_normalization, asciifolding, cjk_bigram, cjk_width, classic and 40 others
            /analyzers/1/name: `simple` is predefined; give the custom one a name of its own
            /analyzers/1/@odata.type: unknown type of analyzer `#Microsoft.Azure.Search.CustomAnalyser`; did you mean `#Microsoft.Azure.Search.CustomAnalyzer`?
            /analyzers/2/flags: unknown value `NO`; known are CANON_EQ, CASE_INSENSITIVE, COMMENTS, DOTALL, LITERAL, MULTILINE, UNICODE_CASE, UNIX_LINES
            /analyzers/2/lowercase: expected true or false, found a number; write true or false
        "#]],
    );
}

#[test]
fn suggesters_profiles_and_vectors() {
    let mut definition = with(&json!([
        {"name": "t", "type": "Edm.String"}, {"name": "n", "type": "Edm.Int32", "filterable": false}, {"name": "d", "type": "Edm.DateTimeOffset"}
    ]));
    definition["suggesters"] = json!([{"name": "sg", "sourceFields": ["t", "n", "x"]}, {"name": "sg", "sourceFields": []}]);
    definition["defaultScoringProfile"] = json!("z");
    definition["scoringProfiles"] = json!([
        {"name": "a", "text": {"weights": {"n": 2, "t": 0}}, "functions": [
            {"type": "magnitude", "fieldName": "n", "boost": 1, "magnitude": {"boostingRangeStart": 1}},
            {"type": "freshness", "fieldName": "d", "boost": 2, "freshness": {"boostingDuration": "P1M"}},
            {"type": "distance", "fieldName": "d", "boost": 2, "distance": {"referencePointParameter": "here", "boostingDistance": 3}}
        ]},
        {"name": "a", "functionAggregation": "most"}
    ]);
    definition["vectorSearch"] =
        json!({"algorithms": [{"name": "h", "kind": "hnsw", "hnswParameters": {"m": 40}}], "profiles": [{"name": "p", "algorithm": "x"}]});
    check(
        &definition,
        &expect![[r#"
        /vectorSearch/algorithms/0/hnswParameters/m: 40 is not a whole number from 4 to 10; use 4 to 10
        /vectorSearch/profiles/0/algorithm: unknown algorithm `x`; known are h
        /suggesters/0/sourceFields/1: `n` is not searchable text; use searchable Edm.String or Collection(Edm.String) fields
        /suggesters/0/sourceFields/2: unknown field `x`; known are id, t, n, d
        /suggesters/1: an index has at most one suggester; put all source fields into the first
        /suggesters/1/name: there is another suggester `sg`; give it a name of its own
        /suggesters/1/sourceFields: the suggester has no source fields; list searchable text fields
        /scoringProfiles/0/text/weights/n: `n` is not searchable text; weigh searchable text fields only
        /scoringProfiles/0/text/weights/t: 0 is not a positive number; use a number above 0
        /scoringProfiles/0/functions/0/boost: a boost of 0 or 1 changes nothing; use another factor, such as 2
        /scoringProfiles/0/functions/0/fieldName: `n` is not filterable; functions read filterable fields only
        /scoringProfiles/0/functions/0/magnitude/boostingRangeEnd: `boostingRangeEnd` is missing; give a number
        /scoringProfiles/0/functions/1/freshness/boostingDuration: `P1M` is not a duration; write an ISO 8601 duration of days and less, such as `P30D` or `-PT12H`, not 0
        /scoringProfiles/0/functions/2/fieldName: `d` is Edm.DateTimeOffset; a distance function reads a field of type Edm.GeographyPoint
        /scoringProfiles/1/name: there is another scoring profile `a`; give it a name of its own
        /scoringProfiles/1/functionAggregation: unknown value `most`; known are sum, average, minimum, maximum, firstMatching, product
        /defaultScoringProfile: unknown scoring profile `z`; known are a, a
    "#]],
    );
}

#[test]
fn nesting_ends_at_ten() {
    let mut field = json!({"name": "n", "type": "Edm.Int32"});
    for _ in 0..40 {
        field = json!({"name": "c", "type": "Edm.ComplexType", "fields": [field]});
    }
    check(
        &with(&json!([field])),
        &expect![[r#"
        /fields/1/fields/0/fields/0/fields/0/fields/0/fields/0/fields/0/fields/0/fields/0/fields/0/fields/0: complex fields are nested more than 10 deep; flatten the structure
    "#]],
    );
}

fn simple_field() -> impl Strategy<Value = Value> {
    let types = prop::sample::select(vec![
        "Edm.String",
        "Edm.Int32",
        "Edm.Int64",
        "Edm.Double",
        "Edm.Boolean",
        "Edm.DateTimeOffset",
        "Edm.GeographyPoint",
    ]);
    (types, any::<bool>(), prop::option::of(any::<bool>()), prop::option::of(any::<bool>()), any::<bool>()).prop_map(
        |(edm, collection, filterable, retrievable, analyzed)| {
            let mut field = json!({
                "type": if collection { format!("Collection({edm})") } else { edm.to_owned() }, "filterable": filterable, "retrievable": retrievable
            });
            if analyzed && edm == "Edm.String" {
                field["analyzer"] = json!("mine");
            }
            field
        },
    )
}

fn field() -> impl Strategy<Value = Value> {
    simple_field().prop_recursive(3, 24, 4, |inner| {
        (prop::collection::vec(inner, 1..4), any::<bool>()).prop_map(|(parts, collection)| {
            json!({"type": if collection { "Collection(Edm.ComplexType)" } else { "Edm.ComplexType" }, "fields": named(parts)})
        })
    })
}

fn named(fields: Vec<Value>) -> Vec<Value> {
    let named = |(i, mut field): (usize, Value)| {
        field["name"] = json!(format!("f{i}"));
        field
    };
    fields.into_iter().enumerate().map(named).collect()
}

fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "name",
        "type",
        "Edm.String",
        "fields",
        "key",
        "text",
        "weights",
        "analyzers",
        "functions",
        "P1D",
        "é",
        "a/b~",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        words.clone().prop_map(Value::from)
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        let key = prop::sample::select(vec![
            "name",
            "type",
            "key",
            "fields",
            "analyzer",
            "analyzers",
            "tokenFilters",
            "scoringProfiles",
            "functions",
            "text",
            "weights",
            "magnitude",
            "suggesters",
            "sourceFields",
            "vectorSearch",
            "algorithms",
            "profiles",
            "similarity",
            "@odata.type",
            "synonymMaps",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()))
        ]
    })
}

proptest! {
    #[test]
    fn written_and_read_back_it_is_the_same(
        fields in prop::collection::vec(field(), 0..6),
        (k1, b, boost, seconds) in (0.0..5.0_f64, 0.0..1.0_f64, 1.5..9.0_f64, 1..9_000_000_i64),
        (m, metric) in (4..=10_u32, prop::sample::select(vec!["cosine", "euclidean", "dotProduct"])),
        aggregation in prop::sample::select(vec!["sum", "average", "minimum", "maximum", "firstMatching"]),
    ) {
        let mut value = with(&Value::from(named(fields)));
        value["fields"].as_array_mut().unwrap().extend([
            json!({"name": "at", "type": "Edm.DateTimeOffset"}),
            json!({"name": "title", "type": "Edm.String", "indexAnalyzer": "mine", "searchAnalyzer": "simple", "synonymMaps": ["syn"]}),
            json!({"name": "plain", "type": "Edm.String"}),
            json!({"name": "v", "type": "Collection(Edm.Single)", "dimensions": 64, "vectorSearchProfile": "p"}),
        ]);
        value["analyzers"] = json!([{"@odata.type": "#Microsoft.Azure.Search.CustomAnalyzer", "name": "mine", "tokenizer": "t", "tokenFilters": ["lowercase", "f"]}]);
        value["tokenizers"] = json!([{"@odata.type": "#Microsoft.Azure.Search.ClassicTokenizer", "name": "t", "maxTokenLength": 30}]);
        value["tokenFilters"] = json!([{"@odata.type": "#Microsoft.Azure.Search.EdgeNGramTokenFilterV2", "name": "f", "minGram": 1, "maxGram": m, "side": "back"}]);
        value["suggesters"] = json!([{"name": "sg", "sourceFields": ["plain"]}]);
        value["scoringProfiles"] = json!([{"name": "s", "text": {"weights": {"title": boost}}, "functionAggregation": aggregation, "functions": [
            {"type": "freshness", "fieldName": "at", "boost": boost, "freshness": {"boostingDuration": crate::duration::format_seconds(-seconds)}}
        ]}]);
        value["similarity"] = json!({"@odata.type": "#Microsoft.Azure.Search.BM25Similarity", "k1": k1, "b": b});
        value["vectorSearch"] = json!({
            "algorithms": [{"name": "h", "kind": "hnsw", "hnswParameters": {"m": m, "metric": metric}}, {"name": "k", "kind": "exhaustiveKnn"}],
            "profiles": [{"name": "p", "algorithm": "h"}]
        });
        let definition = IndexDefinition::from_value(&value).map_err(|errors| TestCaseError::fail(errors.to_string()))?;
        prop_assert_eq!(IndexDefinition::from_value(&definition.to_json()), Ok(definition));
    }

    #[test]
    fn no_json_panics(value in any_json()) {
        let _ = IndexDefinition::from_value(&value);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = IndexDefinition::from_json(&bytes);
    }
}
