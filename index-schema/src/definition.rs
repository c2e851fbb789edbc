//! The validated form of an index definition. Reading it from JSON is `read`, checking it is `validate`.

/// An index: its name and fields, and how their text is analysed, suggested and scored.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexDefinition {
    /// 2 to 128 characters: lower-case letters, digits, dashes; starts with a letter or digit.
    pub name: String,
    /// The fields, in the order written.
    pub fields: Vec<Field>,
    /// Custom analyzers by name.
    pub analyzers: Vec<CustomAnalyzer>,
    /// Custom tokenizers by name.
    pub tokenizers: Vec<Component>,
    /// Custom token filters by name.
    pub token_filters: Vec<Component>,
    /// Custom character filters by name.
    pub char_filters: Vec<Component>,
    /// Custom normalizers by name.
    pub normalizers: Vec<CustomNormalizer>,
    /// Suggesters.
    pub suggesters: Vec<Suggester>,
    /// Scoring profiles.
    pub scoring_profiles: Vec<ScoringProfile>,
    /// The profile used when a request names none.
    pub default_scoring_profile: Option<String>,
    /// Algorithms and profiles of vector fields.
    pub vector_search: Option<VectorSearch>,
    /// BM25 parameters; `None` is k1 1.2, b 0.75.
    pub similarity: Option<Bm25>,
    /// Members that are kept as written and mean nothing to the engine: `description`, `corsOptions`, `semantic`.
    pub remarks: serde_json::Map<String, serde_json::Value>,
}

/// A field and what may be done with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name without the path of its parents.
    pub name: String,
    /// What it holds.
    pub field_type: FieldType,
    /// The one field that names a document.
    pub key: bool,
    /// Text is analysed and found by full-text queries.
    pub searchable: bool,
    /// May stand in filters.
    pub filterable: bool,
    /// May be sorted by.
    pub sortable: bool,
    /// May be counted in facets.
    pub facetable: bool,
    /// Is returned with hits.
    pub retrievable: bool,
    /// Said of vectors: whether a copy is kept to be returned. Merges need the whole document, so it is kept in any case;
    /// `false` only goes together with a field that is not retrievable.
    pub stored: bool,
    /// Analyzer for both documents and queries.
    pub analyzer: Option<String>,
    /// Analyzer for documents, when it differs.
    pub index_analyzer: Option<String>,
    /// Analyzer for queries, when it differs.
    pub search_analyzer: Option<String>,
    /// Normalizer of values in filters, facets and sort keys.
    pub normalizer: Option<String>,
    /// Names of synonym maps applied to queries.
    pub synonym_maps: Vec<String>,
    /// Length of the vectors of a vector field.
    pub dimensions: Option<u32>,
    /// The vector search profile of a vector field.
    pub vector_search_profile: Option<String>,
    /// The parts of a complex field.
    pub fields: Vec<Field>,
}

/// The type of one value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// `Edm.String`
    String,
    /// `Edm.Int32`
    Int32,
    /// `Edm.Int64`
    Int64,
    /// `Edm.Double`
    Double,
    /// `Edm.Single`, only in vectors
    Single,
    /// `Edm.Boolean`
    Boolean,
    /// `Edm.DateTimeOffset`
    DateTimeOffset,
    /// `Edm.GeographyPoint`
    GeographyPoint,
    /// `Edm.ComplexType`
    Complex,
}

/// A type: a value, or a collection of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldType {
    /// The type of one value.
    pub value: ValueType,
    /// `Collection(...)`.
    pub collection: bool,
}

/// A custom analyzer: character filters, a tokenizer, token filters.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomAnalyzer {
    /// The name fields refer to.
    pub name: String,
    /// `#Microsoft.Azure.Search.CustomAnalyzer`, `...PatternAnalyzer`, `...StandardAnalyzer`, `...StopAnalyzer`.
    pub odata_type: String,
    /// Name of a custom or predefined tokenizer (custom analyzers only).
    pub tokenizer: Option<String>,
    /// Names of custom or predefined token filters, applied in order.
    pub token_filters: Vec<String>,
    /// Names of custom or predefined character filters, applied in order.
    pub char_filters: Vec<String>,
    /// The remaining options, as written (`pattern`, `flags`, `lowercase`, `stopwords`, `maxTokenLength`).
    pub options: serde_json::Map<String, serde_json::Value>,
}

/// A custom normalizer: character filters and token filters over the value as one token.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomNormalizer {
    /// The name fields refer to.
    pub name: String,
    /// Names of custom or predefined token filters, applied in order.
    pub token_filters: Vec<String>,
    /// Names of custom or predefined character filters, applied in order.
    pub char_filters: Vec<String>,
}

