//! Documents in any of several posting lists. Where ten hits are wanted and no count, the first ten documents of such a set
//! are as good as any, so the set is made lazily, a window of documents at a time.

use tantivy::postings::BlockSegmentPostings;
use tantivy::query::EmptyScorer;
use tantivy::{DocId, DocSet, TERMINATED};

/// The documents of all lists.
pub(crate) fn union(lists: Vec<BlockSegmentPostings>) -> Box<dyn DocSet> {
    if lists.is_empty() { Box::new(EmptyScorer) } else { Box::new(Union::new(lists)) }
}

/// Documents in any of several posting lists, found one window of documents at a time.
struct Union {
    lists: Vec<BlockSegmentPostings>,
    /// Where each list's next document stands in its block.
    cursors: Vec<usize>,
    /// First document of the window.
    base: DocId,
    /// One bit a document. Small at first, since the first few documents may be all that is wanted, larger later.
    window: Vec<u64>,
    word: usize,
    doc: DocId,
    cost: u32,
}

const FIRST_WORDS: usize = 64;
const MAX_WORDS: usize = 4096;

impl Union {
    fn new(lists: Vec<BlockSegmentPostings>) -> Union {
        let cost = lists.iter().map(BlockSegmentPostings::doc_freq).fold(0, u32::saturating_add);
        let cursors = vec![0; lists.len()];
        let mut union = Union { lists, cursors, base: 0, window: vec![0; FIRST_WORDS], word: 0, doc: 0, cost };
        union.fill(0);
        union.doc = union.next_in_window();
        union
    }

    /// Loads the first window from `target` on that holds a document.
    fn fill(&mut self, target: DocId) {
        let mut first = TERMINATED;
        for (list, cursor) in self.lists.iter_mut().zip(&mut self.cursors) {
            if *cursor < list.block_len() && list.doc(*cursor) < target {
                *cursor = list.seek(target);
            }
            first = first.min(head(list, *cursor));
        }
        self.word = 0;
        if first >= TERMINATED {
            self.base = TERMINATED;
            return;
        }
        self.base = first;
        let end = first.saturating_add(self.span());
        let mut at = 0;
        while at < self.lists.len() {
            let (list, cursor) = (&mut self.lists[at], &mut self.cursors[at]);
            loop {
                let docs = &list.docs()[*cursor..];
                let inside = if docs.last().is_some_and(|last| *last < end) { docs.len() } else { docs.partition_point(|doc| *doc < end) };
                for doc in &docs[..inside] {
                    let offset = doc - first;
                    self.window[(offset / 64) as usize] |= 1 << (offset % 64);
                }
                *cursor += inside;
                if inside < docs.len() || list.block_len() == 0 {
                    break;
                }
                list.advance();
                *cursor = 0;
            }
            if self.lists[at].block_len() == 0 {
                self.lists.swap_remove(at);
                self.cursors.swap_remove(at);
            } else {
                at += 1;
            }
        }
    }

    /// Documents a window holds.
    fn span(&self) -> u32 {
        self.window.len() as u32 * 64
    }

    /// Makes an empty window larger.
    fn grow(&mut self, words: usize) {
        if words <= MAX_WORDS {
            self.window.resize(words.max(self.window.len()), 0);
        }
    }

    fn next_in_window(&mut self) -> DocId {
        if self.base == TERMINATED {
            return TERMINATED;
        }
        while self.word < self.window.len() {
            let bits = &mut self.window[self.word];
            if *bits != 0 {
                let bit = bits.trailing_zeros();
                *bits &= *bits - 1;
                return self.base + self.word as u32 * 64 + bit;
            }
            self.word += 1;
        }
        TERMINATED
    }
}

fn head(list: &BlockSegmentPostings, cursor: usize) -> DocId {
    if cursor < list.block_len() { list.doc(cursor) } else { TERMINATED }
}

impl DocSet for Union {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        loop {
            let doc = self.next_in_window();
            if doc != TERMINATED || self.base == TERMINATED {
                self.doc = doc;
                return doc;
            }
            let next = self.base.saturating_add(self.span());
            self.grow(self.window.len() * 4);
            self.fill(next);
        }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        if target >= TERMINATED {
            self.base = TERMINATED;
            self.doc = TERMINATED;
            return TERMINATED;
        }
        if target < self.base.saturating_add(self.span()) {
            let offset = target - self.base;
            let word = (offset / 64) as usize;
            self.window[self.word..word].fill(0);
            self.word = word;
            self.window[word] &= u64::MAX << (offset % 64);
        } else {
            self.window.fill(0);
            self.fill(target);
        }
        self.advance()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.cost
    }

    fn count_including_deleted(&mut self) -> u32 {
        if self.doc == TERMINATED {
            return 0;
        }
        let mut count = 1;
        while self.base != TERMINATED {
            count += self.window.iter().map(|word| word.count_ones()).sum::<u32>();
            self.window.fill(0);
            let next = self.base.saturating_add(self.span());
            self.grow(MAX_WORDS);
            self.fill(next);
        }
        self.doc = TERMINATED;
        count
    }
}
