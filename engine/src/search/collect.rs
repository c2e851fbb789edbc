//! Running a weight over the segments: the best documents, the exact count, the facets.
//!
//! Three ways, the cheapest that answers the request: best documents only, with tantivy's skipping; the same and a count
//! in a pass of its own that reads no frequencies; or one pass over every match when facets or sort keys need it.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use tantivy::query::{Explanation, Scorer, Weight};
use tantivy::{DocAddress, DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED, TantivyError};

use super::facets::Counter;
use super::sort::{Keys, Value};
use crate::error::Result;

/// A document in the running for the page.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) address: DocAddress,
    pub(crate) score: Score,
    /// The values sorted by, empty when by score alone.
    pub(crate) values: Vec<Value>,
}

/// Where the last page ended: only what comes after it is collected.
#[derive(Clone, Debug)]
pub(crate) struct After {
    pub(crate) score: Score,
    pub(crate) values: Vec<Value>,
    pub(crate) address: DocAddress,
}

/// The first `limit` documents of a query whose documents all score alike, and their exact count, in one pass.
pub(crate) fn alike(searcher: &Searcher, weight: &dyn Weight, limit: usize, after: Option<&After>) -> Result<(Vec<Found>, u64)> {
    let mut best = Best::new(limit);
    let mut total = 0u64;
    for (ord, reader) in searcher.segment_readers().iter().enumerate() {
        let mut scorer = weight.scorer(reader, 1.0)?;
        let alive = reader.alive_bitset();
        let mut doc = scorer.doc();
        while doc != TERMINATED && limit > 0 && scorer.score() > best.threshold() {
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                total += 1;
                let address = DocAddress::new(ord as u32, doc);
                let score = scorer.score();
                if after.is_none_or(|after| follows(score, address, after)) {
                    best.push(score, address);
                }
            }
            doc = scorer.advance();
        }
        // From here on only the number matters.
        total += u64::from(match alive {
            Some(alive) => scorer.count(alive),
            None => scorer.count_including_deleted(),
        });
    }
    Ok((best.into_sorted(), total))
}

/// The best `limit` documents by score, ties by address, and the count when asked for.
pub(crate) fn by_score(
    searcher: &Searcher,
    scored: &dyn Weight,
    counted: Option<&dyn Weight>,
    limit: usize,
    after: Option<&After>,
) -> Result<(Vec<Found>, Option<u64>)> {
    let mut best = Best::new(limit);
    let mut total = counted.map(|_| 0u64);
    for (ord, reader) in searcher.segment_readers().iter().enumerate() {
        if limit > 0 {
            let alive = reader.alive_bitset();
            let best = &mut best;
            scored.for_each_pruning(best.threshold(), reader, &mut |doc, score| {
                if alive.is_none_or(|alive| alive.is_alive(doc)) {
                    let address = DocAddress::new(ord as u32, doc);
                    if after.is_none_or(|after| follows(score, address, after)) {
                        best.push(score, address);
                    }
                }
                best.threshold()
            })?;
        }
        if let (Some(total), Some(weight)) = (&mut total, counted) {
            *total += u64::from(weight.count(reader)?);
        }
    }
    Ok((best.into_sorted(), total))
}

fn follows(score: Score, address: DocAddress, after: &After) -> bool {
    score < after.score || (score == after.score && address > after.address)
}

/// A choice made in a facet: which documents have one of the chosen values.
pub(crate) struct Choice {
    pub(crate) weight: Box<dyn Weight>,
    /// Facets on the chosen field, which are counted as if the choice had not been made.
    pub(crate) facets: Vec<usize>,
}

