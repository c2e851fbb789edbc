use expect_test::{Expect, expect};
use serde_json::json;

use super::*;

fn definition() -> IndexDefinition {
    IndexDefinition::from_value(&json!({
        "name": "things",
        "fields": [
            {"name": "id", "type": "Edm.String", "key": true},
            {"name": "label", "type": "Edm.String"},
            {"name": "prose", "type": "Edm.String", "filterable": false, "sortable": false, "facetable": false},
            {"name": "tags", "type": "Collection(Edm.String)"},
            {"name": "year", "type": "Edm.Int32"},
            {"name": "plays", "type": "Edm.Int64"},
            {"name": "score", "type": "Edm.Double"},
            {"name": "on", "type": "Edm.Boolean"},
            {"name": "at", "type": "Edm.DateTimeOffset"},
            {"name": "place", "type": "Edm.GeographyPoint"},
            {"name": "rooms", "type": "Collection(Edm.ComplexType)", "fields": [{"name": "size", "type": "Edm.Int32"}]},
            {"name": "taste", "type": "Collection(Edm.Single)", "dimensions": 3, "vectorSearchProfile": "p"}
        ],
        "vectorSearch": {"algorithms": [{"name": "k", "kind": "exhaustiveKnn"}], "profiles": [{"name": "p", "algorithm": "k"}]}
    }))
    .unwrap()
}

#[track_caller]
fn check_all(document: &Value, expected: &Expect) {
    let text = match check(&definition(), document.as_object().unwrap()) {
        Ok(()) => "ok".to_owned(),
        Err(errors) => errors.iter().map(|error| format!("{error}\n")).collect(),
    };
    expected.assert_eq(&text);
}

#[test]
fn a_full_document_passes() {
    check_all(
        &json!({
            "id": "a-1=", "label": null, "prose": "x".repeat(40_000), "tags": [], "year": -5, "plays": 9_007_199_254_740_993_i64, "score": "INF",
            "on": true, "at": "2024-05-01T18:30:00+02:00", "place": {"type": "Point", "coordinates": [12.5, 55.7]}, "rooms": [{"size": 3}, {}],
            "taste": [0.5, 1, -2]
        }),
        &expect!["ok"],
    );
}

#[test]
fn every_mistake_is_reported_with_pointer_and_remedy() {
    check_all(
        &json!({
            "lable": 1, "label": "x".repeat(40_000), "tags": ["a", null, 3], "year": 3_000_000_000_i64, "plays": 1.5, "score": "1", "on": "yes",
            "at": "yesterday", "place": {"type": "Point", "coordinates": [55.7, 112.5]}, "rooms": [{"size": "x"}, 4], "taste": [1, 2]
        }),
        &expect![[r#"
            /lable: unknown field `lable`; did you mean `label`? Otherwise declare it in the definition, or leave it out
            /label: the text has 40000 bytes and the field is filterable, sortable or facetable; shorten it to 32766 bytes, or declare the field searchable only
            /tags/1: null in a collection; leave the item out
            /tags/2: expected a string, found 3; the field's type is Collection(Edm.String)
            /year: expected a whole number from -2147483648 to 2147483647, found 3000000000; the field's type is Edm.Int32
            /plays: expected a whole number of 64 bits, found 1.5; the field's type is Edm.Int64
            /score: expected a number (or "NaN", "INF", "-INF"), found the string "1"; the field's type is Edm.Double
            /on: expected true or false, found the string "yes"; the field's type is Edm.Boolean
            /at: expected a date and time such as "2024-05-01T18:30:00Z", found the string "yesterday"; the field's type is Edm.DateTimeOffset
            /place: the latitude 112.5 is not within -90 to 90 (longitude comes first); write {"type":"Point","coordinates":[longitude, latitude]}
            /rooms/0/size: expected a whole number from -2147483648 to 2147483647, found the string "x"; the field's type is Edm.Int32
            /rooms/1: expected an object, found 4; the field's type is Collection(Edm.ComplexType)
            /taste: the vector has 2 numbers; the field's vectors have 3
            /id: the key `id` is missing; give every document a key of its own
        "#]],
    );
}

#[test]
fn keys_are_letters_digits_dashes_and_equals() {
    let definition = definition();
    let checker = DocumentChecker::new(&definition);
    for (key, fine) in
        [("a", true), ("", false), ("ä", false), ("_a", false), ("a b", false), (&"k".repeat(1024), true), (&"k".repeat(1025), false)]
    {
        assert_eq!(checker.check(json!({"id": key}).as_object().unwrap()).is_ok(), fine, "{key}");
    }
}
