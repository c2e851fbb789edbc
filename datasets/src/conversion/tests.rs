use serde_json::{Map, Value, json};
use tutti_index_schema::IndexDefinition;

use super::{Conversion, ConversionOptions, Notation, extended_json::decode};
use crate::{Mapping, Record};
use tutti_index_schema::ValueType;

fn conversion(options: ConversionOptions) -> Conversion {
    let definition = IndexDefinition::from_value(&json!({"name": "things", "fields": [
        {"name": "id", "type": "Edm.String", "key": true}, {"name": "title", "type": "Edm.String"}, {"name": "tags", "type": "Collection(Edm.String)"},
        {"name": "year", "type": "Edm.Int32"}, {"name": "price", "type": "Edm.Double"}, {"name": "released", "type": "Edm.DateTimeOffset"},
        {"name": "place", "type": "Edm.GeographyPoint"}, {"name": "places", "type": "Collection(Edm.GeographyPoint)"},
        {"name": "maker", "type": "Edm.ComplexType", "fields": [{"name": "city", "type": "Edm.String"}]},
        {"name": "stops", "type": "Collection(Edm.ComplexType)", "fields": [{"name": "town", "type": "Edm.String"}]}]}))
    .unwrap();
    Conversion::new(Mapping::default(), &definition, options)
}

fn converted(conversion: &Conversion, row: &Value, notation: Notation) -> Result<Map<String, Value>, String> {
    let record = Record { line: 1, document: row.as_object().unwrap().clone() };
    conversion.apply_foreign(record, notation).map(|record| record.document).map_err(|error| error.reason)
}

/// One member of a row and what it becomes; a refusal is told by a part of its words.
#[track_caller]
fn check(notation: Notation, cases: &[(Value, Value)]) {
    let conversion = conversion(ConversionOptions::default());
    for (row, expected) in cases {
        let found = converted(&conversion, row, notation);
        match (found, expected) {
            (Err(said), Value::String(part)) => assert!(said.contains(part.as_str()), "{row}: {said}"),
            (found, expected) => assert_eq!(found.map(Value::Object).as_ref(), Ok(expected), "{row}"),
        }
    }
}

#[test]
fn an_id_becomes_the_key() {
    check(
        Notation::ExtendedJson,
        &[
            (json!({"_id": "a b"}), json!({"id": "a b"})),
            (json!({"_id": {"$oid": "5f0102030405060708090a0b"}}), json!({"id": "5f0102030405060708090a0b"})),
            (json!({"_id": {"$numberDouble": "17.0"}}), json!({"id": "17"})),
            (json!({"_id": -3}), json!({"id": "-3"})),
            (json!({"_id": {"x": 1}, "id": "mine"}), json!({"id": "mine"})),
            (json!({"_id": "a", "id": null}), json!({"id": "a"})),
            (json!({"id": 5}), json!({"id": "5"})),
            (json!({"_id": 1.5}), json!("`_id` is 1.5")),
            (json!({"_id": true}), json!("`_id` is true")),
            (json!({"_id": {"a": 1}}), json!("`_id` is")),
            (json!({"_id": {"$minKey": 1}}), json!("`_id` is")),
        ],
    );
}

#[test]
fn values_fit_the_types_of_their_fields() {
    let point = json!({"type": "Point", "coordinates": [1.5, 2.5]});
    check(
        Notation::Dotted,
        &[
            (json!({"tags": "a;b"}), json!({"tags": ["a;b"]})),
            (json!({"tags": null}), json!({"tags": []})),
            (json!({"title": ["a"], "year": [3]}), json!({"title": "a", "year": 3})),
            (json!({"title": ["a", "b"]}), json!({"title": ["a", "b"]})),
            (json!({"title": "", "year": 3.0, "price": 2}), json!({"title": "", "year": 3, "price": 2})),
            (json!({"year": 3.5}), json!({"year": 3.5})),
            (json!({"year": "1990"}), json!({"year": "1990"})),
            (json!({"released": -1000}), json!({"released": "1969-12-31T23:59:59Z"})),
            (json!({"released": 1e15}), json!({"released": 1e15})),
            (json!({"released": "2020-01-02"}), json!({"released": "2020-01-02T00:00:00Z"})),
            (json!({"place": "2.5, 1.5"}), json!({"place": point})),
            (json!({"place": "point(1.5 2.5)"}), json!({"place": point})),
            (json!({"place": [{"lat": "2.5", "lon": 1.5}]}), json!({"place": point})),
            (json!({"place": [1.5, 2.5, 3]}), json!({"place": [1.5, 2.5, 3]})),
            (json!({"places": [1.5, 2.5]}), json!({"places": [point]})),
            (json!({"places": [[1.5, 2.5], "2.5,1.5"]}), json!({"places": [point, point]})),
            (json!({"stops": {"town": ["Oslo"]}}), json!({"stops": [{"town": "Oslo"}]})),
            (json!({"maker.city": "Rome"}), json!({"maker": {"city": "Rome"}})),
            (json!({"stops": [{"x.y": 1}]}), json!({"stops": [{"x": {"y": 1}}]})),
            (json!({"maker.city": "Rome", "maker": {"city": "Oslo"}}), json!("given twice")),
            (json!({"place": {"$oid": "a"}}), json!({"place": {"$oid": "a"}})),
        ],
    );
}

