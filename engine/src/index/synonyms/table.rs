//! The rules of a synonym map as one field's analyzer sees them, ready to be looked up term by term.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use tutti_index_schema::{SynonymMap, SynonymRule};

use super::maps::StoredSynonymMap;
use crate::index::analysis::{Analyzer, PositionedTerms, by_position};
use crate::index::fields::FieldId;

/// A phrase with synonyms in it stands for at most so many phrases.
const MAX_VARIANTS: usize = 64;

/// What each sequence of terms stands for.
#[derive(Debug, Default)]
pub(crate) struct SynonymTable {
    rules: HashMap<PositionedTerms, Vec<PositionedTerms>>,
    /// Positions of the longest left side.
    longest: usize,
}

impl SynonymTable {
    pub(crate) fn new(map: &SynonymMap, analyzer: &Analyzer) -> SynonymTable {
        let mut table = SynonymTable::default();
        let analysed = |terms: &[String]| {
            let positions = terms.iter().map(|term| from_zero(&by_position(analyzer.tokens(term))));
            positions.filter(|positions| !positions.is_empty()).collect::<Vec<_>>()
        };
        for rule in &map.rules {
            match rule {
                // Equal to itself only: not even a unit.
                SynonymRule::Equivalent(terms) if terms.len() < 2 => {}
                SynonymRule::Equivalent(terms) => {
                    let terms = analysed(terms);
                    table.add(&terms, &terms);
                }
                SynonymRule::Explicit { from, to } => table.add(&analysed(from), &analysed(to)),
            }
        }
        table
    }

    fn add(&mut self, from: &[PositionedTerms], to: &[PositionedTerms]) {
        for left in from {
            self.longest = self.longest.max(left.len());
            let members = self.rules.entry(left.clone()).or_default();
            for right in to {
                if !members.contains(right) {
                    members.push(right.clone());
                }
            }
        }
    }

    /// The longest left side that `positions` begins with: how many positions it takes and what it stands for.
    pub(crate) fn find(&self, positions: &[(u32, Vec<String>)]) -> Option<(usize, &[PositionedTerms])> {
        for length in (1..=self.longest.min(positions.len())).rev() {
            if let Some(members) = self.rules.get(&from_zero(&positions[..length])) {
                return Some((length, members));
            }
        }
        None
    }

    /// Every phrase that a phrase stands for.
    pub(crate) fn variants(&self, positions: &[(u32, Vec<String>)]) -> Vec<PositionedTerms> {
        let positions = from_zero(positions);
        // Each variant with how far it has moved against the text.
        let mut variants: Vec<(PositionedTerms, i64)> = vec![(Vec::new(), 0)];
        let mut at = 0;
        while at < positions.len() {
            let own = [from_zero(&positions[at..=at])];
            let (length, members) = self.find(&positions[at..]).unwrap_or((1, &own));
            let (start, width) = (positions[at].0, i64::from(positions[at + length - 1].0 - positions[at].0));
            let members = together(members);
            let mut longer = Vec::with_capacity(variants.len() * members.len());
            for (variant, moved) in &variants {
                for member in &members {
                    let mut variant = variant.clone();
                    let base = i64::from(start) + moved;
                    variant.extend(member.iter().map(|(offset, terms)| ((base + i64::from(*offset)).max(0) as u32, terms.clone())));
                    let taken = member.last().map_or(0, |(offset, _)| i64::from(*offset));
                    longer.push((variant, moved + taken - width));
                    if longer.len() == MAX_VARIANTS {
                        break;
                    }
                }
            }
            longer.truncate(MAX_VARIANTS);
            variants = longer;
            at += length;
        }
        variants.into_iter().map(|(variant, _)| variant).filter(|variant| !variant.is_empty()).collect()
    }
}

/// Members of one position made one member with all their terms.
fn together(members: &[PositionedTerms]) -> Vec<PositionedTerms> {
    let mut out: Vec<PositionedTerms> = Vec::new();
    let mut single: Vec<String> = Vec::new();
    for member in members {
        match member.as_slice() {
            [(_, terms)] => single.extend(terms.iter().filter(|term| !single.contains(term)).cloned().collect::<Vec<_>>()),
            _ => out.push(member.clone()),
        }
    }
    if !single.is_empty() {
        out.insert(0, vec![(0, single)]);
    }
    out
}

/// The same terms with positions counted from the first one.
pub(crate) fn from_zero(positions: &[(u32, Vec<String>)]) -> PositionedTerms {
    let first = positions.first().map_or(0, |(position, _)| *position);
    positions.iter().map(|(position, terms)| (position - first, terms.clone())).collect()
}

/// A table and the tag of the map it was made from.
type Made = (u64, Arc<SynonymTable>);

/// The tables of one generation's fields, made anew when a map has changed.
#[derive(Default)]
pub(crate) struct SynonymTables {
    made: RwLock<HashMap<(FieldId, String), Made>>,
}

impl SynonymTables {
    /// The table of a field and a map.
    pub(crate) fn of(&self, field: FieldId, stored: &StoredSynonymMap, analyzer: &Analyzer) -> Arc<SynonymTable> {
        let (key, tag) = ((field, stored.name.clone()), stored.etag());
        if let Some((known, table)) = self.made.read().unwrap_or_else(PoisonError::into_inner).get(&key)
            && *known == tag
        {
            return Arc::clone(table);
        }
        let table = Arc::new(SynonymTable::new(&stored.map, analyzer));
        self.made.write().unwrap_or_else(PoisonError::into_inner).insert(key, (tag, Arc::clone(&table)));
        table
    }
}
