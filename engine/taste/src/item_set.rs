//! Some of a model's items as a bitmap: those that a catalogue holds, or that a filter over it lets through.

use super::model::Model;
use super::names::NamesIn;
use super::{Result, TasteError};

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

/// Looks the keys of a catalogue up in a model, in one pass when they come in order.
#[derive(Debug)]
pub struct ItemMatcher<'a> {
    names: NamesIn<'a>,
    found: ItemSet,
    next: u32,
}

impl ItemMatcher<'_> {
    /// Adds the item with this id, if the model has one. Keys should come in ascending runs: O(keys + runs * items) in all.
    pub fn add(&mut self, key: &str) {
        let names = self.names;
        if self.next > 0 && names.name(self.next - 1).is_some_and(|before| before >= key) {
            self.next = 0;
        }
        while names.name(self.next).is_some_and(|name| name < key) {
            self.next += 1;
        }
        if names.name(self.next) == Some(key) {
            self.found.insert(self.next);
            self.next += 1;
        }
    }

    /// The items found.
    pub fn finish(self) -> ItemSet {
        self.found
    }
}

impl Model {
    /// To find which of the model's items a catalogue holds.
    pub fn item_matcher(&self) -> ItemMatcher<'_> {
        let found = ItemSet { words: vec![0; self.items().len().div_ceil(64)], count: 0 };
        ItemMatcher { names: self.item_names(), found, next: 0 }
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
