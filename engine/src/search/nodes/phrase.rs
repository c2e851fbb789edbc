//! Phrases, exact and sloppy, with Lucene's frequencies (`ExactPhraseMatcher`, `SloppyPhraseMatcher`).
//!
//! Reading positions is what a phrase costs, so they are read as late as can be: where only good scores matter, a
//! document whose rarest word could not lift it over the threshold is passed over unread.

mod sloppy;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{EmptyScorer, Explanation, Scorer, Weight};
use tantivy::schema::{Field as Slot, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED, Term};

use crate::binding::plan::PositionedTerms;
use crate::error::Result;
use crate::index::analysis::Token;
use crate::search::bm25::Bm25;
use crate::search::docset::explanation;
use crate::search::snapshot::Snapshot;

use sloppy::SloppyMatcher;

/// The weight of a phrase: its terms' inverse document frequencies are added.
pub(super) fn weight(snapshot: &Snapshot, slot: Slot, terms: &PositionedTerms, slop: u32, boost: f32) -> Result<Box<dyn Weight>> {
    let field = snapshot.field_statistics(slot)?;
    let mut idf = 0.0f64;
    for term in terms.iter().flat_map(|(_, alternatives)| alternatives) {
        idf += f64::from(field.idf(snapshot.doc_freq(slot, term)?));
    }
    Ok(Box::new(PhraseWeight::new(slot, terms, slop, snapshot.bm25(idf as f32, boost, field))))
}

/// The phrase in Lucene syntax.
pub(super) fn describe(terms: &PositionedTerms, slop: u32) -> String {
    let words: Vec<_> = terms.iter().map(|(_, words)| words.join("|")).collect();
    let slop = if slop == 0 { String::new() } else { format!("~{slop}") };
    format!("\"{}\"{slop}", words.join(" "))
}

/// The tokens that take part in a match of a phrase. A match is a choice of one token for each position of the phrase such that
/// their positions minus the phrase's lie within `slop` of each other (Lucene's `SloppyPhraseMatcher`); no token is chosen twice.
pub(super) fn matching_tokens(tokens: &[Token], phrase: &PositionedTerms, slop: u32) -> Vec<usize> {
    let candidates: Vec<Vec<usize>> =
        phrase.iter().map(|(_, terms)| (0..tokens.len()).filter(|token| terms.contains(&tokens[*token].text)).collect()).collect();
    let shifted = |at: usize, token: usize| tokens[token].position as i64 - i64::from(phrase[at].0);
    let mut matching = vec![false; tokens.len()];
    let Some(first) = candidates.first() else { return Vec::new() };
    for lead in first {
        // Every window of `slop` positions that holds the first token.
        let start = shifted(0, *lead);
        for low in start - i64::from(slop)..=start {
            let window = low..=low + i64::from(slop);
            let mut used = vec![*lead];
            let all = (1..candidates.len()).all(|at| {
                let free = candidates[at].iter().find(|token| window.contains(&shifted(at, **token)) && !used.contains(token));
                free.inspect(|token| used.push(**token)).is_some()
            });
            if all {
                used.iter().for_each(|token| matching[*token] = true);
            }
            if slop > 1000 {
                break;
            }
        }
    }
    (0..tokens.len()).filter(|token| matching[*token]).collect()
}

/// A phrase in one field.
struct PhraseWeight {
    slot: Slot,
    terms: Vec<(u32, Vec<Term>)>,
    /// For each position the first position with the same word: words that repeat may not share a position.
    same_as: Vec<usize>,
    slop: u32,
    bm25: Bm25,
}

impl PhraseWeight {
    /// `terms` are position offsets, ascending, with the alternatives at each.
    fn new(slot: Slot, terms: &[(u32, Vec<String>)], slop: u32, bm25: Bm25) -> PhraseWeight {
        let same_as = terms.iter().map(|(_, words)| terms.iter().position(|(_, other)| other == words).unwrap_or(0)).collect();
        let terms =
            terms.iter().map(|(offset, words)| (*offset, words.iter().map(|word| Term::from_field_text(slot, word)).collect())).collect();
        PhraseWeight { slot, terms, same_as, slop, bm25 }
    }

