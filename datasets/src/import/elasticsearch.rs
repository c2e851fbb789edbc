//! What Elasticsearch and OpenSearch write: answers to searches and scrolls, hits line by line (as `elasticdump` has them) or in a
//! list, and the files that `_bulk` takes (`bulk`).

mod bulk;

use serde_json::{Map, Value};

use super::Rows;
use crate::{
    Conversion, Record, RowError,
    conversion::Notation,
    format::{Head, object},
    import::mongodb,
    read::{Elements, Input},
};

/// What a file of this engine holds, by its first value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Bulk,
    Answers,
    Hits,
}

/// What a value is the beginning of.
pub(crate) fn part_of(value: &Map<String, Value>) -> Option<Part> {
    let answered = |hits: &Value| hits.get("hits").is_some_and(Value::is_array);
    if bulk::is_action(value) {
        Some(Part::Bulk)
    } else if value.get("hits").is_some_and(answered) {
        Some(Part::Answers)
    } else if value.get("_source").is_some_and(Value::is_object) {
        Some(Part::Hits)
    } else {
        None
    }
}

/// The documents of a file, converted already.
pub(crate) fn open(head: &Head, input: Input, conversion: &Conversion) -> Rows {
    let conversion = conversion.clone();
    let hits: Rows = match head.elasticsearch() {
        Some(Part::Bulk) => return Box::new(bulk::Bulk::new(input, conversion)),
        Some(Part::Answers) => Box::new(Elements::hits(input).map(|hit| hit.and_then(|(line, hit)| object(line, hit)))),
        Some(Part::Hits) | None => mongodb::open(head, input),
    };
    Box::new(hits.filter_map(move |row| match row {
        Ok(row) => hit(row, &conversion).map(|row| row.and_then(|row| conversion.apply_foreign(row, Notation::Dotted))),
        Err(error) => Some(Err(error)),
    }))
}

/// The document of a hit; `None` when it is one of another index.
fn hit(row: Record, conversion: &Conversion) -> Option<Result<Record, RowError>> {
    let Record { line, document: mut hit } = row;
    if !conversion.wants_index(hit.get("_index").and_then(Value::as_str)) {
        return None;
    }
    let Some(Value::Object(mut document)) = hit.remove("_source") else {
        return Some(Err(RowError::new(
            line,
            "the row has no `_source`: it is no hit of a search",
            Value::Object(hit).to_string().as_bytes(),
        )));
    };
    if let Some(id) = hit.remove("_id") {
        document.insert("_id".to_owned(), id);
    }
    Some(Ok(Record { line, document }))
}
