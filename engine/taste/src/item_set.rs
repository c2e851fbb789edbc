//! Some items as a bitset, by number.

/// Some items, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemSet {
    words: Vec<u64>,
    count: usize,
}

impl ItemSet {
    /// No item, with room for the first `capacity`.
    pub(crate) fn with_capacity(capacity: usize) -> ItemSet {
        ItemSet { words: vec![0; capacity.div_ceil(64)], count: 0 }
    }

    /// The first `count` items.
    pub fn all(count: usize) -> ItemSet {
        let mut out = ItemSet { words: vec![0; count.div_ceil(64)], count: 0 };
        (0..count as u32).for_each(|item| out.insert(item));
        out
    }

    /// Items by the bits of words, the lowest first.
    pub(crate) fn from_words(words: Vec<u64>) -> ItemSet {
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

    /// Adds an item; one beyond the capacity is ignored.
    pub(crate) fn insert(&mut self, item: u32) {
        if let Some(word) = self.words.get_mut(item as usize / 64) {
            let bit = 1 << (item % 64);
            self.count += usize::from(*word & bit == 0);
            *word |= bit;
        }
    }
}
