//! Hard rules that look at nothing but an item, and the sets of items that they let through. Looking up the facts of an item costs
//! more than comparing its vector, so each set is made once, over all items, and the last few are kept with the model.

use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::Model;
use crate::item_set::ItemSet;

/// Sets kept: 125 kB each for a million items.
const SETS: usize = 64;
/// Items in one task: whole words of a set.
const CHUNK: u32 = 64 * 256;

/// Hard rules with labels by number. The default lets every item through.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ItemRule {
    /// Nothing explicit.
    pub(crate) clean: bool,
    /// Labels that stay out, ascending.
    pub(crate) without: Vec<u32>,
    /// Labels of which an item must have one, ascending.
    pub(crate) only: Option<Vec<u32>>,
    /// First and last year.
    pub(crate) years: Option<(u16, u16)>,
}

/// The last sets, the newest first.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<Vec<(ItemRule, Arc<ItemSet>)>>);

impl ItemRule {
    fn allows(&self, model: &Model, item: u32) -> bool {
        if self.clean || self.years.is_some() {
            let facts = model.facts(item);
            let in_years = |(first, last): (u16, u16)| facts.year.is_some_and(|year| (first..=last).contains(&year));
            if (self.clean && facts.explicit == Some(true)) || !self.years.is_none_or(in_years) {
                return false;
            }
        }
        let labels = if self.without.is_empty() && self.only.is_none() { &[] } else { model.labels(item) };
        let has = |wanted: &[u32]| wanted.iter().any(|label| labels.binary_search(label).is_ok());
        !has(&self.without) && self.only.as_deref().is_none_or(has)
    }
}

impl Model {
    /// The items that a rule lets through; none for the rule that lets everything through. O(items) the first time for a rule.
    pub(crate) fn items_passing(&self, rule: ItemRule) -> Option<Arc<ItemSet>> {
        if rule == ItemRule::default() {
            return None;
        }
        let kept = || self.rules.0.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let mut kept = kept();
            if let Some(at) = kept.iter().position(|(known, _)| *known == rule) {
                kept[..=at].rotate_right(1);
                return Some(Arc::clone(&kept[0].1));
            }
        }
        let count = self.items().len() as u32;
        let words = |first: u32| {
            (first * 64..(first * 64 + 64).min(count)).fold(0u64, |word, item| word | u64::from(rule.allows(self, item)) << (item % 64))
        };
        let words: Vec<u64> = (0..count.div_ceil(64)).into_par_iter().with_min_len(CHUNK as usize / 64).map(words).collect();
        let set = Arc::new(ItemSet::from_words(words));
        let mut kept = kept();
        kept.insert(0, (rule, Arc::clone(&set)));
        kept.truncate(SETS);
        Some(set)
    }
}
