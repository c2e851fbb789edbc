//! The lists of a search by vectors: for each vector and field the nearest documents over all segments.

use std::collections::HashSet;

use tantivy::fastfield::AliveBitSet;
use tantivy::query::Weight;
use tantivy::{DocAddress, DocSet, Searcher};
use tutti_vectors::{IvfIndex, Metric, Neighbour, Scope};

use crate::error::{Error, Result};
use crate::index::layout::VectorLayout;
use crate::search::docset::BitSet;
use crate::search::request::{VectorFilter, VectorQuery};
use crate::search::snapshot::Snapshot;

/// Neighbours of one vector.
const MAX_NEIGHBOURS: usize = 10_000;
/// Vectors in one search.
const MAX_VECTORS: usize = 10;
/// Up to this many documents are simply compared one by one: it is faster than finding them among all.
const FEW: usize = 4096;

/// One list: the nearest documents, nearest first.
pub(crate) struct Neighbours {
    /// What is searched, for explanations.
    pub(crate) name: String,
    pub(crate) weight: f32,
    pub(crate) metric: Metric,
    /// Documents with their similarity as [`Neighbour::similarity`] has it.
    pub(crate) found: Vec<(DocAddress, f32)>,
}

impl Neighbours {
    /// The score of a document in a search by this list alone. Grows with the similarity for any vectors; for dot products
    /// over 1, which vectors of length 1 do not have, it is the dot product.
    pub(crate) fn score(&self, similarity: f32) -> f32 {
        match self.metric {
            Metric::Cosine => 1.0 / (2.0 - similarity.clamp(-1.0, 1.0)),
            Metric::Euclidean => 1.0 / (1.0 - similarity),
            Metric::DotProduct if similarity > 1.0 => similarity,
            Metric::DotProduct => 1.0 / (2.0 - similarity),
        }
    }
}

/// Looks for the neighbours of every vector.
///
/// # Errors
/// A field that holds no vectors, a vector of another length, numbers out of range: all the caller's.
pub(crate) fn find(
    snapshot: &Snapshot,
    vectors: &[VectorQuery],
    filter: Option<&dyn Weight>,
    when: VectorFilter,
) -> Result<Vec<Neighbours>> {
    if vectors.len() > MAX_VECTORS {
        return Err(Error::BadRequest(format!("{} vectors are looked for, at most {MAX_VECTORS} can be", vectors.len())));
    }
    let bound = vectors.iter().map(|query| bind(snapshot, query)).collect::<Result<Vec<_>>>()?;
    let (before, after) = match when {
        VectorFilter::Pre => (filter, None),
        VectorFilter::Post => (None, filter),
    };
    let segments = snapshot.segments.segment_readers();
    let passing = match before {
        Some(filter) => segments.iter().map(|reader| BitSet::of(filter, reader)).collect::<Result<Vec<_>>>()?,
        None => Vec::new(),
    };
    let mut out = Vec::new();
    for (query, fields) in vectors.iter().zip(bound) {
        for (path, layout) in fields {
            let mut found = Vec::new();
            for (ord, reader) in segments.iter().enumerate() {
                let set = snapshot.generation.vectors.of(reader, path, layout)?;
                let near = nearest(&set, query, layout, reader.alive_bitset(), passing.get(ord));
                found.extend(near.into_iter().map(|near| (DocAddress::new(ord as u32, near.id), near.similarity)));
            }
            found.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            found.truncate(query.k);
            if let Some(filter) = after {
                keep_matches(&snapshot.segments, filter, &mut found)?;
            }
            out.push(Neighbours { name: path.to_owned(), weight: query.weight, metric: layout.metric, found });
        }
    }
    Ok(out)
}

/// Leaves out what a filter does not let through, in order.
fn keep_matches(searcher: &Searcher, filter: &dyn Weight, found: &mut Vec<(DocAddress, f32)>) -> Result<()> {
    let mut addresses: Vec<DocAddress> = found.iter().map(|(address, _)| *address).collect();
    addresses.sort_unstable();
    let mut matching = HashSet::new();
    for segment in addresses.chunk_by(|a, b| a.segment_ord == b.segment_ord) {
        let mut docs = filter.scorer(searcher.segment_reader(segment[0].segment_ord), 1.0)?;
        for address in segment {
            if docs.doc() < address.doc_id {
                docs.seek(address.doc_id);
            }
            if docs.doc() == address.doc_id {
                matching.insert(*address);
            }
        }
    }
    found.retain(|(address, _)| matching.contains(address));
    Ok(())
}

/// The fields of a query, which must suit its vector.
fn bind<'a>(snapshot: &'a Snapshot, query: &'a VectorQuery) -> Result<Vec<(&'a str, &'a VectorLayout)>> {
    if !(1..=MAX_NEIGHBOURS).contains(&query.k) {
        return Err(Error::BadRequest(format!("k is {}, it must be between 1 and {MAX_NEIGHBOURS}", query.k)));
    }
    if !(query.weight > 0.0 && query.weight.is_finite()) {
        return Err(Error::BadRequest(format!("a vector's weight is {}, it must be more than 0", query.weight)));
    }
    if query.vector.iter().any(|number| !number.is_finite()) {
        return Err(Error::BadRequest("a vector has a number that is not finite in 32 bits".to_owned()));
    }
    if query.fields.is_empty() {
        return Err(Error::BadRequest("a vector names no field to look in".to_owned()));
    }
    let mut out: Vec<(&str, &VectorLayout)> = Vec::new();
    for path in &query.fields {
        let field = snapshot.layout(snapshot.fields().require(path)?.id);
        let layout = field.vector.as_ref().ok_or_else(|| Error::FieldNotAllowed { field: path.clone(), needed: "a field of vectors" })?;
        if layout.dimensions != query.vector.len() {
            return Err(Error::BadRequest(format!(
                "the vector has {} numbers, those of field `{path}` have {}",
                query.vector.len(),
                layout.dimensions
            )));
        }
        if out.iter().any(|(known, _)| known == path) {
            return Err(Error::BadRequest(format!("a vector names the field `{path}` twice")));
        }
        out.push((path, layout));
    }
    Ok(out)
}

fn nearest(
    set: &IvfIndex,
    query: &VectorQuery,
    layout: &VectorLayout,
    alive: Option<&AliveBitSet>,
    before: Option<&BitSet>,
) -> Vec<Neighbour> {
    let look = |scope: &Scope<'_>| {
        if query.exhaustive || layout.exhaustive {
            set.search_exact(&query.vector, query.k, scope)
        } else {
            set.search(&query.vector, query.k, scope)
        }
    };
    match (before, alive) {
        (Some(passing), _) if passing.len() <= FEW => look(&Scope::Among(&passing.iter().collect::<Vec<_>>())),
        (Some(passing), _) => look(&Scope::Where(&|doc| passing.contains(doc))),
        (None, Some(alive)) => look(&Scope::Where(&|doc| alive.is_alive(doc))),
        (None, None) => look(&Scope::All),
    }
}
