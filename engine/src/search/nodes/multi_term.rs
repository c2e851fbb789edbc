//! Documents with one of a set of terms: prefixes, wildcards, regular expressions, ranges, exact values.

use std::ops::Bound;

use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::query::{EmptyWeight, Weight};
use tantivy::schema::{Field as Slot, IndexRecordOption};
use tantivy::{DocSet, SegmentReader, Term};

use super::constant_score::{ConstantScoreWeight, DocSource};
use super::exists;
use crate::binding::plan::TermSet;
use crate::search::docset::union;

/// The weight of a set of terms in a text slot.
pub(super) fn weight(slot: Slot, terms: &TermSet, boost: f32) -> Box<dyn Weight> {
    match terms {
        TermSet::Pattern { dfa, .. } if dfa.is_empty() => Box::new(EmptyWeight),
        TermSet::Pattern { dfa, .. } if dfa.is_total() => exists::weight(slot, boost),
        terms => Box::new(ConstantScoreWeight::new(MultiTerm { slot, terms: terms.clone() }, boost)),
    }
}

/// The weight of exact values in a keyword slot; without a score.
pub(super) fn exact_values(slot: Slot, values: Vec<&str>) -> Box<dyn Weight> {
    let terms = values.into_iter().map(|value| Term::from_field_text(slot, value)).collect();
    Box::new(ConstantScoreWeight::new(ExactTerms { terms }, 0.0))
}

/// The set in Lucene syntax.
pub(super) fn describe(terms: &TermSet) -> String {
    match terms {
        TermSet::Prefix(text) => format!("{text}*"),
        TermSet::Pattern { text, .. } => text.clone(),
        TermSet::Range(lower, upper) => {
            let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let from = match lower {
                Bound::Included(bytes) => format!("[{}", show(bytes)),
                Bound::Excluded(bytes) => format!("{{{}", show(bytes)),
                Bound::Unbounded => "[*".to_owned(),
            };
            let to = match upper {
                Bound::Included(bytes) => format!("{}]", show(bytes)),
                Bound::Excluded(bytes) => format!("{}}}", show(bytes)),
                Bound::Unbounded => "*]".to_owned(),
            };
            format!("{from} TO {to}")
        }
    }
}

/// Whether a term is in the set.
pub(super) fn contains(terms: &TermSet, term: &str) -> bool {
    match terms {
        TermSet::Prefix(prefix) => term.starts_with(prefix.as_str()),
        TermSet::Pattern { dfa, .. } => dfa.matches(term.as_bytes()),
        TermSet::Range(lower, upper) => {
            let bytes = term.as_bytes();
            (match lower {
                Bound::Included(bound) => bytes >= bound.as_slice(),
                Bound::Excluded(bound) => bytes > bound.as_slice(),
                Bound::Unbounded => true,
            }) && (match upper {
                Bound::Included(bound) => bytes <= bound.as_slice(),
                Bound::Excluded(bound) => bytes < bound.as_slice(),
                Bound::Unbounded => true,
            })
        }
    }
}

/// Documents with a term of the set.
struct MultiTerm {
    slot: Slot,
    terms: TermSet,
}

impl DocSource for MultiTerm {
    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>> {
        Ok(union(postings(reader, self.slot, &self.terms)?))
    }
}

/// Documents with one of these terms.
struct ExactTerms {
    terms: Vec<Term>,
}

impl DocSource for ExactTerms {
    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>> {
        let mut lists = Vec::new();
        for term in &self.terms {
            let inverted = reader.inverted_index(term.field())?;
            lists.extend(inverted.read_block_postings(term, IndexRecordOption::Basic)?);
        }
        Ok(union(lists))
    }
}

/// The postings of every term of the set in this segment.
fn postings(reader: &SegmentReader, slot: Slot, set: &TermSet) -> tantivy::Result<Vec<BlockSegmentPostings>> {
    let inverted = reader.inverted_index(slot)?;
    let terms = inverted.terms();
    let mut lists = Vec::new();
    let mut take = |info: &TermInfo| -> tantivy::Result<()> {
        lists.push(inverted.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?);
        Ok(())
    };
    match set {
        TermSet::Pattern { dfa, .. } => {
            let mut stream = terms.search(&**dfa).without_keys().into_stream()?;
            while stream.advance() {
                take(stream.value())?;
            }
        }
        TermSet::Prefix(prefix) => {
            let mut builder = terms.range().ge(prefix.as_bytes());
            if let Some(end) = after_prefix(prefix.as_bytes()) {
                builder = builder.lt(end);
            }
            let mut stream = builder.into_stream()?;
            while stream.advance() {
                take(stream.value())?;
            }
        }
        TermSet::Range(lower, upper) => {
            let mut builder = terms.range();
            builder = match lower {
                Bound::Included(bytes) => builder.ge(bytes),
                Bound::Excluded(bytes) => builder.gt(bytes),
                Bound::Unbounded => builder,
            };
            builder = match upper {
                Bound::Included(bytes) => builder.le(bytes),
                Bound::Excluded(bytes) => builder.lt(bytes),
                Bound::Unbounded => builder,
            };
            let mut stream = builder.into_stream()?;
            while stream.advance() {
                take(stream.value())?;
            }
        }
    }
    Ok(lists)
}

/// The first byte string after all that start with `prefix`.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return Some(end);
        }
    }
    None
}
