//! What a search asks for, in plain values: no wire names, no tantivy types.

use crate::query::ast::{Query, SearchMode};

/// A search.
#[derive(Clone, Debug)]
pub struct SearchRequest {
    /// What to look for; `None` matches every document.
    pub query: Option<Query>,
    /// How bare clauses combine.
    pub mode: SearchMode,
    /// Fields searched when the query names none, with a factor each; empty means all searchable fields.
    pub fields: Vec<(String, f32)>,
    /// Vectors whose nearest neighbours are looked for, alone or together with the query (see [`super::VectorQuery`]).
    pub vectors: Vec<VectorQuery>,
    /// When the filter meets the neighbours.
    pub vector_filter: VectorFilter,
    /// What must hold besides, without counting towards the score.
    pub filter: Option<Query>,
    /// Values chosen per field ("multi-select"): a document must have one of the values of every field here, but each
    /// field's own facet is counted as if its choice had not been made.
    pub post_filter: Vec<(String, Vec<String>)>,
    /// What to count.
    pub facets: Vec<FacetRequest>,
    /// Sort keys, most important first; empty is by score.
    pub sort: Vec<SortKey>,
    /// Hits to leave out at the start; ignored when there is a cursor.
    pub skip: usize,
    /// Hits to return.
    pub top: usize,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Whether the exact number of matches is wanted. Without it the search may stop early.
    pub count: bool,
    /// Fields to return; `None` is all retrievable ones.
    pub select: Option<Vec<String>>,
    /// Fields whose matches are to be marked.
    pub highlight: Option<HighlightRequest>,
    /// Whether each hit says how its score came about.
    pub explain: bool,
    /// Whether a better spelling is looked for when little was found.
    pub did_you_mean: bool,
    /// The scoring profile; `None` is the definition's default, if it has one.
    pub profile: Option<String>,
    /// Values of the parameters that the profile's functions name.
    pub profile_parameters: Vec<(String, Vec<String>)>,
    /// The time of the request, microseconds since 1970, for freshness.
    pub now_micros: Option<i64>,
    /// What curation rules change in the list.
    pub curation: Curation,
    /// One hit for each value of this field; the counts are of groups.
    pub distinct: Option<String>,
    /// The key of a document that others are to be like; `fields` says which fields count. Not together with a query or vectors.
    pub like: Option<String>,
    /// Places whose distance the hits say.
    pub near: Option<Near>,
    /// What is counted of a search by vectors and a text.
    pub hybrid_count: HybridCount,
}

impl Default for SearchRequest {
    fn default() -> SearchRequest {
        SearchRequest {
            query: None,
            mode: SearchMode::Any,
            fields: Vec::new(),
            vectors: Vec::new(),
            vector_filter: VectorFilter::Pre,
            filter: None,
            post_filter: Vec::new(),
            facets: Vec::new(),
            sort: Vec::new(),
            skip: 0,
            top: 10,
            cursor: None,
            count: true,
            select: None,
            highlight: None,
            explain: false,
            did_you_mean: false,
            profile: None,
            profile_parameters: Vec::new(),
            now_micros: None,
            curation: Curation::default(),
            distinct: None,
            like: None,
            near: None,
            hybrid_count: HybridCount::default(),
        }
    }
}

/// Places, and how far from the nearest of them documents may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// A field of points.
    pub field: String,
    /// Longitudes and latitudes, degrees; at least one.
    pub points: Vec<(f64, f64)>,
    /// The greatest distance, kilometres.
    pub at_most: Option<f64>,
    /// Documents must be farther than this, kilometres.
    pub above: Option<f64>,
}

/// What total and facets of a search by vectors and a text count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HybridCount {
    /// Everything the text finds too, as Azure AI Search has it.
    #[default]
    EveryMatch,
    /// The documents of the fused lists, which pages can show.
    Listed,
}

/// What curation rules change in the list of a search; resolved by whoever keeps the rules, so that no key is both pinned and hidden.
#[derive(Clone, Debug, Default)]
pub struct Curation {
    /// Documents that join the matches, where they exist and pass the filters, and stand first in this order. Without effect on a
    /// search that is sorted by anything but the score.
    pub pins: Vec<Pin>,
    /// Keys of documents that are left out.
    pub hides: Vec<String>,
    /// Factors of scores.
    pub boosts: Vec<RuleBoost>,
}

/// A document that stands first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Its key.
    pub key: String,
    /// The rule that says so.
    pub rule: String,
}

/// A factor of the scores of documents that a filter holds of.
#[derive(Clone, Debug)]
pub struct RuleBoost {
    /// The filter.
    pub filter: Query,
    /// What scores are multiplied by, above 0.
    pub factor: f32,
    /// The rule that says so.
    pub rule: String,
}

