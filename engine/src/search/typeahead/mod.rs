//! While somebody types: suggestions (documents) and autocompletion (words), over what the index keeps for its suggester.

mod autocomplete;
pub(crate) mod pattern;
mod suggest;

pub use autocomplete::{AutocompleteMode, AutocompleteRequest, Completion};
pub use suggest::{SuggestRequest, Suggestion};

use tantivy::schema::Field as Slot;

use super::compile::Compiler;
use super::plan::Plan;
use crate::error::{Error, Result};
use crate::index::analysis::{Analyzer, analyzer};
use crate::index::generation::Generation;
use crate::query::ast::{Node, Query, SearchMode};

/// Characters of text that can be typed.
const MAX_CHARACTERS: usize = 100;
/// Suggestions or completions of one answer.
const MAX_TOP: usize = 100;

/// What both requests have in common, bound to an index.
struct Asked {
    /// Splits text as the slots' terms were.
    analyzer: Analyzer,
    /// Source fields to look in: position and slot.
    fields: Vec<(usize, Slot)>,
    filter: Option<Plan>,
}

impl Asked {
    fn bind(generation: &Generation, text: &str, suggester: &str, fields: &[String], top: usize, filter: Option<&Query>) -> Result<Asked> {
        let characters = text.chars().count();
        if !(1..=MAX_CHARACTERS).contains(&characters) {
            return Err(Error::BadRequest(format!("the search text has {characters} characters; give 1 to {MAX_CHARACTERS}")));
        }
        if !(1..=MAX_TOP).contains(&top) {
            return Err(Error::BadRequest(format!("top is {top}; it must be from 1 to {MAX_TOP}")));
        }
        let filter = match filter {
            Some(query) => {
                refuse_full_text(query)?;
                Some(Compiler::new(generation, SearchMode::Any, &[])?.filter(query)?)
            }
            None => None,
        };
        Ok(Asked {
            analyzer: analyzer("standard.lucene", &generation.definition)?,
            fields: source_fields(generation, suggester, fields)?,
            filter,
        })
    }
}

fn source_fields(generation: &Generation, suggester: &str, wanted: &[String]) -> Result<Vec<(usize, Slot)>> {
    let known =
        generation.definition.suggesters.iter().find(|known| known.name == suggester).ok_or_else(|| {
            Error::BadRequest(format!("The specified suggester name '{suggester}' does not exist in this index definition."))
        })?;
    if let Some(stranger) = wanted.iter().find(|path| !known.source_fields.contains(path)) {
        if generation.definition.field(stranger).is_none() {
            return Err(super::no_such_field(generation, stranger));
        }
        return Err(Error::FieldNotAllowed { field: stranger.clone(), needed: "a source field of the suggester" });
    }
    let paths = if wanted.is_empty() { &known.source_fields } else { wanted };
    let mut out = Vec::with_capacity(paths.len());
    for path in paths {
        let position = generation.layout.position(path).ok_or_else(|| super::no_such_field(generation, path))?;
        let column = generation.layout.fields[position]
            .suggest
            .as_ref()
            .ok_or_else(|| Error::BadRequest(format!("the index was built before field `{path}` had a suggester; build it anew")))?;
        out.push((position, column.slot));
    }
    Ok(out)
}

/// Full-text functions cannot stand in these filters.
fn refuse_full_text(query: &Query) -> Result<()> {
    if let Node::FullText { scoring, .. } = &query.node {
        let name = if *scoring { "search.ismatchscoring" } else { "search.ismatch" };
        return Err(Error::BadRequest(format!("`{name}` is not available in the filter of suggestions and autocompletion")));
    }
    query.children().into_iter().try_for_each(refuse_full_text)
}
