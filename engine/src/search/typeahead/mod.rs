//! While a query is being typed: suggestions (documents) and autocompletion (words), over what the index keeps for its suggester.

mod autocomplete;
mod pattern;
mod suggest;

pub(crate) use autocomplete::autocomplete;
pub use autocomplete::{AutocompleteMode, AutocompleteRequest, Completion};
pub(crate) use suggest::suggest;
pub use suggest::{SuggestRequest, Suggestion};

use tantivy::schema::Field as Slot;

use super::snapshot::Snapshot;
use crate::binding::Binder;
use crate::binding::plan::Plan;
use crate::error::{Error, Result};
use crate::index::analysis::{Analyzer, DEFAULT_ANALYZER, analyzer};
use crate::index::fields::FieldId;
use crate::query::ast::{Node, Query, SearchMode};

/// Characters of text that can be typed.
const MAX_CHARACTERS: usize = 100;
/// Suggestions or completions of one answer.
const MAX_TOP: usize = 100;

/// What both requests have in common, bound to an index.
struct BoundRequest {
    /// Splits text as the slots' terms were.
    analyzer: Analyzer,
    /// Source fields to look in, with the slots of their suggestions.
    fields: Vec<(FieldId, Slot)>,
    filter: Option<Plan>,
}

impl BoundRequest {
    fn bind(
        snapshot: &Snapshot,
        text: &str,
        suggester: &str,
        fields: &[String],
        top: usize,
        filter: Option<&Query>,
    ) -> Result<BoundRequest> {
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
                Some(Binder::new(snapshot.fields(), SearchMode::Any, &[])?.filter(query)?)
            }
            None => None,
        };
        Ok(BoundRequest {
            analyzer: analyzer(DEFAULT_ANALYZER, snapshot.fields().definition())?,
            fields: source_fields(snapshot, suggester, fields)?,
            filter,
        })
    }
}

fn source_fields(snapshot: &Snapshot, suggester: &str, wanted: &[String]) -> Result<Vec<(FieldId, Slot)>> {
    let definition = snapshot.fields().definition();
    let known =
        definition.suggesters.iter().find(|known| known.name == suggester).ok_or_else(|| {
            Error::BadRequest(format!("The specified suggester name '{suggester}' does not exist in this index definition."))
        })?;
    if let Some(stranger) = wanted.iter().find(|path| !known.source_fields.contains(path)) {
        if definition.field(stranger).is_none() {
            return Err(snapshot.fields().no_such_field(stranger));
        }
        return Err(Error::FieldNotAllowed { field: stranger.clone(), needed: "a source field of the suggester" });
    }
    let paths = if wanted.is_empty() { &known.source_fields } else { wanted };
    let mut out = Vec::with_capacity(paths.len());
    for path in paths {
        let field = snapshot.fields().require(path)?.id;
        let column = snapshot
            .layout(field)
            .suggest
            .as_ref()
            .ok_or_else(|| Error::BadRequest(format!("the index was built before field `{path}` had a suggester; build it anew")))?;
        out.push((field, column.slot));
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
