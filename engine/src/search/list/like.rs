//! More like this: the terms that mark a document, and the documents that have enough of them (Lucene: `MoreLikeThis`).

use std::collections::HashMap;

use tantivy::DocAddress;

use crate::binding::Binder;
use crate::binding::plan::Plan;
use crate::error::{Error, Result};
use crate::index::document::gather;
use crate::index::fields::FieldId;
use crate::index::stored::StoredDocuments;
use crate::query::ast::SearchMode;
use crate::search::keys::address_of;
use crate::search::request::SearchRequest;
use crate::search::response::LikeTerm;
use crate::search::snapshot::Snapshot;

/// Terms looked for.
const MAX_TERMS: usize = 25;
/// The part of them that a document must have.
const LEAST: f64 = 0.3;

/// What is looked for.
pub(crate) struct Like {
    /// The document itself, which is not among those like it.
    pub(crate) address: DocAddress,
    /// Heaviest first.
    pub(crate) terms: Vec<LikeTerm>,
    pub(crate) plan: Plan,
}

/// The documents like the one with a key.
///
/// # Errors
/// No document has the key; a field that does not exist or is not searchable; a query or vectors besides.
pub(crate) fn bind(snapshot: &Snapshot, request: &SearchRequest, key: &str) -> Result<Like> {
    if request.query.is_some() || !request.vectors.is_empty() {
        return Err(Error::BadRequest("`like` does not go with a query or a vector".to_owned()));
    }
    let fields = Binder::new(snapshot.fields(), SearchMode::Any, &request.fields)?.default_fields();
    let address = address_of(snapshot, key)?.ok_or_else(|| Error::NoSuchDocument(key.to_owned()))?;
    let document = StoredDocuments::new(&snapshot.generation, &snapshot.segments).read(address)?;
    let mut found: Vec<(f32, FieldId, LikeTerm)> = Vec::new();
    for field in fields {
        let info = snapshot.fields().get(field);
        let (Some(analyzer), Some(slot)) = (&info.analyzer, snapshot.text_slot(field)) else { continue };
        let mut occurrences: HashMap<String, u32> = HashMap::new();
        for text in gather(&document, &info.path).into_iter().filter_map(|value| value.as_str()) {
            for token in analyzer.tokens(text) {
                *occurrences.entry(token.text).or_default() += 1;
            }
        }
        let statistics = snapshot.field_statistics(slot)?;
        for (term, occurrences) in occurrences {
            let having = snapshot.doc_freq(slot, &term)?;
            if having > 1 {
                let weight = occurrences as f32 * statistics.idf(having);
                found.push((weight, field, LikeTerm { field: info.path.clone(), term, weight }));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then_with(|| a.2.term.cmp(&b.2.term)));
    found.truncate(MAX_TERMS);
    let least = ((LEAST * found.len() as f64).floor() as usize).max(1);
    let clauses: Vec<Plan> =
        found.iter().map(|(_, field, like)| Plan::Term { field: *field, term: like.term.clone(), boost: 1.0 }).collect();
    let plan = if clauses.is_empty() { Plan::MatchNone } else { Plan::AtLeast { clauses, least } };
    Ok(Like { address, terms: found.into_iter().map(|(_, _, like)| like).collect(), plan })
}
