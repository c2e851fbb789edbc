//! Queries whose documents all score alike: the first documents are the best, and from then on only the number matters.

use tantivy::query::Weight;
use tantivy::{DocAddress, DocSet, Searcher, TERMINATED};

use crate::error::Result;
use crate::search::found::{After, Found};
use crate::search::top_k::TopK;

/// The first `limit` documents of a query whose documents all score alike, and their exact count, in one pass.
pub(crate) fn constant_score(searcher: &Searcher, weight: &dyn Weight, limit: usize, after: Option<&After>) -> Result<(Vec<Found>, u64)> {
    let mut best = TopK::new(limit);
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
                if after.is_none_or(|after| after.precedes(score, address)) {
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
