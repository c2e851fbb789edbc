//! Every match in one pass: the count, the facets, the best documents by sort keys or score, and post-filters, which leave a
//! document out of everything but their own facets.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use tantivy::query::{Scorer, Weight};
use tantivy::{DocAddress, DocId, DocSet, Score, Searcher, SegmentReader};

use crate::error::Result;
use crate::search::facets::{Counter, SegmentCounter};
use crate::search::found::{After, Found};
use crate::search::list::groups::{GroupPage, Groups, SegmentGroups};
use crate::search::sort::{Held, Keys, SegmentKeys};
use crate::search::top_k::TopK;

/// A filter that is applied after facets: which documents have one of the values chosen in a field.
pub(crate) struct PostFilter {
    pub(crate) weight: Box<dyn Weight>,
    /// Facets of the chosen field, which are counted as if nothing had been chosen.
    pub(crate) facets: Vec<usize>,
}

/// What is wanted of a full pass.
#[derive(Clone, Copy, Default)]
pub(crate) struct FullCollector<'a> {
    pub(crate) post_filters: &'a [PostFilter],
    /// Sort keys; `None` is by score.
    pub(crate) keys: Option<&'a Keys>,
    /// How many documents are wanted.
    pub(crate) limit: usize,
    pub(crate) after: Option<&'a After>,
}

/// What a full pass found.
pub(crate) struct Collected {
    /// The best documents, best first.
    pub(crate) found: Vec<Found>,
    /// The exact number of matches.
    pub(crate) total: u64,
}

impl FullCollector<'_> {
    /// Collects every match by groups, which `counters` count too.
    pub(crate) fn collect_groups(
        &self,
        searcher: &Searcher,
        weight: &dyn Weight,
        counters: &mut [Counter],
        mut groups: Groups,
    ) -> Result<GroupPage> {
        let whole = FullCollector { limit: usize::MAX, after: None, ..*self };
        for (ord, reader) in searcher.segment_readers().iter().enumerate() {
            let mut own = groups.segment(reader)?;
            let mut best = TopK::new(0);
            let mut segment = whole.segment(ord as u32, reader, counters, &mut best)?;
            segment.groups = Some((&mut groups, &mut own));
            segment.run(weight, reader, true)?;
            let Segment { counters: counted, keys, firsts, .. } = segment;
            for (group, (count, found)) in first_of_groups(keys.as_ref(), ord as u32, firsts)? {
                groups.take(group, count, found, self.keys);
            }
            for (counter, counts) in counters.iter_mut().zip(counted) {
                counter.merge(counts)?;
            }
        }
        Ok(groups.page(self.keys, self.limit, self.after))
    }

    /// Collects every match, counting into `counters`.
    pub(crate) fn collect(&self, searcher: &Searcher, weight: &dyn Weight, counters: &mut [Counter]) -> Result<Collected> {
        let mut total = 0u64;
        let mut best = TopK::new(self.limit);
        let mut sorted: Vec<Found> = Vec::new();
        for (ord, reader) in searcher.segment_readers().iter().enumerate() {
            let mut segment = self.segment(ord as u32, reader, counters, &mut best)?;
            segment.run(weight, reader, self.keys.is_none_or(Keys::need_score) && self.limit > 0)?;
            total += segment.total;
            for (counter, counts) in counters.iter_mut().zip(segment.counters) {
                counter.merge(counts)?;
            }
            if let Some(keys) = segment.keys {
                sorted.extend(keys.into_found()?);
            }
        }
        let found = match self.keys {
            Some(keys) => {
                sorted.sort_by(|a, b| keys.compare(a, b));
                sorted.truncate(self.limit);
                sorted
            }
            None => best.into_sorted(),
        };
        Ok(Collected { found, total })
    }

    fn segment<'s>(&'s self, ord: u32, reader: &SegmentReader, counters: &[Counter], best: &'s mut TopK) -> Result<Segment<'s>> {
        let applied = |filter: &'s PostFilter| Ok(Applied { docs: filter.weight.scorer(reader, 1.0)?, facets: &filter.facets });
        Ok(Segment {
            ord,
            counters: counters.iter().map(|counter| counter.segment(reader)).collect::<Result<Vec<_>>>()?,
            keys: self.keys.map(|keys| keys.segment(reader, ord, self.limit, self.after)).transpose()?,
            post_filters: self.post_filters.iter().map(applied).collect::<Result<Vec<_>>>()?,
            after: self.after,
            best,
            total: 0,
            groups: None,
            firsts: HashMap::new(),
        })
    }
}

