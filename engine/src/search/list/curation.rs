//! What curation rules do to a list: documents that are hidden, that stand first, and whose scores are multiplied.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::query::{Explanation as TantivyExplanation, Occur, Scorer, Weight};
use tantivy::{DocAddress, DocId, DocSet, Score, SegmentReader};

use crate::error::Result;
use crate::search::docset::{explanation, score_of};
use crate::search::hybrid::DocListWeight;
use crate::search::keys::address_of;
use crate::search::nodes::{boolean, filter_weight};
use crate::search::request::SearchRequest;
use crate::search::response::Explanation;
use crate::search::snapshot::Snapshot;
use crate::search::sort::by_score;

/// Rules bound to the documents of a snapshot.
#[derive(Default)]
pub(crate) struct BoundCuration {
    hidden: Vec<DocAddress>,
    pins: Option<Arc<Pins>>,
    boosts: Vec<Boost>,
}

/// Documents that stand first.
#[derive(Debug, Default)]
pub(crate) struct Pins {
    /// The rank and the rule of each.
    ranks: HashMap<DocAddress, (u64, String)>,
}

struct Boost {
    rule: String,
    factor: f32,
    matching: Arc<dyn Weight>,
}

impl Pins {
    /// Where a document stands among them; all others are behind.
    pub(crate) fn rank(&self, address: DocAddress) -> u64 {
        self.ranks.get(&address).map_or(u64::MAX - 1, |(rank, _)| *rank)
    }

    /// The rule that pinned a document.
    pub(crate) fn rule(&self, address: DocAddress) -> Option<&str> {
        self.ranks.get(&address).map(|(_, rule)| rule.as_str())
    }
}

impl BoundCuration {
    /// Looks up the keys, and binds the filters of boosts. `filter` is what pins must pass, `also_hidden` a document that is left out
    /// besides.
    ///
    /// # Errors
    /// A filter that does not bind.
    pub(crate) fn bind(
        snapshot: &Snapshot,
        request: &SearchRequest,
        filter: Option<&dyn Weight>,
        also_hidden: Option<DocAddress>,
    ) -> Result<BoundCuration> {
        let mut hidden: Vec<DocAddress> = also_hidden.into_iter().collect();
        for key in &request.curation.hides {
            hidden.extend(address_of(snapshot, key)?);
        }
        let pins = pins(snapshot, request, filter)?;
        let boost = |boost: &crate::search::request::RuleBoost| {
            let rule = boost.rule.clone();
            Ok(Boost { rule, factor: boost.factor, matching: Arc::from(filter_weight(snapshot, &boost.filter)?) })
        };
        let boosts = request.curation.boosts.iter().map(boost).collect::<Result<_>>()?;
        Ok(BoundCuration { hidden, pins, boosts })
    }

    /// Whether it changes nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.hidden.is_empty() && self.pins.is_none() && self.boosts.is_empty()
    }

    /// The documents that stand first.
    pub(crate) fn pins(&self) -> Option<&Arc<Pins>> {
        self.pins.as_ref()
    }

    /// The scored list after rules.
    pub(crate) fn apply(&self, snapshot: &Snapshot, mut list: Box<dyn Weight>) -> Box<dyn Weight> {
        if let Some(pins) = &self.pins {
            list = boolean::joined(vec![(Occur::Should, list), (Occur::Should, known(snapshot, pins.ranks.keys()))], true);
        }
        if !self.hidden.is_empty() {
            list = boolean::joined(vec![(Occur::Must, list), (Occur::MustNot, known(snapshot, &self.hidden))], true);
        }
        if !self.boosts.is_empty() {
            let boosts = self.boosts.iter().map(|boost| (Arc::clone(&boost.matching), boost.factor)).collect();
            list = Box::new(Boosted { inner: list, boosts });
        }
        list
    }

    /// What boosts do to the score of a document, explained; `None` when no boost holds of it.
    pub(crate) fn explain(&self, snapshot: &Snapshot, address: DocAddress, score: Explanation) -> Result<Explanation> {
        let reader = snapshot.segments.segment_reader(address.segment_ord);
        let (mut value, mut details) = (score.value, vec![score]);
        for boost in &self.boosts {
            if score_of(boost.matching.as_ref(), reader, address.doc_id)?.is_some() {
                value *= boost.factor;
                details.push(Explanation {
                    description: format!("boost of rule `{}`", boost.rule),
                    value: boost.factor,
                    details: Vec::new(),
                });
            }
        }
        Ok(match details.len() {
            1 => details.remove(0),
            _ => Explanation { description: "product of".to_owned(), value, details },
        })
    }
}

/// Known documents, without a score.
fn known<'a>(snapshot: &Snapshot, addresses: impl IntoIterator<Item = &'a DocAddress>) -> Box<dyn Weight> {
    Box::new(DocListWeight::new(&snapshot.segments, addresses.into_iter().map(|address| (*address, 0.0))))
}

fn pins(snapshot: &Snapshot, request: &SearchRequest, filter: Option<&dyn Weight>) -> Result<Option<Arc<Pins>>> {
    if request.curation.pins.is_empty() || !by_score(&request.sort) {
        return Ok(None);
    }
    let mut pins = Pins::default();
    for pin in &request.curation.pins {
        let Some(address) = address_of(snapshot, &pin.key)? else { continue };
        if let Some(filter) = filter {
            let reader = snapshot.segments.segment_reader(address.segment_ord);
            if score_of(filter, reader, address.doc_id)?.is_none() {
                continue;
            }
        }
        let rank = pins.ranks.len() as u64;
        pins.ranks.entry(address).or_insert_with(|| (rank, pin.rule.clone()));
    }
    Ok((!pins.ranks.is_empty()).then(|| Arc::new(pins)))
}

/// A list of which some scores are multiplied.
struct Boosted {
    inner: Box<dyn Weight>,
    boosts: Vec<(Arc<dyn Weight>, f32)>,
}

impl Weight for Boosted {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let open = |(matching, factor): &(Arc<dyn Weight>, f32)| Ok((matching.scorer(reader, 1.0)?, *factor));
        let boosts = self.boosts.iter().map(open).collect::<tantivy::Result<_>>()?;
        Ok(Box::new(BoostedScorer { inner: self.inner.scorer(reader, boost)?, boosts }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<TantivyExplanation> {
        explanation("boosted", self.scorer(reader, 1.0)?, doc)
    }
}

struct BoostedScorer {
    inner: Box<dyn Scorer>,
    boosts: Vec<(Box<dyn Scorer>, f32)>,
}

impl DocSet for BoostedScorer {
    fn advance(&mut self) -> DocId {
        self.inner.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.inner.seek(target)
    }

    fn doc(&self) -> DocId {
        self.inner.doc()
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint()
    }
}

impl Scorer for BoostedScorer {
    fn score(&mut self) -> Score {
        let doc = self.inner.doc();
        let mut score = self.inner.score();
        for (docs, factor) in &mut self.boosts {
            if docs.doc() < doc {
                docs.seek(doc);
            }
            if docs.doc() == doc {
                score *= *factor;
            }
        }
        score
    }
}
