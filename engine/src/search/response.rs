//! What a search answers, in plain values: no wire names, no tantivy types.

use serde_json::{Map, Value};

use super::spelling::Correction;

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct SearchResponse {
    /// The exact number of matches, when it was asked for.
    pub total: Option<u64>,
    /// The hits of this page, best first.
    pub hits: Vec<Hit>,
    /// The counts asked for, in the order asked.
    pub facets: Vec<Facet>,
    /// Passed as [`SearchRequest::cursor`](super::SearchRequest::cursor), gives the page after this one; `None` after the last.
    pub next: Option<String>,
    /// Better spellings of words that no document has ([`super::apply_corrections`] puts them into the query text).
    pub corrections: Vec<Correction>,
    /// Remarks on parts of the query that cannot match, such as a field that does not exist.
    pub warnings: Vec<String>,
    /// Of an explained search with [`super::SearchRequest::like`]: the terms looked for, heaviest first.
    pub like: Option<Vec<LikeTerm>>,
}

/// One document found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Its key.
    pub key: String,
    /// Its score: Lucene's BM25 sum. 1 for a search without text.
    pub score: f32,
    /// The selected fields.
    pub document: Map<String, Value>,
    /// Marked fragments by field, fields without a match left out.
    pub highlights: Vec<(String, Vec<String>)>,
    /// How the score came about, when asked for.
    pub explanation: Option<Explanation>,
    /// The rule that pinned it ([`super::Pin`]).
    pub pinned: Option<String>,
    /// With [`super::SearchRequest::distinct`]: what it stands for.
    pub group: Option<Group>,
    /// With [`super::SearchRequest::near`]: kilometres to the nearest place; `Some(None)` without a point.
    pub distance: Option<Option<f64>>,
}

/// The matches that share a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The value; `None` is a document without one, which is a group of its own.
    pub value: Option<Value>,
    /// Matches in the group.
    pub count: u64,
}

/// A term that makes documents alike.
#[derive(Clone, Debug, PartialEq)]
pub struct LikeTerm {
    /// The field.
    pub field: String,
    /// The term.
    pub term: String,
    /// Occurrences in the document times the inverse document frequency.
    pub weight: f32,
}

/// A part of a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// What this part is, in Lucene syntax.
    pub description: String,
    /// What it adds.
    pub value: f32,
    /// What it is made of.
    pub details: Vec<Explanation>,
}

/// A counted facet.
#[derive(Clone, Debug, PartialEq)]
pub struct Facet {
    /// The field.
    pub field: String,
    /// Its buckets.
    pub buckets: Vec<Bucket>,
    /// Instead of buckets: a metric and its value, `null` of nothing.
    pub metric: Option<(super::Metric, Value)>,
}

/// One bucket of a facet.
#[derive(Clone, Debug, PartialEq)]
pub struct Bucket {
    /// What it holds.
    pub value: BucketValue,
    /// Documents in it.
    pub count: u64,
}

/// What a bucket holds.
#[derive(Clone, Debug, PartialEq)]
pub enum BucketValue {
    /// One value: text, number, boolean or RFC 3339 date. For intervals the lower end.
    Value(Value),
    /// From (included) to (excluded); `None` is open.
    Range {
        /// Lower bound.
        from: Option<Value>,
        /// Upper bound.
        to: Option<Value>,
    },
}
