//! Which number stands for which id. Ids are numbered in byte order, so that the numbers depend on the ids alone.

/// Ids by number, numbers by id. The text lies in one piece, as it does in a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StringTable {
    /// Where each id ends in the text.
    pub(crate) ends: Vec<u64>,
    /// All ids, one after the other.
    pub(crate) text: Vec<u8>,
}

/// Names that lie elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct StringTableView<'a> {
    pub(crate) ends: &'a [u64],
    pub(crate) text: &'a [u8],
}

impl StringTable {
    /// Numbers these ids, each once however often it comes.
    pub fn of<S: AsRef<str> + Ord>(mut ids: Vec<S>) -> StringTable {
        ids.sort_unstable_by(|a, b| a.as_ref().cmp(b.as_ref()));
        ids.dedup_by(|a, b| a.as_ref() == b.as_ref());
        let mut out = StringTable::default();
        for id in ids {
            out.text.extend_from_slice(id.as_ref().as_bytes());
            out.ends.push(out.text.len() as u64);
        }
        out
    }

    /// To read from.
    pub fn view(&self) -> StringTableView<'_> {
        StringTableView { ends: &self.ends, text: &self.text }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The number of an id. O(log n).
    pub fn number(&self, id: &str) -> Option<u32> {
        self.view().number(id)
    }

    /// The id of a number.
    pub fn name(&self, number: u32) -> Option<&str> {
        self.view().name(number)
    }
}

impl<'a> StringTableView<'a> {
    fn bytes(&self, at: usize) -> Option<&'a [u8]> {
        let start = if at == 0 { 0 } else { *self.ends.get(at - 1)? as usize };
        self.text.get(start..*self.ends.get(at)? as usize)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The id of a number.
    pub fn name(&self, number: u32) -> Option<&'a str> {
        std::str::from_utf8(self.bytes(number as usize)?).ok()
    }

    /// The number of an id. O(log n).
    pub fn number(&self, id: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.bytes(middle)?.cmp(id.as_bytes()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return u32::try_from(middle).ok(),
            }
        }
        None
    }

    /// All ids in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        (0..self.len()).map(move |at| self.name(at as u32).unwrap_or_default())
    }
}
