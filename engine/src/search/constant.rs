//! Sets of documents that score alike: patterns and ranges over a dictionary, conditions on columns, everything.
//!
//! Where ten hits are wanted and no count, the first ten documents of such a set are as good as any, so the sets are
//! made lazily, a window of documents at a time, and the collection stops as soon as no better score can come.

use std::ops::Bound;
use std::sync::Arc;

use tantivy::fastfield::AliveBitSet;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{AllScorer, EmptyScorer, Explanation, Scorer, Weight};
use tantivy::schema::{Field as Slot, IndexRecordOption};
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED, TantivyError, Term};

use super::collect::explained;
use super::elements::{self, ElementTest};
use super::geography::PlacesWith;
use super::plan::{TermSet, ValueTest};
use super::statistics::SCALE;
use super::typeahead::pattern::Pattern;
use super::values::{Domain, Intervals};
use crate::index::columns::Columns;
use crate::index::layout::{Kind, Layout};

/// A weight whose documents all score the same.
pub(crate) struct Constant {
    source: Source,
    score: Score,
}

/// Where the documents come from.
pub(crate) enum Source {
    All,
    MultiTerm(MultiTerm),
    Postings(Postings),
    HasText(HasText),
    Column(ColumnTest),
    Filled(Filled),
    Places(PlacesWith),
    /// Documents with an element that passes.
    Elements(Arc<Layout>, Arc<Columns>, ElementTest),
    Excluded(Excluded),
    Inner(Box<dyn Weight>),
    Spelled(Spelled),
}

/// Documents with one of the words a pattern stands for.
pub(crate) struct Spelled {
    pub(crate) slot: Slot,
    pub(crate) pattern: Arc<Pattern>,
    /// With more words than this only the most frequent ones count.
    pub(crate) most: usize,
}

/// Documents with a term of the set.
pub(crate) struct MultiTerm {
    pub(crate) slot: Slot,
    pub(crate) set: TermSet,
}

/// Documents with one of these terms.
pub(crate) struct Postings {
    pub(crate) terms: Vec<Term>,
}

/// Documents with a token in the field.
pub(crate) struct HasText {
    pub(crate) slot: Slot,
}

/// Documents with a value that passes.
pub(crate) struct ColumnTest {
    pub(crate) columns: Arc<Columns>,
    pub(crate) kind: Kind,
    pub(crate) column: String,
    pub(crate) test: ValueTest,
}

/// Documents with a value.
pub(crate) struct Filled {
    pub(crate) columns: Arc<Columns>,
    pub(crate) kind: Kind,
    pub(crate) column: String,
}

/// Documents the weight does not match.
pub(crate) struct Excluded {
    pub(crate) weight: Box<dyn Weight>,
}

impl Constant {
    /// `boost` on Lucene's scale.
    pub(crate) fn new(source: Source, boost: f32) -> Constant {
        Constant { source, score: boost * SCALE }
    }

    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>> {
        Ok(match &self.source {
            Source::All => Box::new(AllScorer::new(reader.max_doc())),
            Source::MultiTerm(MultiTerm { slot, set }) => union(matching(reader, *slot, set)?),
            Source::Postings(Postings { terms }) => {
                let mut lists = Vec::new();
                for term in terms {
                    let inverted = reader.inverted_index(term.field())?;
                    lists.extend(inverted.read_block_postings(term, IndexRecordOption::Basic)?);
                }
                union(lists)
            }
            Source::HasText(HasText { slot }) => match reader.fieldnorms_readers().get_field(*slot)? {
                Some(lengths) => scan(reader, move |doc| lengths_contain(&lengths, doc)),
                None => Box::new(EmptyScorer),
            },
            Source::Column(test) => test.docs(reader)?,
            Source::Filled(Filled { columns, kind, column }) => match columns.numbers(reader, *kind, column)? {
                Some((numbers, _)) => scan(reader, move |doc| numbers.first(doc).is_some()),
                None => Box::new(EmptyScorer),
            },
            Source::Places(places) => places.docs(reader)?,
            Source::Elements(layout, columns, test) => elements::docs(layout, columns, test, reader)?,
            Source::Excluded(Excluded { weight }) => {
                let mut inner = weight.scorer(reader, 1.0)?;
                // Scans run forward only, which is all the exclusion needs.
                scan_mut(reader, move |doc| {
                    if inner.doc() < doc {
                        inner.seek(doc);
                    }
                    inner.doc() != doc
                })
            }
            Source::Inner(weight) => Box::new(weight.scorer(reader, 1.0)?),
            Source::Spelled(spelled) => union(spelled.lists(reader)?),
        })
    }
}

