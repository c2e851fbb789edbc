//! `did you mean`: words of a query that no document has, and what they were probably meant to be.

mod candidates;

use candidates::{Candidate, best};

use super::nodes::fuzzy;
use super::snapshot::Snapshot;
use crate::error::Result;
use crate::index::fields::{FieldId, Fields};
use crate::query::ast::{Node, Query, Span};

/// A word of the query text and a better spelling of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Where the word stands in the query text.
    pub span: Span,
    /// What to write there.
    pub replacement: String,
}

/// Puts corrections into the query text they were made for.
pub fn apply_corrections(text: &str, corrections: &[Correction]) -> String {
    let mut out = text.to_owned();
    let mut ordered: Vec<_> = corrections.iter().collect();
    ordered.sort_by_key(|correction| std::cmp::Reverse(correction.span.start));
    for correction in ordered {
        let range = correction.span.start..correction.span.end;
        if out.get(range.clone()).is_some() {
            out.replace_range(range, &correction.replacement);
        }
    }
    out
}

/// Corrections for the words of `query` that no field it looks in has.
pub(crate) fn find(snapshot: &Snapshot, query: &Query, fields: &[FieldId]) -> Result<Vec<Correction>> {
    let mut out = Vec::new();
    visit(query, fields, snapshot.fields(), &mut |query, fields| {
        let (Node::Word(word) | Node::SimpleWord(word)) = &query.node else { return Ok(()) };
        let mut candidates: Vec<Candidate> = Vec::new();
        for field in fields {
            let (Some(slot), Some(analyzer)) = (snapshot.text_slot(*field), &snapshot.fields().get(*field).analyzer) else { continue };
            let tokens = analyzer.tokens(word);
            let [token] = tokens.as_slice() else { return Ok(()) };
            for term in fuzzy::near(&snapshot.segments, slot, &token.text, if token.text.chars().count() > 4 { 2 } else { 1 })? {
                if term.edits == 0 {
                    return Ok(());
                }
                match candidates.iter_mut().find(|candidate| candidate.term == term.text) {
                    Some(known) => known.doc_freq += term.doc_freq,
                    None => candidates.push(Candidate { term: term.text, doc_freq: term.doc_freq, edits: term.edits }),
                }
            }
        }
        if let Some(replacement) = best(word, candidates) {
            let prefix = query.field.as_ref().map_or(String::new(), |field| format!("{field}:"));
            let boost = query.boost.map_or(String::new(), |boost| format!("^{boost}"));
            out.push(Correction { span: query.span, replacement: format!("{prefix}{replacement}{boost}") });
        }
        Ok(())
    })?;
    Ok(out)
}

type Visitor<'a> = dyn FnMut(&Query, &[FieldId]) -> Result<()> + 'a;

fn visit(query: &Query, fields: &[FieldId], known: &Fields, each: &mut Visitor<'_>) -> Result<()> {
    let own;
    let fields = match &query.field {
        Some(name) => {
            own = known.find(name).map(|field| field.id).into_iter().collect::<Vec<_>>();
            own.as_slice()
        }
        None => fields,
    };
    match &query.node {
        Node::Clauses(clauses) => {
            for clause in clauses {
                visit(&clause.query, fields, known, each)?;
            }
        }
        Node::And(_) | Node::Or(_) | Node::Chain(_) => {
            for part in query.children() {
                visit(part, fields, known, each)?;
            }
        }
        _ => each(query, fields)?,
    }
    Ok(())
}
