//! The one query tree that every syntax parses to. It knows no index, no analyzer and no tantivy: words are still
//! words, not terms, and fields are names that may or may not exist.

pub use tutti_automata::WildcardPiece;

/// A range of bytes in the query text, for messages that point at a mistake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// One query: what to look for, where, and how much it weighs.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The field written before the colon. `None` means the default fields, or those of the enclosing group.
    pub field: Option<String>,
    /// What to look for.
    pub node: Node,
    /// The factor written after `^`; not negative. One too large for a number is infinite, which is refused unless analysis leaves nothing
    /// to boost.
    pub boost: Option<f32>,
    /// Where this query stands in the text.
    pub span: Span,
}

/// What a query looks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Every document: `*:*`, or `*` in the simple syntax.
    MatchAll,
    /// No document.
    MatchNone,
    /// A bare word, escapes resolved; analysis may split it into several terms.
    Word(String),
    /// A bare word of the simple syntax. Terms that analysis makes of it are combined by the search mode in each field by itself,
    /// where those of a [`Node::Word`] over several fields are any of them (`SimpleQueryParser.newDefaultQuery`).
    SimpleWord(String),
    /// Quoted text, escapes resolved, with the number of positions it may be apart.
    Phrase {
        /// The quoted text.
        text: String,
        /// Positions the words may move; 0 is the exact phrase. A negative number is refused unless analysis leaves one word.
        slop: i32,
    },
    /// A word and everything within `edits` edits of it.
    Fuzzy {
        /// The word, escapes resolved; lower-cased but not analysed.
        word: String,
        /// 0, 1 or 2.
        edits: u8,
    },
    /// `word*`: everything that starts with the word (escapes resolved).
    Prefix(String),
    /// A word with `*` and `?` in it (not only one trailing `*`).
    Wildcard(Vec<WildcardPiece>),
    /// A regular expression in Lucene's dialect: the text between the slashes as written, where `\/` is a slash.
    Regex(String),
    /// A lone `*`: documents that have any term in the field.
    Exists,
    /// `[a TO b]`, `{a TO b}` and mixtures.
    Range {
        /// The lower end.
        lower: RangeEnd,
        /// The upper end.
        upper: RangeEnd,
    },
    /// A group of the classic Lucene grammar. Which clause is required depends on the default operator and on which
    /// clauses analysis leaves over, so it is kept as written and resolved by the compiler.
    Clauses(Vec<Clause>),
    /// All of these (OData).
    And(Vec<Query>),
    /// Any of these (OData).
    Or(Vec<Query>),
    /// Every document but these (simple syntax, OData). Unlike a prohibited clause it matches on its own.
    Not(Box<Query>),
    /// A level of the simple syntax, grouped from the left: operators are of equal weight, and the search mode combines what has none
    /// between. What groups depends on which operands analysis leaves over, so it is kept as written.
    Chain(Vec<Link>),
    /// `field op value` of OData; the field stands in [`Query::field`] as a path with `/`.
    Compare {
        /// The operator.
        op: CompareOp,
        /// The literal on the other side.
        value: Literal,
    },
    /// `search.in(field, 'a,b', ',')` of OData.
    In(Vec<String>),
    /// `field/any(x: ...)` of OData. `None` is `any()`: the collection is not empty.
    Any(Option<Box<Lambda>>),
    /// `field/all(x: ...)` of OData.
    All(Box<Lambda>),
    /// A boolean field on its own in OData: true when the field is.
    IsTrue,
    /// `search.ismatch` and `search.ismatchscoring` of OData: a full-text query inside a filter.
    FullText {
        /// The parsed inner query.
        query: Box<Query>,
        /// The fields to search; empty means all searchable fields.
        fields: Vec<String>,
        /// `search.ismatchscoring` counts towards the score.
        scoring: bool,
        /// How bare clauses combine.
        mode: SearchMode,
    },
    /// `geo.distance(field, point) op number` of OData, in kilometres.
    GeoDistance {
        /// Longitude and latitude, degrees.
        point: (f64, f64),
        /// The operator; only orderings are allowed.
        op: CompareOp,
        /// Kilometres.
        kilometres: f64,
    },
    /// `geo.intersects(field, polygon)` of OData; the ring is closed and counter-clockwise.
    GeoIntersects(Vec<(f64, f64)>),
}

