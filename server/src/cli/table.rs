//! Hits and facets as tables a person reads.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::{Map, Value};
use tutti_engine::search::{BucketValue, Explanation, Facet, SearchResponse};
use tutti_index_schema::{IndexDefinition, ValueType};

/// Columns besides key and score, and how wide one may get where no terminal says so.
const COLUMNS: usize = 5;
const NARROW: u16 = 120;

pub(super) fn print(
    out: &mut impl Write,
    definition: &IndexDefinition,
    response: &SearchResponse,
    corrected: Option<&str>,
    took: Duration,
) -> io::Result<()> {
    for warning in &response.warnings {
        writeln!(out, "note: {warning}")?;
    }
    let total = response.total.unwrap_or(response.hits.len() as u64);
    writeln!(out, "{} of {total} found in {:.1} ms", response.hits.len(), took.as_secs_f64() * 1e3)?;
    if let Some(corrected) = corrected {
        writeln!(out, "did you mean: {corrected}")?;
    }
    if !response.hits.is_empty() {
        writeln!(out, "{}", hits(definition, response))?;
    }
    for hit in response.hits.iter().filter(|hit| !hit.highlights.is_empty()) {
        for (field, fragments) in &hit.highlights {
            writeln!(out, "{} {field}: {}", hit.key, fragments.join(" … "))?;
        }
    }
    for hit in &response.hits {
        if let Some(explanation) = &hit.explanation {
            writeln!(out, "{}", hit.key)?;
            explain(out, explanation, 1)?;
        }
    }
    for term in response.like.iter().flatten() {
        writeln!(out, "like {}:{} {:.4}", term.field, term.term, term.weight)?;
    }
    for counted in &response.facets {
        match &counted.metric {
            Some((metric, value)) => writeln!(out, "{} of {}: {value}", metric.name(), counted.field)?,
            None => writeln!(out, "{}", facet(counted))?,
        }
    }
    if let Some(next) = &response.next {
        writeln!(out, "more: --cursor {next}")?;
    }
    Ok(())
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    if !io::stdout().is_terminal() {
        table.set_width(NARROW);
    }
    table
}

fn hits(definition: &IndexDefinition, response: &SearchResponse) -> Table {
    let columns = columns(definition, response);
    let mut table = table();
    // What only some searches say of a hit.
    let group = response.hits.iter().any(|hit| hit.group.is_some());
    let distance = response.hits.iter().any(|hit| hit.distance.is_some());
    let titles = [("group", group), ("km", distance)].into_iter().filter(|(_, shown)| *shown).map(|(title, _)| title.to_owned());
    table.set_header(["score".to_owned(), "key".to_owned()].into_iter().chain(titles).chain(columns.iter().cloned()));
    for hit in &response.hits {
        let mut row = vec![format!("{:.3}", hit.score), hit.key.clone()];
        row.extend(hit.group.as_ref().map(|group| group.count.to_string()));
        row.extend(hit.distance.map(|kilometres| kilometres.map_or_else(String::new, |kilometres| format!("{kilometres:.3}"))));
        row.extend(columns.iter().map(|column| cell(&hit.document, column)));
        table.add_row(row);
    }
    if let Some(column) = table.column_mut(0) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The first fields that some hit has a value of, the key aside: what a person recognises a document by.
fn columns(definition: &IndexDefinition, response: &SearchResponse) -> Vec<String> {
    let plain = |kind| !matches!(kind, ValueType::Complex | ValueType::GeographyPoint | ValueType::Single);
    let fields = definition
        .fields
        .iter()
        .filter(|field| !field.key && plain(field.field_type.value) && !field.name.ends_with("_id") && !field.name.ends_with("_ids"));
    let filled = |name: &str| response.hits.iter().any(|hit| !cell(&hit.document, name).is_empty());
    fields.map(|field| field.name.clone()).filter(|name| filled(name)).take(COLUMNS).collect()
}

fn cell(document: &Map<String, Value>, name: &str) -> String {
    document.get(name).map(text).unwrap_or_default()
}

/// A value in one line of at most eighty characters, control characters left out.
fn text(value: &Value) -> String {
    let whole = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    let clean: String = whole.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if clean.chars().count() <= 80 { clean } else { clean.chars().take(79).chain(['…']).collect() }
}

fn facet(facet: &Facet) -> Table {
    let mut table = table();
    table.set_header([facet.field.as_str(), "count"]);
    for bucket in &facet.buckets {
        let label = match &bucket.value {
            BucketValue::Value(value) => text(value),
            BucketValue::Range { from, to } => {
                let end = |end: &Option<Value>| end.as_ref().map(text).unwrap_or_default();
                format!("{} – {}", end(from), end(to))
            }
        };
        table.add_row([label, bucket.count.to_string()]);
    }
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn explain(out: &mut impl Write, part: &Explanation, depth: usize) -> io::Result<()> {
    writeln!(out, "{}{:.4}  {}", "  ".repeat(depth), part.value, part.description)?;
    part.details.iter().try_for_each(|part| explain(out, part, depth + 1))
}
