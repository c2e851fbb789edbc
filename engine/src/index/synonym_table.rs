//! The rules of a synonym map as one field's analyzer sees them, ready to be looked up term by term.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use tutti_index_schema::{SynonymMap, SynonymRule};

use super::analysis::{Analyzer, by_position};
use super::synonym_maps::StoredSynonymMap;

/// Analysed text: positions from 0 with the alternative terms at each.
pub(crate) type Places = Vec<(u32, Vec<String>)>;

/// A phrase with synonyms in it stands for at most so many phrases.
const MOST_VARIANTS: usize = 64;

/// What each sequence of terms stands for.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rules: HashMap<Places, Vec<Places>>,
    /// Places of the longest left side.
    longest: usize,
}

impl Table {
    pub(crate) fn new(map: &SynonymMap, analyzer: &Analyzer) -> Table {
        let mut table = Table::default();
        let analysed = |terms: &[String]| {
            let places = terms.iter().map(|term| from_zero(&by_position(analyzer.tokens(term))));
            places.filter(|places| !places.is_empty()).collect::<Vec<_>>()
        };
        for rule in &map.rules {
            match rule {
                SynonymRule::Equivalent(terms) => {
                    let terms = analysed(terms);
                    table.add(&terms, &terms);
                }
                SynonymRule::Explicit { from, to } => table.add(&analysed(from), &analysed(to)),
            }
        }
        table
    }

    fn add(&mut self, from: &[Places], to: &[Places]) {
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

    /// The longest left side that `places` begins with: how many places it takes and what it stands for.
    pub(crate) fn find(&self, places: &[(u32, Vec<String>)]) -> Option<(usize, &[Places])> {
        for length in (1..=self.longest.min(places.len())).rev() {
            if let Some(members) = self.rules.get(&from_zero(&places[..length])) {
                return Some((length, members));
            }
        }
        None
    }

    /// Every phrase that a phrase stands for.
    pub(crate) fn variants(&self, places: &[(u32, Vec<String>)]) -> Vec<Places> {
        let places = from_zero(places);
        // Each variant with how far it has moved against the text.
        let mut variants: Vec<(Places, i64)> = vec![(Vec::new(), 0)];
        let mut at = 0;
        while at < places.len() {
            let own = [from_zero(&places[at..=at])];
            let (length, members) = self.find(&places[at..]).unwrap_or((1, &own));
            let (start, width) = (places[at].0, i64::from(places[at + length - 1].0 - places[at].0));
            let members = together(members);
            let mut longer = Vec::with_capacity(variants.len() * members.len());
            for (variant, moved) in &variants {
                for member in &members {
                    let mut variant = variant.clone();
                    let base = i64::from(start) + moved;
                    variant.extend(member.iter().map(|(offset, terms)| ((base + i64::from(*offset)).max(0) as u32, terms.clone())));
                    let taken = member.last().map_or(0, |(offset, _)| i64::from(*offset));
                    longer.push((variant, moved + taken - width));
                    if longer.len() == MOST_VARIANTS {
                        break;
                    }
                }
            }
            longer.truncate(MOST_VARIANTS);
            variants = longer;
            at += length;
        }
        variants.into_iter().map(|(variant, _)| variant).filter(|variant| !variant.is_empty()).collect()
    }
}

/// Members of one place made one member with all their terms.
fn together(members: &[Places]) -> Vec<Places> {
    let mut out: Vec<Places> = Vec::new();
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

/// The same places counted from the first one.
pub(crate) fn from_zero(places: &[(u32, Vec<String>)]) -> Places {
    let first = places.first().map_or(0, |(position, _)| *position);
    places.iter().map(|(position, terms)| (position - first, terms.clone())).collect()
}

/// A table and the tag of the map it was made from.
type Made = (u64, Arc<Table>);

/// The tables of one generation's fields, made anew when a map has changed.
#[derive(Default)]
pub(crate) struct Tables {
    made: RwLock<HashMap<(usize, String), Made>>,
}

impl Tables {
    /// The table of a field and a map.
    pub(crate) fn of(&self, field: usize, stored: &StoredSynonymMap, analyzer: &Analyzer) -> Arc<Table> {
        let (key, tag) = ((field, stored.name.clone()), stored.etag());
        if let Some((known, table)) = self.made.read().unwrap_or_else(PoisonError::into_inner).get(&key)
            && *known == tag
        {
            return Arc::clone(table);
        }
        let table = Arc::new(Table::new(&stored.map, analyzer));
        self.made.write().unwrap_or_else(PoisonError::into_inner).insert(key, (tag, Arc::clone(&table)));
        table
    }
}
