//! The other service's definition made one of ours: what only a cloud has is refused by its name, or dropped when that was asked for.

use serde_json::{Map, Value};
use tutti_index_schema::{Field, IndexDefinition};

use crate::cli::Usage;

/// A part of a definition that is not carried over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli::index) enum Part {
    /// Vectors are made by a cloud service
    Vectorizers,
    /// Results are ranked again by a cloud service
    Semantic,
    /// Encrypted with a key of a cloud service
    #[value(name = "encryptionKey")]
    EncryptionKey,
}

impl Part {
    const ALL: [Part; 3] = [Part::Vectorizers, Part::Semantic, Part::EncryptionKey];

    fn name(self) -> &'static str {
        match self {
            Part::Vectorizers => "vectorizers",
            Part::Semantic => "semantic",
            Part::EncryptionKey => "encryptionKey",
        }
    }

    fn is_in(self, definition: &Map<String, Value>) -> bool {
        let says_something = |value: &Value| match value {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            _ => true,
        };
        match self {
            Part::Vectorizers => definition.get("vectorSearch").and_then(|search| search.get("vectorizers")).is_some_and(says_something),
            Part::Semantic => definition.get("semantic").is_some_and(says_something),
            Part::EncryptionKey => definition.get("encryptionKey").is_some_and(says_something),
        }
    }

    fn remove_from(self, definition: &mut Map<String, Value>) {
        if self != Part::Vectorizers {
            definition.remove(self.name());
            return;
        }
        let Some(Value::Object(search)) = definition.get_mut("vectorSearch") else { return };
        search.remove("vectorizers");
        for profile in search.get_mut("profiles").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Value::Object(profile) = profile {
                profile.remove("vectorizer");
            }
        }
    }
}

/// The definition under the name that it has here.
pub(super) fn adopt(mut definition: Map<String, Value>, name: &str, without: &[Part]) -> Result<IndexDefinition, Usage> {
    let refused: Vec<&str> =
        Part::ALL.iter().filter(|part| part.is_in(&definition) && !without.contains(part)).map(|part| part.name()).collect();
    if !refused.is_empty() {
        return Err(Usage(format!(
            "the definition has {}, which only the cloud has; nothing was made. Copy without: --without {}",
            refused.join(", "),
            refused.join(",")
        )));
    }
    // What is asked for by name, and what says nothing.
    Part::ALL.iter().for_each(|part| part.remove_from(&mut definition));
    definition.insert("name".to_owned(), name.into());
    let read = IndexDefinition::from_value(&Value::Object(definition));
    read.map_err(|errors| Usage(format!("the definition cannot be carried over; nothing was made:\n{errors}")))
}

/// Fields whose values the service does not give out.
pub(super) fn hidden_fields(definition: &IndexDefinition) -> Vec<String> {
    definition.flattened().into_iter().filter(|(_, field)| !field.retrievable).map(|(path, _)| path).collect()
}

/// A list may come as null; here it is left out.
pub(super) fn drop_null_lists(document: &mut Map<String, Value>, fields: &[Field]) {
    for field in fields {
        match document.get_mut(&field.name) {
            Some(Value::Null) if field.field_type.collection => {
                document.shift_remove(&field.name);
            }
            Some(Value::Object(inner)) => drop_null_lists(inner, &field.fields),
            Some(Value::Array(items)) if !field.fields.is_empty() => {
                items.iter_mut().filter_map(Value::as_object_mut).for_each(|inner| drop_null_lists(inner, &field.fields));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(change: &Value, without: &[Part], expected: &str) {
        let mut definition = json!({"name": "there", "@odata.etag": "1", "fields": [{"name": "id", "type": "Edm.String", "key": true}]});
        definition.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let said = match adopt(definition.as_object().unwrap().clone(), "here", without) {
            Ok(definition) => definition.name,
            Err(Usage(said)) => said,
        };
        assert!(said.contains(expected), "{change}: {said}");
    }

    #[test]
    fn what_only_the_cloud_has_is_refused_by_name_or_dropped() {
        let vectors = json!({"vectorSearch": {"algorithms": [{"name": "a", "kind": "hnsw"}],
            "profiles": [{"name": "p", "algorithm": "a", "vectorizer": "v"}], "vectorizers": [{"name": "v", "kind": "azureOpenAI"}]}});
        let key = json!({"encryptionKey": {"keyVaultKeyName": "k"}, "semantic": {"configurations": []}});
        check(&vectors, &[], "--without vectorizers");
        check(&vectors, &[Part::Vectorizers], "here");
        check(&key, &[Part::Vectorizers], "--without semantic,encryptionKey");
        check(&key, &[Part::Semantic], "--without encryptionKey");
        check(&key, &[Part::Semantic, Part::EncryptionKey], "here");
        check(&json!({"encryptionKey": null, "semantic": null, "vectorSearch": null}), &[], "here");
        check(&json!({"fields": [{"name": "id", "type": "Edm.Guid", "key": true}]}), &[], "Edm.Guid");
    }

    #[test]
    fn lists_that_are_null_are_left_out() {
        let fields = json!({"name": "things", "fields": [
            {"name": "id", "type": "Edm.String", "key": true}, {"name": "title", "type": "Edm.String"}, {"name": "tags", "type": "Collection(Edm.String)"},
            {"name": "stops", "type": "Collection(Edm.ComplexType)", "fields": [
                {"name": "town", "type": "Edm.String"}, {"name": "names", "type": "Collection(Edm.String)"}]}]});
        let definition = IndexDefinition::from_value(&fields).unwrap();
        let mut document = json!({"id": "1", "title": null, "tags": null, "stops": [{"town": null, "names": null}]});
        drop_null_lists(document.as_object_mut().unwrap(), &definition.fields);
        assert_eq!(document, json!({"id": "1", "title": null, "stops": [{"town": null}]}));
    }
}