/// A vector whose nearest neighbours are looked for.
///
/// One such list alone scores by nearness: 1/(2 - cosine), or 1/(1 + distance). Several lists, the one of the query text
/// among them, are fused by rank: every list adds weight/(60 + rank), rank counted from 0, and the text list weighs 1
/// (Cormack, Clarke, Buettcher, "Reciprocal rank fusion", SIGIR 2009). The text list ends with its thousandth document.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorQuery {
    /// The vector: finite numbers, as many as the fields' dimensions.
    pub vector: Vec<f32>,
    /// Neighbours wanted of each field, 1 to 10,000.
    pub k: usize,
    /// Fields of vectors; each makes a list of its own.
    pub fields: Vec<String>,
    /// Compare every vector, also where the definition says otherwise.
    pub exhaustive: bool,
    /// What the lists weigh in a fusion, more than 0.
    pub weight: f32,
}

/// When a filter meets the neighbours of a vector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VectorFilter {
    /// The nearest among the documents that pass.
    #[default]
    Pre,
    /// Of the nearest of all documents those that pass, perhaps none.
    Post,
}

/// One thing to sort by. Documents without a value come first ascending and last descending.
#[derive(Clone, Debug, PartialEq)]
pub struct SortKey {
    /// What to sort by.
    pub by: SortBy,
    /// Largest first.
    pub descending: bool,
}

/// What a sort key reads.
#[derive(Clone, Debug, PartialEq)]
pub enum SortBy {
    /// The relevance score.
    Score,
    /// A sortable field.
    Field(String),
    /// Kilometres from the nearest of some places; documents without a point are the farthest.
    Distance {
        /// A sortable field of points.
        field: String,
        /// Longitudes and latitudes, degrees; at least one.
        from: Vec<(f64, f64)>,
    },
}

/// A facet to count over all matches.
#[derive(Clone, Debug, PartialEq)]
pub struct FacetRequest {
    /// A facetable field.
    pub field: String,
    /// How its values are put together.
    pub kind: FacetKind,
}

/// How the values of a facet are put together.
#[derive(Clone, Debug, PartialEq)]
pub enum FacetKind {
    /// One bucket a value.
    Values {
        /// Buckets to return.
        count: usize,
        /// Their order.
        order: FacetOrder,
        /// Strings only: a regular expression in Lucene's syntax that a value must match as a whole to be counted.
        include: Option<String>,
        /// The same for values that are left out.
        exclude: Option<String>,
    },
    /// One number over all values.
    Metric {
        /// Which.
        metric: Metric,
        /// Stands in for a document, or an element of a collection of complex values, without a value.
        default: Option<f64>,
    },
    /// Numbers in buckets `[n·width, (n+1)·width)`.
    Interval {
        /// Width of a bucket, more than 0.
        width: f64,
    },
    /// Dates in calendar buckets.
    DateInterval {
        /// The unit.
        unit: DateUnit,
        /// Minutes added to UTC before cutting, -840 to 840.
        offset_minutes: i32,
    },
    /// Buckets between these ascending bounds: below the first, between each two, from the last on.
    Ranges(Vec<RangeBound>),
}

impl FacetKind {
    /// Up to `count` values, most documents first.
    #[must_use]
    pub fn values(count: usize) -> FacetKind {
        FacetKind::Values { count, order: FacetOrder::default(), include: None, exclude: None }
    }
}

/// A number over all values of a field, equal ones too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// The sum; 0 of nothing.
    Sum,
    /// The least; dates too.
    Min,
    /// The greatest; dates too.
    Max,
    /// The mean.
    Avg,
    /// How many different values there are, exactly.
    Cardinality,
}

impl Metric {
    /// What it is called in requests and answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Metric::Sum => "sum",
            Metric::Min => "min",
            Metric::Max => "max",
            Metric::Avg => "avg",
            Metric::Cardinality => "cardinality",
        }
    }

    /// The metric of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Metric> {
        [Metric::Sum, Metric::Min, Metric::Max, Metric::Avg, Metric::Cardinality].into_iter().find(|metric| metric.name() == name)
    }
}

/// A bound between buckets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RangeBound {
    /// A number.
    Number(f64),
    /// A date, microseconds since 1970.
    Date(i64),
}

/// The order of value buckets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FacetOrder {
    /// Most documents first, then by value.
    #[default]
    CountDescending,
    /// Fewest documents first, then by value.
    CountAscending,
    /// By value.
    ValueAscending,
    /// By value, largest first.
    ValueDescending,
}

/// A calendar unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateUnit {
    /// Sixty seconds.
    Minute,
    /// Sixty minutes.
    Hour,
    /// A day.
    Day,
    /// Seven days from Monday.
    Week,
    /// A calendar month.
    Month,
    /// Three months from January.
    Quarter,
    /// A calendar year.
    Year,
}

/// What to mark in hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HighlightRequest {
    /// Searchable fields with the number of fragments wanted of each.
    pub fields: Vec<(String, usize)>,
    /// Put before each match.
    pub pre_tag: String,
    /// Put after each match.
    pub post_tag: String,
    /// Characters in a fragment; 0 returns whole values.
    pub fragment_chars: usize,
}