#[test]
fn extended_json_stands_for_values() {
    let cases = [
        (json!({"$symbol": "s"}), ValueType::String, json!("s")),
        (json!({"$undefined": true}), ValueType::String, Value::Null),
        (json!({"$numberDouble": "-Infinity"}), ValueType::Double, json!("-INF")),
        (json!({"$numberDouble": "NaN"}), ValueType::Double, json!("NaN")),
        (json!({"$numberLong": "9007199254740993"}), ValueType::Int64, json!(9_007_199_254_740_993_i64)),
        (json!({"$numberDecimal": "9.007199254740993E+15"}), ValueType::Int64, json!(9_007_199_254_740_993_i64)),
        (json!({"$numberDecimal": "-42.00"}), ValueType::Int32, json!(-42)),
        (json!({"$numberDecimal": "0E-6"}), ValueType::Int32, json!(0)),
        (json!({"$numberDecimal": "1200E-2"}), ValueType::Int32, json!(12)),
        (json!({"$numberDecimal": "1.5"}), ValueType::Int32, json!(1.5)),
        (json!({"$numberDecimal": "1E+3"}), ValueType::String, json!("1E+3")),
        (json!({"$numberDecimal": "1E+6000"}), ValueType::Double, json!("1E+6000")),
        (json!({"$numberDecimal": "Infinity"}), ValueType::Double, json!("INF")),
        (json!({"$date": 0}), ValueType::DateTimeOffset, json!("1970-01-01T00:00:00Z")),
        (json!({"$date": "2014-01-01T01:00:00.500+0100"}), ValueType::DateTimeOffset, json!("2014-01-01T00:00:00.5Z")),
        (json!({"$timestamp": {"t": 1, "i": 9}}), ValueType::DateTimeOffset, json!("1970-01-01T00:00:01Z")),
        (json!({"$binary": "AP8=", "$type": "00"}), ValueType::String, json!("AP8=")),
        (json!({"$type": 3, "$binary": "EjRWeBI0VngSNFZ4EjRWeA=="}), ValueType::String, json!("12345678-1234-5678-1234-567812345678")),
        (json!({"$binary": {"base64": "AP8=", "subType": "04"}}), ValueType::String, json!("AP8=")),
        (json!({"$regex": "a", "$options": "im"}), ValueType::String, json!("/a/im")),
        (json!({"$regex": "a"}), ValueType::String, json!("/a/")),
        (json!({"plain": {"$oid": "x"}}), ValueType::Complex, json!({"plain": {"$oid": "x"}})),
    ];
    for (value, of, expected) in cases {
        assert_eq!(decode(value.clone(), of), Ok(expected), "{value}");
    }
    for (value, named) in [
        (json!({"$maxKey": 1}), "$maxKey"),
        (json!({"$code": "f()", "$scope": {}}), "$scope"),
        (json!({"$ref": "c", "$id": 1}), "$ref"),
        (json!({"$oid": "a", "$more": 1}), "$more"),
        (json!({"$date": "soon"}), "$date"),
        (json!({"$date": {"$numberLong": "9223372036854775807"}}), "$date"),
        (json!({"$binary": "%", "$type": "00"}), "base64"),
        (json!({"$numberLong": "1.5"}), "$numberLong"),
        (json!({"$timestamp": 5}), "$timestamp"),
    ] {
        let said = decode(value.clone(), ValueType::String).unwrap_err();
        assert!(said.contains(named), "{value}: {said}");
    }
}

#[test]
fn unknown_members_are_left_out_and_counted_with_whatever_they_hold() {
    let conversion = conversion(ConversionOptions { ignore_unknown: true, encode_keys: true, source_index: None });
    for _ in 0..2 {
        let row = json!({"_id": "a/b", "__v": {"$minKey": 1}, "maker": {"city": "Rome", "zip": 1}});
        let document = converted(&conversion, &row, Notation::ExtendedJson).unwrap();
        assert_eq!(Value::Object(document), json!({"maker": {"city": "Rome"}, "id": "YS9i"}));
    }
    let left_out: Vec<(String, u64)> = conversion.left_out().members.into_iter().collect();
    assert_eq!(left_out, [("__v".to_owned(), 2), ("maker/zip".to_owned(), 2)]);
}