    fn phrase_scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Option<PhraseScorer>> {
        let inverted = reader.inverted_index(self.slot)?;
        let mut phrase_positions = Vec::with_capacity(self.terms.len());
        for (offset, words) in &self.terms {
            let mut lists = Vec::new();
            for word in words {
                lists.extend(inverted.read_postings(word, IndexRecordOption::WithFreqsAndPositions)?);
            }
            if lists.is_empty() {
                return Ok(None);
            }
            phrase_positions.push(PhrasePosition { lists, offset: *offset, doc: 0, positions: Vec::new(), read: None });
        }
        let Some(lengths) = reader.fieldnorms_readers().get_field(self.slot)? else { return Ok(None) };
        let mut order: Vec<usize> = (0..phrase_positions.len()).collect();
        order.sort_by_key(|position| phrase_positions[*position].cost());
        for position in &mut phrase_positions {
            position.settle();
        }
        let sloppy = (self.slop > 0).then(|| SloppyMatcher::new(self.terms.iter().map(|(offset, _)| *offset).collect(), &self.same_as));
        let mut scorer = PhraseScorer {
            phrase_positions,
            order,
            lengths,
            bm25: self.bm25.clone(),
            boost,
            slop: self.slop,
            sloppy,
            common: Vec::new(),
            floor: None,
            frequency: 0.0,
            doc: 0,
        };
        scorer.doc = scorer.settle(0);
        Ok(Some(scorer))
    }
}

impl Weight for PhraseWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(match self.phrase_scorer(reader, boost)? {
            Some(scorer) => Box::new(scorer),
            None => Box::new(EmptyScorer),
        })
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explanation("phrase", self.scorer(reader, 1.0)?, doc)
    }

    fn for_each_pruning(
        &self,
        threshold: Score,
        reader: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score) -> Score,
    ) -> tantivy::Result<()> {
        let Some(mut scorer) = self.phrase_scorer(reader, 1.0)? else { return Ok(()) };
        // The first match was found without a floor.
        let mut threshold = threshold;
        while scorer.doc != TERMINATED {
            let score = scorer.score();
            if score > threshold {
                threshold = callback(scorer.doc, score);
            }
            scorer.floor = Some(threshold);
            scorer.advance();
        }
        Ok(())
    }
}

/// One position of the phrase: the postings of the words allowed there.
struct PhrasePosition {
    lists: Vec<SegmentPostings>,
    offset: u32,
    doc: DocId,
    /// Positions minus the position's offset, ascending, of the document in `read`.
    positions: Vec<u32>,
    read: Option<DocId>,
}

impl PhrasePosition {
    fn cost(&self) -> u64 {
        self.lists.iter().map(|list| u64::from(list.doc_freq())).sum()
    }

    fn settle(&mut self) -> DocId {
        self.doc = self.lists.iter().map(DocSet::doc).min().unwrap_or(TERMINATED);
        self.doc
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        if let [only] = self.lists.as_mut_slice() {
            self.doc = only.seek(target);
            return self.doc;
        }
        for list in &mut self.lists {
            if list.doc() < target {
                list.seek(target);
            }
        }
        self.settle()
    }

    fn term_freq(&self) -> u32 {
        self.lists.iter().filter(|list| list.doc() == self.doc).map(Postings::term_freq).sum()
    }

    /// Reads this document's positions. Those before the offset cannot start a phrase and are dropped with
    /// `exact`; otherwise they are kept by shifting everything up.
    fn read(&mut self, shift: u32) {
        if self.read == Some(self.doc) {
            return;
        }
        self.read = Some(self.doc);
        self.positions.clear();
        let several = self.lists.len() > 1;
        for list in self.lists.iter_mut().filter(|list| list.doc() == self.doc) {
            list.append_positions_with_offset(shift - self.offset, &mut self.positions);
        }
        if several {
            self.positions.sort_unstable();
            self.positions.dedup();
        }
    }
}

struct PhraseScorer {
    phrase_positions: Vec<PhrasePosition>,
    /// Places by cost, rarest first.
    order: Vec<usize>,
    lengths: FieldNormReader,
    bm25: Bm25,
    boost: Score,
    slop: u32,
    sloppy: Option<SloppyMatcher>,
    /// Start positions that all phrase_positions read so far agree on.
    common: Vec<u32>,
    /// Documents that cannot score more than this are passed over.
    floor: Option<Score>,
    frequency: f32,
    doc: DocId,
}