/// Everything in one pass: count, facets, and the best `limit` documents by the sort keys.
pub(crate) fn in_one_pass(
    searcher: &Searcher,
    weight: &dyn Weight,
    choices: &[Choice],
    keys: Option<&Keys>,
    counters: &mut [Counter],
    limit: usize,
    after: Option<&After>,
) -> Result<(Vec<Found>, u64)> {
    let mut total = 0u64;
    let mut best = Best::new(limit);
    let mut sorted: Vec<Found> = Vec::new();
    for (ord, reader) in searcher.segment_readers().iter().enumerate() {
        let mut segment_counters = counters.iter().map(|counter| counter.segment(reader)).collect::<Result<Vec<_>>>()?;
        let mut segment_keys = keys.map(|keys| keys.segment(reader, ord as u32, limit, after)).transpose()?;
        let mut chosen = choices
            .iter()
            .map(|choice| Ok(Chosen { docs: choice.weight.scorer(reader, 1.0)?, facets: &choice.facets }))
            .collect::<Result<Vec<_>>>()?;
        let alive = reader.alive_bitset();
        let mut take = |doc: DocId, score: Score| {
            if alive.is_some_and(|alive| !alive.is_alive(doc)) {
                return;
            }
            match missed(&mut chosen, doc) {
                Missed::None => {
                    total += 1;
                    for counter in &mut segment_counters {
                        counter.count(doc);
                    }
                    match &mut segment_keys {
                        Some(keys) => keys.offer(doc, score),
                        None => {
                            let address = DocAddress::new(ord as u32, doc);
                            if score > best.threshold() && after.is_none_or(|after| follows(score, address, after)) {
                                best.push(score, address);
                            }
                        }
                    }
                }
                Missed::One(facets) => {
                    for facet in facets {
                        segment_counters[*facet].count(doc);
                    }
                }
                Missed::Several => {}
            }
        };
        if keys.is_none_or(Keys::need_score) && limit > 0 {
            weight.for_each(reader, &mut take)?;
        } else {
            weight.for_each_no_score(reader, &mut |docs| {
                for doc in docs {
                    take(*doc, 0.0);
                }
            })?;
        }
        for (counter, segment) in counters.iter_mut().zip(segment_counters) {
            counter.merge(segment)?;
        }
        if let Some(segment) = segment_keys {
            sorted.extend(segment.into_found()?);
        }
    }
    match keys {
        Some(keys) => {
            sorted.sort_by(|a, b| keys.compare(a, b));
            sorted.truncate(limit);
            Ok((sorted, total))
        }
        None => Ok((best.into_sorted(), total)),
    }
}

struct Chosen<'a> {
    docs: Box<dyn Scorer>,
    facets: &'a [usize],
}

enum Missed<'a> {
    None,
    One(&'a [usize]),
    Several,
}

/// Which choices a document does not fit.
fn missed<'a>(chosen: &mut [Chosen<'a>], doc: DocId) -> Missed<'a> {
    let mut missed = Missed::None;
    for choice in chosen {
        if choice.docs.doc() < doc {
            choice.docs.seek(doc);
        }
        if choice.docs.doc() != doc {
            match missed {
                Missed::None => missed = Missed::One(choice.facets),
                Missed::One(_) | Missed::Several => return Missed::Several,
            }
        }
    }
    missed
}

/// The best scores seen, earlier documents first among equals.
struct Best {
    heap: BinaryHeap<Worst>,
    limit: usize,
}

/// Ordered so that the heap's top is the first to go: the lowest score, among equals the latest document.
#[derive(Clone, Copy, PartialEq)]
struct Worst {
    score: Score,
    address: DocAddress,
}

impl Eq for Worst {}

impl Ord for Worst {
    fn cmp(&self, other: &Worst) -> Ordering {
        other.score.total_cmp(&self.score).then_with(|| self.address.cmp(&other.address))
    }
}

impl PartialOrd for Worst {
    fn partial_cmp(&self, other: &Worst) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Best {
    fn new(limit: usize) -> Best {
        Best { heap: BinaryHeap::with_capacity(limit.min(1024) + 1), limit }
    }

    /// A document must score more than this to get in. Documents come in address order, so equals stay out.
    fn threshold(&self) -> Score {
        match self.heap.peek() {
            Some(worst) if self.heap.len() >= self.limit => worst.score,
            _ => Score::MIN,
        }
    }

    fn push(&mut self, score: Score, address: DocAddress) {
        self.heap.push(Worst { score, address });
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }

    fn into_sorted(self) -> Vec<Found> {
        self.heap
            .into_sorted_vec()
            .into_iter()
            .map(|worst| Found { address: worst.address, score: worst.score, values: Vec::new() })
            .collect()
    }
}

/// tantivy's explanation of a scorer that has no parts. Ours for people is [`super::probe`].
pub(crate) fn explained(name: &'static str, mut scorer: Box<dyn Scorer>, doc: DocId) -> tantivy::Result<Explanation> {
    if scorer.doc() > doc || scorer.seek(doc) != doc {
        return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
    }
    Ok(Explanation::new(name, scorer.score()))
}

/// Whether a document of a segment matches.
pub(crate) fn matches(weight: &dyn Weight, reader: &SegmentReader, doc: DocId) -> Result<Option<Score>> {
    let mut scorer = weight.scorer(reader, 1.0)?;
    if scorer.doc() < doc {
        scorer.seek(doc);
    }
    Ok((scorer.doc() == doc && doc != TERMINATED).then(|| scorer.score()))
}