impl Spelled {
    fn lists(&self, reader: &SegmentReader) -> tantivy::Result<Vec<BlockSegmentPostings>> {
        let inverted = reader.inverted_index(self.slot)?;
        let mut stream = inverted.terms().search(&*self.pattern).without_keys().into_stream()?;
        let mut words = Vec::new();
        while stream.advance() {
            words.push(stream.value().clone());
        }
        if words.len() > self.most {
            words.select_nth_unstable_by_key(self.most, |word| std::cmp::Reverse(word.doc_freq));
            words.truncate(self.most);
        }
        let lists = words.iter().map(|word| inverted.read_block_postings_from_terminfo(word, IndexRecordOption::Basic));
        Ok(lists.collect::<std::io::Result<_>>()?)
    }
}

fn lengths_contain(lengths: &FieldNormReader, doc: DocId) -> bool {
    lengths.fieldnorm_id(doc) > 0
}

impl Weight for Constant {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(ConstantScorer { docs: self.docs(reader)?, score: self.score * boost }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explained("constant score", self.scorer(reader, 1.0)?, doc)
    }

    fn count(&self, reader: &SegmentReader) -> tantivy::Result<u32> {
        match (&self.source, reader.alive_bitset()) {
            (Source::All, _) => Ok(reader.num_docs()),
            (Source::Inner(weight), _) => weight.count(reader),
            (Source::Excluded(Excluded { weight }), _) => Ok(reader.num_docs() - weight.count(reader)?),
            (_, Some(alive)) => Ok(self.docs(reader)?.count(alive)),
            (_, None) => Ok(self.docs(reader)?.count_including_deleted()),
        }
    }

    fn for_each_pruning(
        &self,
        mut threshold: Score,
        reader: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score) -> Score,
    ) -> tantivy::Result<()> {
        if self.score <= threshold {
            return Ok(());
        }
        let mut docs = self.docs(reader)?;
        let mut doc = docs.doc();
        while doc != TERMINATED && self.score > threshold {
            threshold = callback(doc, self.score);
            doc = docs.advance();
        }
        Ok(())
    }
}

/// Unlike tantivy's `ConstScorer` it lets the documents count themselves.
struct ConstantScorer {
    docs: Box<dyn DocSet>,
    score: Score,
}

impl DocSet for ConstantScorer {
    fn advance(&mut self) -> DocId {
        self.docs.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.docs.seek(target)
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        self.docs.seek_danger(target)
    }

    fn fill_buffer(&mut self, buffer: &mut [DocId; COLLECT_BLOCK_BUFFER_LEN]) -> usize {
        self.docs.fill_buffer(buffer)
    }

    fn doc(&self) -> DocId {
        self.docs.doc()
    }

    fn size_hint(&self) -> u32 {
        self.docs.size_hint()
    }

    fn cost(&self) -> u64 {
        self.docs.cost()
    }

    fn count(&mut self, alive: &AliveBitSet) -> u32 {
        self.docs.count(alive)
    }

    fn count_including_deleted(&mut self) -> u32 {
        self.docs.count_including_deleted()
    }
}

impl Scorer for ConstantScorer {
    fn score(&mut self) -> Score {
        self.score
    }
}

impl ColumnTest {
    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<Box<dyn DocSet>> {
        let Some((numbers, strings)) = self.columns.numbers(reader, self.kind, &self.column)? else { return Ok(Box::new(EmptyScorer)) };
        let domain = Domain::of(self.kind, strings.as_ref());
        let wanted: Intervals = self.test.intervals(&domain).map_err(|error| TantivyError::InternalError(error.to_string()))?;
        if wanted.is_empty() {
            return Ok(Box::new(EmptyScorer));
        }
        if numbers.get_cardinality().is_multivalue() {
            return Ok(scan(reader, move |doc| numbers.values_for_doc(doc).any(|value| wanted.contain(value))));
        }
        Ok(scan(reader, move |doc| numbers.first(doc).is_some_and(|value| wanted.contain(value))))
    }
}

