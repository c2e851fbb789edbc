//! What a host's rules leave of the catalogue, as a set of items. Looking an item's facts up costs more than comparing its vector, so
//! each set is made once, over all items, and the last few are kept with the model.

use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::Rules;
use crate::ItemSet;
use crate::model::Model;

/// Sets kept: 125 kB each for a million items.
const SETS: usize = 64;
/// Items in one task: whole words of a set.
const CHUNK: u32 = 64 * 256;

/// The rules that look at nothing but the item, with labels by number.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    clean: bool,
    without: Vec<u32>,
    only: Option<Vec<u32>>,
    years: Option<(u16, u16)>,
}

/// The last sets, the newest first.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<Vec<(Asked, Arc<ItemSet>)>>);

impl Asked {
    fn of(rules: &Rules, model: &Model) -> Option<Asked> {
        let numbers = |labels: &[String]| -> Vec<u32> {
            let mut out: Vec<u32> = labels.iter().filter_map(|label| model.label_names().number(label)).collect();
            out.sort_unstable();
            out
        };
        let only = (!rules.only.is_empty()).then(|| numbers(&rules.only));
        let asked = Asked { clean: rules.clean, without: numbers(&rules.without), only, years: rules.years };
        let nothing = !asked.clean && asked.without.is_empty() && asked.only.is_none() && asked.years.is_none();
        (!nothing).then_some(asked)
    }

    fn lets(&self, model: &Model, item: u32) -> bool {
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
    /// The items that a host's rules let through; none when the rules ask nothing of an item. O(items) the first time for these rules.
    pub(super) fn ruled(&self, rules: &Rules) -> Option<Arc<ItemSet>> {
        let asked = Asked::of(rules, self)?;
        let kept = || self.ruled.0.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let mut kept = kept();
            if let Some(at) = kept.iter().position(|(known, _)| *known == asked) {
                kept[..=at].rotate_right(1);
                return Some(Arc::clone(&kept[0].1));
            }
        }
        let count = self.items().len() as u32;
        let words = |first: u32| {
            (first * 64..(first * 64 + 64).min(count)).fold(0u64, |word, item| word | u64::from(asked.lets(self, item)) << (item % 64))
        };
        let words: Vec<u64> = (0..count.div_ceil(64)).into_par_iter().with_min_len(CHUNK as usize / 64).map(words).collect();
        let set = Arc::new(ItemSet::of(words));
        let mut kept = kept();
        kept.insert(0, (asked, Arc::clone(&set)));
        kept.truncate(SETS);
        Some(set)
    }
}
