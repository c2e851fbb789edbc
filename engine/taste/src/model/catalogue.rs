//! Which of a model's items a catalogue holds.

use super::Model;
use crate::item_set::ItemSet;
use crate::string_table::StringTableView;
use crate::{Result, TasteError};

/// A model and a catalogue that share less than one in this many of what either holds do not belong together.
const SHARED: usize = 100;

/// Looks the keys of a catalogue up in a model, in one pass when they come in order.
#[derive(Debug)]
pub struct ItemMatcher<'a> {
    names: StringTableView<'a>,
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
        let found = ItemSet::with_capacity(self.items().len());
        ItemMatcher { names: self.item_ids(), found, next: 0 }
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