/// The postings of every term of the set in this segment.
fn matching(reader: &SegmentReader, slot: Slot, set: &TermSet) -> tantivy::Result<Vec<BlockSegmentPostings>> {
    let inverted = reader.inverted_index(slot)?;
    let terms = inverted.terms();
    let mut lists = Vec::new();
    let mut take = |info: &tantivy::postings::TermInfo| -> tantivy::Result<()> {
        lists.push(inverted.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?);
        Ok(())
    };
    match set {
        TermSet::Automaton(dfa, _) => {
            let mut stream = terms.search(&**dfa).without_keys().into_stream()?;
            while stream.advance() {
                take(stream.value())?;
            }
        }
        TermSet::Prefix(prefix) => {
            let mut builder = terms.range().ge(prefix.as_bytes());
            if let Some(end) = after_prefix(prefix.as_bytes()) {
                builder = builder.lt(end);
            }
            let mut stream = builder.into_stream()?;
            while stream.advance() {
                take(stream.value())?;
            }
        }
        TermSet::Range(lower, upper) => {
            let mut builder = terms.range();
            builder = match lower {
                Bound::Included(bytes) => builder.ge(bytes),
                Bound::Excluded(bytes) => builder.gt(bytes),
                Bound::Unbounded => builder,
            };
            builder = match upper {
                Bound::Included(bytes) => builder.le(bytes),
                Bound::Excluded(bytes) => builder.lt(bytes),
                Bound::Unbounded => builder,
            };
            let mut stream = builder.into_stream()?;
            while stream.advance() {
                take(stream.value())?;
            }
        }
    }
    Ok(lists)
}

/// The first byte string after all that start with `prefix`.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return Some(end);
        }
    }
    None
}

fn union(lists: Vec<BlockSegmentPostings>) -> Box<dyn DocSet> {
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
const MOST_WORDS: usize = 4096;

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
        if words <= MOST_WORDS {
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
            self.grow(MOST_WORDS);
            self.fill(next);
        }
        self.doc = TERMINATED;
        count
    }
}

/// Documents that pass a test, looked at one by one; meant to be led by something sparser.
struct Scan<F> {
    test: F,
    doc: DocId,
    max_doc: DocId,
}

pub(super) fn scan(reader: &SegmentReader, test: impl Fn(DocId) -> bool + Send + 'static) -> Box<dyn DocSet> {
    scan_mut(reader, test)
}

fn scan_mut(reader: &SegmentReader, test: impl FnMut(DocId) -> bool + Send + 'static) -> Box<dyn DocSet> {
    let mut scan = Scan { test, doc: 0, max_doc: reader.max_doc() };
    scan.settle(0);
    Box::new(scan)
}

impl<F: FnMut(DocId) -> bool + Send> Scan<F> {
    fn settle(&mut self, from: DocId) -> DocId {
        let mut doc = from;
        while doc < self.max_doc && !(self.test)(doc) {
            doc += 1;
        }
        self.doc = if doc < self.max_doc { doc } else { TERMINATED };
        self.doc
    }
}

impl<F: FnMut(DocId) -> bool + Send> DocSet for Scan<F> {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED { TERMINATED } else { self.settle(self.doc + 1) }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target { self.doc } else { self.settle(target) }
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        if self.doc == target && target != TERMINATED {
            return SeekDangerResult::Found;
        }
        if target >= self.max_doc || self.doc == TERMINATED {
            self.doc = TERMINATED;
            return SeekDangerResult::SeekLowerBound(TERMINATED);
        }
        if self.doc > target {
            return SeekDangerResult::SeekLowerBound(self.doc);
        }
        if (self.test)(target) {
            self.doc = target;
            SeekDangerResult::Found
        } else {
            // Only the one document is tested; what follows is looked at when it is asked for.
            SeekDangerResult::SeekLowerBound(target + 1)
        }
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.max_doc
    }
}
