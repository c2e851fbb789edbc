//! Some of a model's items as a bitmap: those that a catalogue holds, or that a filter over it lets through.

use super::model::Model;
use super::{Result, TasteError};
use crate::index::Index;
use crate::query::ast::Query;

/// A model and a catalogue that share less than one in this many of what either holds do not belong together.
const SHARED: usize = 100;

/// Some items, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemSet {
    words: Vec<u64>,
    count: usize,
}

impl ItemSet {
    /// The first `count` items.
    pub fn all(count: usize) -> ItemSet {
        let mut out = ItemSet { words: vec![0; count.div_ceil(64)], count: 0 };
        (0..count as u32).for_each(|item| out.insert(item));
        out
    }

    /// Items by the bits of words, the lowest first.
    pub(crate) fn of(words: Vec<u64>) -> ItemSet {
        ItemSet { count: words.iter().map(|word| word.count_ones() as usize).sum(), words }
    }

    /// Whether an item is among them. O(1).
    pub fn has(&self, item: u32) -> bool {
        self.words.get(item as usize / 64).is_some_and(|word| word >> (item % 64) & 1 == 1)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn insert(&mut self, item: u32) {
        if let Some(word) = self.words.get_mut(item as usize / 64) {
            let bit = 1 << (item % 64);
            self.count += usize::from(*word & bit == 0);
            *word |= bit;
        }
    }
}

impl Model {
    /// The model's items that an index holds and a filter lets through, if there is one. O(keys + items): both are in order.
    ///
    /// # Errors
    /// What [`Index::each_key`] says.
    pub fn items_of(&self, index: &Index, filter: Option<&Query>) -> crate::error::Result<ItemSet> {
        let (names, mut out) = (self.item_names(), ItemSet { words: vec![0; self.items().len().div_ceil(64)], count: 0 });
        let mut at = 0;
        index.each_key(filter, |key| {
            // The keys come in several runs, each ascending.
            if at > 0 && names.name(at - 1).is_some_and(|before| before >= key) {
                at = 0;
            }
            while names.name(at).is_some_and(|name| name < key) {
                at += 1;
            }
            if names.name(at) == Some(key) {
                out.insert(at);
                at += 1;
            }
        })?;
        Ok(out)
    }

    /// Whether the model was trained on a catalogue of `documents`, of which it knows these.
    ///
    /// # Errors
    /// [`TasteError::Mismatch`] when the two share next to nothing.
    pub fn fits(&self, known: &ItemSet, documents: usize) -> Result<()> {
        let least = documents.min(self.items().len()).div_ceil(SHARED);
        if known.len() < least { Err(TasteError::Mismatch { known: known.len(), asked: documents }) } else { Ok(()) }
    }
}
