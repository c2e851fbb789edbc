//! The best documents by score, and their count in a pass of its own that reads no frequencies.

use tantivy::query::Weight;
use tantivy::{DocAddress, Searcher};

use crate::error::Result;
use crate::search::found::{After, Found};
use crate::search::top_k::TopK;

/// The best `limit` documents by score, ties by address, and the count when asked for.
pub(crate) fn top_docs(
    searcher: &Searcher,
    scored: &dyn Weight,
    counted: Option<&dyn Weight>,
    limit: usize,
    after: Option<&After>,
) -> Result<(Vec<Found>, Option<u64>)> {
    let mut best = TopK::new(limit);
    let mut total = counted.map(|_| 0u64);
    for (ord, reader) in searcher.segment_readers().iter().enumerate() {
        if limit > 0 {
            let alive = reader.alive_bitset();
            let best = &mut best;
            scored.for_each_pruning(best.threshold(), reader, &mut |doc, score| {
                if alive.is_none_or(|alive| alive.is_alive(doc)) {
                    let address = DocAddress::new(ord as u32, doc);
                    if after.is_none_or(|after| after.precedes(score, address)) {
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