impl PhraseScorer {
    /// The first match at or after `target`.
    fn settle(&mut self, target: DocId) -> DocId {
        let mut candidate = self.phrase_positions[self.order[0]].seek(target);
        'candidates: while candidate < TERMINATED {
            for at in 1..self.order.len() {
                let doc = self.phrase_positions[self.order[at]].seek(candidate);
                if doc != candidate {
                    candidate = if doc < TERMINATED { self.phrase_positions[self.order[0]].seek(doc) } else { TERMINATED };
                    continue 'candidates;
                }
            }
            if self.may_compete(candidate) {
                self.frequency = self.phrase_frequency();
                if self.frequency > 0.0 {
                    self.doc = candidate;
                    return candidate;
                }
            }
            candidate = self.phrase_positions[self.order[0]].seek(candidate + 1);
        }
        self.doc = TERMINATED;
        TERMINATED
    }

    /// A phrase occurs at most as often as its rarest word; sloppy matches weigh at most 1 each.
    fn may_compete(&self, doc: DocId) -> bool {
        let Some(floor) = self.floor else { return true };
        if self.sloppy.is_some() {
            // Sloppy matches may use one occurrence of a word several times.
            let most: u32 = self.phrase_positions.iter().map(PhrasePosition::term_freq).sum();
            return self.bm25.score(self.lengths.fieldnorm_id(doc), most as f32) * self.boost > floor;
        }
        let most = self.phrase_positions.iter().map(PhrasePosition::term_freq).min().unwrap_or(0);
        self.bm25.score(self.lengths.fieldnorm_id(doc), most as f32) * self.boost > floor
    }

    fn phrase_frequency(&mut self) -> f32 {
        let shift = self.phrase_positions.last().map_or(0, |position| position.offset);
        if let Some(sloppy) = &mut self.sloppy {
            for position in &mut self.phrase_positions {
                position.read(shift);
            }
            let positions: Vec<&[u32]> = self.phrase_positions.iter().map(|position| position.positions.as_slice()).collect();
            return sloppy.frequency(&positions, self.slop);
        }
        let (first, second) = (self.order[0], self.order[1]);
        self.phrase_positions[first].read(shift);
        self.phrase_positions[second].read(shift);
        if self.order.len() == 2 {
            return intersection_count(&self.phrase_positions[first].positions, &self.phrase_positions[second].positions) as f32;
        }
        intersect(&self.phrase_positions[first].positions, &self.phrase_positions[second].positions, &mut self.common);
        for at in 2..self.order.len() {
            if self.common.is_empty() {
                return 0.0;
            }
            let position = &mut self.phrase_positions[self.order[at]];
            position.read(shift);
            retain_common(&mut self.common, &position.positions);
        }
        self.common.len() as f32
    }
}

impl DocSet for PhraseScorer {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED { TERMINATED } else { self.settle(self.doc + 1) }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target { self.doc } else { self.settle(target) }
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        if target >= TERMINATED {
            return SeekDangerResult::SeekLowerBound(TERMINATED);
        }
        if self.doc == target {
            return SeekDangerResult::Found;
        }
        if self.doc > target {
            return SeekDangerResult::SeekLowerBound(self.doc);
        }
        let mut lower = target;
        for at in 0..self.order.len() {
            lower = lower.max(self.phrase_positions[self.order[at]].seek(target));
            if lower > target {
                return SeekDangerResult::SeekLowerBound(lower);
            }
        }
        self.frequency = self.phrase_frequency();
        if self.frequency > 0.0 {
            self.doc = target;
            SeekDangerResult::Found
        } else {
            SeekDangerResult::SeekLowerBound(target + 1)
        }
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        (self.phrase_positions[self.order[0]].cost() / 10).min(u64::from(u32::MAX)) as u32
    }

    fn cost(&self) -> u64 {
        // Positions make a candidate about ten times as dear as a plain term's.
        self.phrase_positions[self.order[0]].cost() * 10
    }
}

impl Scorer for PhraseScorer {
    fn score(&mut self) -> Score {
        self.bm25.score(self.lengths.fieldnorm_id(self.doc), self.frequency) * self.boost
    }
}

fn intersection_count(left: &[u32], right: &[u32]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while i < left.len() && j < right.len() {
        let (a, b) = (left[i], right[j]);
        count += usize::from(a == b);
        i += usize::from(a <= b);
        j += usize::from(b <= a);
    }
    count
}

fn intersect(left: &[u32], right: &[u32], out: &mut Vec<u32>) {
    out.clear();
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        let (a, b) = (left[i], right[j]);
        if a == b {
            out.push(a);
        }
        i += usize::from(a <= b);
        j += usize::from(b <= a);
    }
}

fn retain_common(common: &mut Vec<u32>, other: &[u32]) {
    let mut j = 0;
    common.retain(|position| {
        while j < other.len() && other[j] < *position {
            j += 1;
        }
        other.get(j) == Some(position)
    });
}

#[cfg(test)]
mod tests;