/// One clause of a classic Lucene group.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// The word between this clause and the one before it; always `None` on the first.
    pub conjunction: Option<Conjunction>,
    /// The sign before it.
    pub modifier: Option<Modifier>,
    /// The clause itself.
    pub query: Query,
}

/// `AND`/`&&` or `OR`/`||`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conjunction {
    /// `AND`, `&&`
    And,
    /// `OR`, `||`
    Or,
}

/// `+`, or one of `-`, `!`, `NOT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modifier {
    /// `+`
    Required,
    /// `-`, `!`, `NOT`
    Prohibited,
}

/// An operand of a level of the simple syntax.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// `+` or `|` between it and the operand before; always `None` on the first.
    pub operator: Option<Conjunction>,
    /// The operand.
    pub query: Query,
}

/// One end of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RangeEnd {
    /// `*`
    Open,
    /// `[` or `]` with its bound
    Included(String),
    /// `{` or `}` with its bound
    Excluded(String),
}

/// A comparison of OData.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    /// `eq`
    Eq,
    /// `ne`
    Ne,
    /// `gt`
    Gt,
    /// `ge`
    Ge,
    /// `lt`
    Lt,
    /// `le`
    Le,
}

/// A constant of OData.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number that fits 64 bits.
    Int(i64),
    /// Any other number, `INF`, `-INF` and `NaN` included.
    Double(f64),
    /// `'text'`, doubled quotes resolved.
    String(String),
    /// A date and time with offset, as microseconds since 1970 in UTC.
    DateTime(i64),
}

/// The body of `any` and `all`.
#[derive(Clone, Debug, PartialEq)]
pub struct Lambda {
    /// The name of the range variable. Inside the body a field is written relative to it: an empty path is the element itself.
    pub variable: String,
    /// The condition on one element; `field: Some("")` is the element itself, `Some("a/b")` a part of it.
    pub body: Query,
}

/// How clauses without an operator combine: Azure's `searchMode`, Lucene's default operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchMode {
    /// OR: any clause is enough.
    #[default]
    Any,
    /// AND: every clause is needed.
    All,
}

impl Query {
    /// A query on the default fields, without boost.
    pub fn new(node: Node, span: Span) -> Query {
        Query { field: None, node, boost: None, span }
    }

    /// The same query with every span empty, to compare what queries mean and not where they stood.
    #[must_use]
    pub fn without_spans(mut self) -> Query {
        self.clear_spans();
        self
    }

    fn clear_spans(&mut self) {
        self.span = Span::default();
        match &mut self.node {
            Node::Clauses(clauses) => clauses.iter_mut().for_each(|clause| clause.query.clear_spans()),
            Node::And(queries) | Node::Or(queries) => queries.iter_mut().for_each(Query::clear_spans),
            Node::Chain(links) => links.iter_mut().for_each(|link| link.query.clear_spans()),
            Node::Not(inner) | Node::FullText { query: inner, .. } => inner.clear_spans(),
            Node::Any(Some(lambda)) | Node::All(lambda) => lambda.body.clear_spans(),
            _ => {}
        }
    }

    /// The queries directly inside this one.
    pub fn children(&self) -> Vec<&Query> {
        match &self.node {
            Node::Clauses(clauses) => clauses.iter().map(|clause| &clause.query).collect(),
            Node::And(queries) | Node::Or(queries) => queries.iter().collect(),
            Node::Chain(links) => links.iter().map(|link| &link.query).collect(),
            Node::Not(inner) | Node::FullText { query: inner, .. } => vec![inner],
            Node::Any(Some(lambda)) | Node::All(lambda) => vec![&lambda.body],
            _ => Vec::new(),
        }
    }
}

impl CompareOp {
    /// The word OData has for it.
    pub fn keyword(self) -> &'static str {
        match self {
            CompareOp::Eq => "eq",
            CompareOp::Ne => "ne",
            CompareOp::Gt => "gt",
            CompareOp::Ge => "ge",
            CompareOp::Lt => "lt",
            CompareOp::Le => "le",
        }
    }

    /// The operator with its sides exchanged: `5 lt x` is `x gt 5`.
    #[must_use]
    pub fn mirrored(self) -> CompareOp {
        match self {
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            same => same,
        }
    }
}
