//! What a batch asks for and what becomes of it: each action is checked and, merged with what is there, made an operation
//! on a whole document. How operations become durable and visible is [`super`]'s business.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::operations::Operation;
use crate::error::Result;
use crate::index::document::parse;
use crate::index::generation::Generation;

/// A document's JSON text may not be larger.
const MAX_DOCUMENT_BYTES: usize = 16 << 20;

/// A change asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// What to do.
    pub kind: ActionKind,
    /// The document, or for a delete at least its key.
    pub document: Map<String, Value>,
}

/// What to do with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// Add it, or replace the one with the same key.
    Upload,
    /// Replace the fields given; the document must be there.
    Merge,
    /// Replace the fields given, or add it.
    MergeOrUpload,
    /// Remove it; it need not be there.
    Delete,
}

/// What became of one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The document's key; empty when the document has none.
    pub key: String,
    /// What was done, or why nothing was.
    pub result: std::result::Result<Done, Refusal>,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// A document that was not there is.
    Created,
    /// A document was replaced or changed.
    Updated,
    /// A document was removed, or was not there.
    Deleted,
}

/// Why an action was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A merge of a document that is not there.
    #[error("no document has the key `{0}`")]
    NotFound(String),
    /// The document does not fit the definition.
    #[error("{0}")]
    Invalid(String),
}

/// Checks one action and turns it into an operation on whole documents. `staged` is what the actions before it in the batch
/// did, `written` gives what was there before the batch.
pub(crate) fn stage(
    generation: &Generation,
    written: impl Fn(&str) -> Result<Option<Arc<[u8]>>>,
    staged: &mut HashMap<String, Option<Arc<[u8]>>>,
    operations: &mut Vec<Operation>,
    action: &Action,
) -> Result<Outcome> {
    let key_name = generation.definition.key_field().map_or("", |field| field.name.as_str());
    let Some(Value::String(key)) = action.document.get(key_name) else {
        let reason = format!("the document has no key: give `{key_name}` a string");
        return Ok(Outcome { key: String::new(), result: Err(Refusal::Invalid(reason)) });
    };
    let key = key.clone();
    let refused = |refusal| Ok(Outcome { key: key.clone(), result: Err(refusal) });
    let before = match staged.get(&key) {
        Some(known) => known.clone(),
        None => written(&key)?,
    };
    if action.kind == ActionKind::Delete {
        staged.insert(key.clone(), None);
        operations.push(Operation::Delete { key: key.clone() });
        return Ok(Outcome { key, result: Ok(Done::Deleted) });
    }
    if let Err(errors) = generation.checker.check(&action.document) {
        let text: Vec<_> = errors.iter().map(ToString::to_string).collect();
        return refused(Refusal::Invalid(text.join("; ")));
    }
    let done = if before.is_some() { Done::Updated } else { Done::Created };
    let merged = match (action.kind, before) {
        (ActionKind::Merge, None) => return refused(Refusal::NotFound(key.clone())),
        (ActionKind::Merge | ActionKind::MergeOrUpload, Some(before)) => {
            let mut merged = parse(&generation.definition.name, &before)?;
            merge(&mut merged, &action.document);
            Some(merged)
        }
        (ActionKind::Upload | ActionKind::MergeOrUpload | ActionKind::Delete, _) => None,
    };
    let source: Arc<[u8]> = match serde_json::to_vec(merged.as_ref().unwrap_or(&action.document)) {
        Ok(bytes) if bytes.len() > MAX_DOCUMENT_BYTES => {
            return refused(Refusal::Invalid(format!("the document has {} bytes; at most {MAX_DOCUMENT_BYTES} are allowed", bytes.len())));
        }
        Ok(bytes) => bytes.into(),
        Err(error) => return refused(Refusal::Invalid(error.to_string())),
    };
    staged.insert(key.clone(), Some(Arc::clone(&source)));
    operations.push(Operation::Put { key: key.clone(), source });
    Ok(Outcome { key, result: Ok(done) })
}

/// Fields given replace those there; the parts of a complex field are merged, collections replaced whole.
fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (name, value) in from {
        match (into.get_mut(name), value) {
            (Some(Value::Object(there)), Value::Object(given)) if !there.contains_key("coordinates") => merge(there, given),
            _ => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}
