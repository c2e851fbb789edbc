//! Sets of terms with a constant score: prefixes, wildcards, regular expressions, ranges. Their text is normalised, not
//! analysed.

use std::ops::Bound;

use super::plan::{Plan, TermSet};
use super::{Binder, Leaf};
use crate::error::Result;
use crate::index::analysis::Analyzer;
use crate::query::ast::{RangeEnd, WildcardPiece};

/// Binds `word*`.
pub(super) fn prefix(text: &str, leaf: Leaf<'_>) -> Plan {
    bind(TermSet::Prefix(leaf.analyzer.normalize(text)), leaf)
}

/// Binds `[a TO b]` and its kin.
pub(super) fn range(lower: &RangeEnd, upper: &RangeEnd, leaf: Leaf<'_>) -> Plan {
    bind(TermSet::Range(bound(leaf.analyzer, lower), bound(leaf.analyzer, upper)), leaf)
}

impl Binder<'_> {
    /// Binds a word with `*` and `?` in it.
    pub(super) fn wildcard(&mut self, pieces: &[WildcardPiece], leaf: Leaf<'_>) -> Result<Plan> {
        let normalized = |piece: &WildcardPiece| match piece {
            WildcardPiece::Literal(text) => WildcardPiece::Literal(leaf.analyzer.normalize(text)),
            piece => piece.clone(),
        };
        let pieces: Vec<_> = pieces.iter().map(normalized).collect();
        let compile = |allowance: &mut _| tutti_automata::wildcard_within(&pieces, allowance);
        let dfa = self.limits.pattern(format!("{pieces:?}"), leaf.span, compile)?;
        Ok(bind(TermSet::Pattern { dfa, text: wildcard_text(&pieces) }, leaf))
    }

    /// Binds `/pattern/`.
    pub(super) fn regex(&mut self, pattern: &str, leaf: Leaf<'_>) -> Result<Plan> {
        let pattern = leaf.analyzer.normalize(pattern);
        let text = format!("/{pattern}/");
        let dfa = self.limits.pattern(text.clone(), leaf.span, |allowance| tutti_automata::regex_within(&pattern, allowance))?;
        Ok(bind(TermSet::Pattern { dfa, text }, leaf))
    }
}

fn bind(terms: TermSet, leaf: Leaf<'_>) -> Plan {
    leaf.field.map_or(Plan::MatchNone, |field| Plan::MultiTerm { field, terms, boost: leaf.boost })
}

fn bound(analyzer: &Analyzer, end: &RangeEnd) -> Bound<Vec<u8>> {
    match end {
        RangeEnd::Open => Bound::Unbounded,
        RangeEnd::Included(text) => Bound::Included(analyzer.normalize(text).into_bytes()),
        RangeEnd::Excluded(text) => Bound::Excluded(analyzer.normalize(text).into_bytes()),
    }
}

fn wildcard_text(pieces: &[WildcardPiece]) -> String {
    let piece = |piece: &WildcardPiece| match piece {
        WildcardPiece::Literal(text) => text.clone(),
        WildcardPiece::Escaped(c) => c.to_string(),
        WildcardPiece::AnyChar => "?".to_owned(),
        WildcardPiece::AnyString => "*".to_owned(),
    };
    pieces.iter().map(piece).collect()
}