/// A custom tokenizer, token filter or character filter with its options as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// The name analyzers refer to.
    pub name: String,
    /// `#Microsoft.Azure.Search.NGramTokenFilterV2` and so on.
    pub odata_type: String,
    /// The remaining options, as written and validated.
    pub options: serde_json::Map<String, serde_json::Value>,
}

/// Fields that suggestions and autocompletion read.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggester {
    /// The name requests refer to.
    pub name: String,
    /// Field paths.
    pub source_fields: Vec<String>,
}

/// Adjusts scores by fields and functions.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoringProfile {
    /// The name requests refer to.
    pub name: String,
    /// Weights of searchable fields by path.
    pub text_weights: Vec<(String, f64)>,
    /// Functions of document values.
    pub functions: Vec<ScoringFunction>,
    /// How the functions combine.
    pub aggregation: Aggregation,
}

/// How scoring functions combine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Aggregation {
    /// Their sum.
    #[default]
    Sum,
    /// Their mean.
    Average,
    /// The smallest.
    Minimum,
    /// The largest.
    Maximum,
    /// The first that applies.
    FirstMatching,
    /// Their product.
    Product,
}

/// The curve of a scoring function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Interpolation {
    /// A straight line.
    #[default]
    Linear,
    /// The same within the range.
    Constant,
    /// Falls slowly near the best value.
    Quadratic,
    /// Falls quickly near the best value.
    Logarithmic,
}

/// One scoring function.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoringFunction {
    /// The field it reads.
    pub field: String,
    /// Factor at its best; not 0 and not 1.
    pub boost: f64,
    /// Its curve.
    pub interpolation: Interpolation,
    /// What it computes.
    pub kind: FunctionKind,
}

/// What a scoring function computes.
#[derive(Clone, Debug, PartialEq)]
pub enum FunctionKind {
    /// Between two numbers.
    Magnitude {
        /// Where the boost begins.
        start: f64,
        /// Where it is full.
        end: f64,
        /// Full beyond the end too.
        constant_beyond: bool,
    },
    /// Near now; seconds, negative for the future.
    Freshness {
        /// Seconds after which no boost is left.
        boosting_duration_seconds: i64,
    },
    /// Near a point passed with the request.
    Distance {
        /// Name of the request's parameter.
        reference_parameter: String,
        /// Kilometres at which no boost is left.
        boosting_distance_km: f64,
    },
    /// Tags in common with a list passed with the request.
    Tag {
        /// Name of the request's parameter.
        tags_parameter: String,
    },
}

/// Vector algorithms and profiles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VectorSearch {
    /// Algorithms by name.
    pub algorithms: Vec<VectorAlgorithm>,
    /// Profiles: name and algorithm.
    pub profiles: Vec<(String, String)>,
}

/// A configured vector algorithm.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorAlgorithm {
    /// The name profiles refer to.
    pub name: String,
    /// What it is.
    pub kind: VectorKind,
    /// How vectors are compared.
    pub metric: Metric,
}

/// The kind of a vector algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VectorKind {
    /// Approximate, by a navigable graph.
    Hnsw {
        /// Links per node, 4 to 10.
        m: u32,
        /// Candidates while building, 100 to 1000.
        ef_construction: u32,
        /// Candidates while searching, 100 to 1000.
        ef_search: u32,
    },
    /// Exact: every vector is compared.
    ExhaustiveKnn,
}

/// How vectors are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metric {
    /// Cosine similarity.
    #[default]
    Cosine,
    /// Euclidean distance.
    Euclidean,
    /// Dot product.
    DotProduct,
}

/// Parameters of BM25.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bm25 {
    /// Saturation of term frequency.
    pub k1: f64,
    /// Influence of field length, 0 to 1.
    pub b: f64,
}

impl IndexDefinition {
    /// The key field. A validated definition has exactly one.
    pub fn key_field(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.key)
    }

    /// Every field with its path (`address/city`), parents before their parts.
    pub fn flattened(&self) -> Vec<(String, &Field)> {
        fn walk<'a>(prefix: &str, fields: &'a [Field], out: &mut Vec<(String, &'a Field)>) {
            for field in fields {
                let path = if prefix.is_empty() { field.name.clone() } else { format!("{prefix}/{}", field.name) };
                out.push((path.clone(), field));
                walk(&path, &field.fields, out);
            }
        }
        let mut out = Vec::new();
        walk("", &self.fields, &mut out);
        out
    }

    /// The field at `path`, if there is one.
    pub fn field(&self, path: &str) -> Option<&Field> {
        let mut fields = &self.fields;
        let mut found = None;
        for name in path.split('/') {
            let field = fields.iter().find(|field| field.name == name)?;
            fields = &field.fields;
            found = Some(field);
        }
        found
    }
}
