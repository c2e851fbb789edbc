use serde_json::{Map, Value, json};

use super::*;
use crate::{DocumentChecker, Field, ValueType, shipped};

/// A value of the declared type.
fn sample(field: &Field) -> Value {
    let one = match field.field_type.value {
        ValueType::String => json!("x"),
        ValueType::Int32 | ValueType::Int64 => json!(7),
        ValueType::Double | ValueType::Single => json!(0.5),
        ValueType::Boolean => json!(true),
        ValueType::DateTimeOffset => json!("2024-05-01T18:30:00Z"),
        ValueType::GeographyPoint => json!({"type": "Point", "coordinates": [12.5, 55.7]}),
        ValueType::Complex => Value::Object(full(&field.fields)),
    };
    if field.field_type.collection { json!([one]) } else { one }
}

fn full(fields: &[Field]) -> Map<String, Value> {
    fields.iter().map(|field| (field.name.clone(), sample(field))).collect()
}

/// A document with every declared field survives the typed struct unchanged, so the struct has all of them with their types; an
/// empty one has only declared members, so the struct has no others that are always written.
#[track_caller]
fn check<T: Serialize + for<'de> Deserialize<'de> + Default>(index: &str) {
    let definition = shipped(index).unwrap();
    let document = Value::Object(full(&definition.fields));
    let typed: T = serde_json::from_value(document.clone()).unwrap();
    let back = serde_json::to_value(&typed).unwrap();
    assert_eq!(back, document, "{index}");
    DocumentChecker::new(&definition).check(back.as_object().unwrap()).unwrap();
    let empty = serde_json::to_value(T::default()).unwrap();
    for name in empty.as_object().unwrap().keys() {
        assert!(definition.field(name).is_some(), "{index} has no field {name}");
    }
}

#[test]
fn typed_documents_and_definitions_agree() {
    check::<Song>("songs");
    check::<Artist>("artists");
    check::<User>("users");
    check::<Venue>("venues");
    check::<Playlist>("playlists");
    check::<Activity>("activities");
}