/// A full pass over one segment.
struct Segment<'a> {
    ord: u32,
    counters: Vec<SegmentCounter>,
    keys: Option<SegmentKeys<'a>>,
    post_filters: Vec<Applied<'a>>,
    after: Option<&'a After>,
    best: &'a mut TopK,
    total: u64,
    /// Set where matches are put together.
    groups: Option<(&'a mut Groups, &'a mut SegmentGroups)>,
    /// The size and the first document of each group in this segment.
    firsts: HashMap<u32, (u64, Held)>,
}

/// Firsts of groups with values that compare between segments.
fn first_of_groups(keys: Option<&SegmentKeys<'_>>, ord: u32, firsts: HashMap<u32, (u64, Held)>) -> Result<Vec<(u32, (u64, Found))>> {
    let found = |held: &Held| match keys {
        Some(keys) => keys.found(held),
        None => Ok(Found { address: DocAddress::new(ord, held.doc), score: held.score, values: Vec::new() }),
    };
    firsts.into_iter().map(|(group, (count, held))| Ok((group, (count, found(&held)?)))).collect()
}

impl Segment<'_> {
    fn run(&mut self, weight: &dyn Weight, reader: &SegmentReader, need_score: bool) -> Result<()> {
        let alive = reader.alive_bitset();
        let mut take = |doc: DocId, score: Score| {
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                self.take(doc, score);
            }
        };
        if need_score {
            weight.for_each(reader, &mut take)?;
        } else {
            weight.for_each_no_score(reader, &mut |docs| {
                for doc in docs {
                    take(*doc, 0.0);
                }
            })?;
        }
        Ok(())
    }

    #[inline]
    fn take(&mut self, doc: DocId, score: Score) {
        let group = self.groups.as_mut().map_or(0, |(groups, own)| groups.of(own, doc));
        match missed(&mut self.post_filters, doc) {
            Missed::None => {
                self.total += 1;
                for counter in &mut self.counters {
                    counter.count(doc, group);
                }
                if self.groups.is_some() {
                    self.join(group, doc, score);
                    return;
                }
                match &mut self.keys {
                    Some(keys) => keys.offer(doc, score),
                    None => {
                        let address = DocAddress::new(self.ord, doc);
                        if score > self.best.threshold() && self.after.is_none_or(|after| after.precedes(score, address)) {
                            self.best.push(score, address);
                        }
                    }
                }
            }
            Missed::One(facets) => {
                for facet in facets {
                    self.counters[*facet].count(doc, group);
                }
            }
            Missed::Several => {}
        }
    }

    /// Counts a match into its group, whose first it may be.
    fn join(&mut self, group: u32, doc: DocId, score: Score) {
        let held = match &self.keys {
            Some(keys) => keys.hold(doc, score),
            None => Held { doc, score, values: Vec::new() },
        };
        let known = match self.firsts.entry(group) {
            Entry::Vacant(place) => {
                place.insert((1, held));
                return;
            }
            Entry::Occupied(known) => known.into_mut(),
        };
        known.0 += 1;
        let earlier = match &self.keys {
            Some(keys) => keys.is_before(&held, &known.1),
            // Documents come in order: among equal scores the first stays.
            None => held.score > known.1.score,
        };
        if earlier {
            known.1 = held;
        }
    }
}

/// A post-filter in one segment.
struct Applied<'a> {
    docs: Box<dyn Scorer>,
    facets: &'a [usize],
}

enum Missed<'a> {
    None,
    One(&'a [usize]),
    Several,
}

/// Which post-filters a document does not pass.
#[inline]
fn missed<'a>(filters: &mut [Applied<'a>], doc: DocId) -> Missed<'a> {
    let mut missed = Missed::None;
    for filter in filters {
        if filter.docs.doc() < doc {
            filter.docs.seek(doc);
        }
        if filter.docs.doc() != doc {
            match missed {
                Missed::None => missed = Missed::One(filter.facets),
                Missed::One(_) | Missed::Several => return Missed::Several,
            }
        }
    }
    missed
}
