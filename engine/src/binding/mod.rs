//! A query tree and the fields of an index in, a bound plan out ([`plan`]), with the meaning Lucene's classic query parser
//! gives it: analysis, default fields, the rules by which conjunctions and signs make clauses required or prohibited, and what
//! a clause that analyses to nothing leaves behind (`QueryParserBase`, `MultiFieldQueryParser`). Filters are checked against
//! the types of their fields, with Azure's rules for `any` and `all`.
//!
//! One file a node, under the names that `search::nodes` has too. Nothing here names a type of tantivy or reads an index: an
//! engine of another kind can carry the plan out.

mod boolean;
mod compare;
mod constant_score;
mod exists;
mod fuzzy;
mod geo;
mod limits;
mod match_all;
mod multi_term;
mod nested;
mod phrase;
pub(crate) mod plan;
mod synonyms;
mod term;

use std::collections::BTreeSet;
use std::sync::Arc;

use limits::Limits;
use plan::Plan;

use crate::error::{Error, Result};
use crate::index::analysis::Analyzer;
use crate::index::fields::{FieldId, FieldInfo, Fields};
use crate::index::synonyms::{SynonymMaps, SynonymTable, SynonymTables};
use crate::query::QueryError;
use crate::query::ast::{Node, Query, SearchMode, Span};

/// Binds queries to one index.
pub(crate) struct Binder<'a> {
    fields: &'a Fields,
    mode: SearchMode,
    /// The default fields with their boosts.
    defaults: Vec<(FieldId, f32)>,
    /// Factors that a scoring profile gives fields, also those named in the query.
    weights: Vec<(FieldId, f32)>,
    /// Synonyms, while a search's own text is bound: filters have none.
    synonyms: Option<Synonyms<'a>>,
    limits: Limits,
    /// Whether a fuzzy word is in the query, so that it matters which groups Lucene would flatten (`search::rewrite`).
    has_fuzzy: bool,
    /// Fields named in the query that no document has text in.
    unknown: BTreeSet<String>,
}

/// Where the synonyms of an index come from: the maps of the data directory, and what fields' analyzers made of them.
#[derive(Clone, Copy)]
pub(crate) struct Synonyms<'a> {
    pub(crate) maps: &'a SynonymMaps,
    pub(crate) tables: &'a SynonymTables,
}

/// Where a query looks: the default fields, a known field or an unknown one.
#[derive(Clone, Copy, Debug)]
enum Scope {
    Defaults,
    Field(FieldId),
    Unknown,
}

/// A leaf about to be bound.
#[derive(Clone, Copy)]
struct Leaf<'a> {
    /// `None` is a field that no document has.
    field: Option<FieldId>,
    /// The analyzer of the field; of any field, when it is unknown.
    analyzer: &'a Analyzer,
    boost: f32,
    /// Whether the leaf stands for one of several default fields.
    spread: bool,
    /// Where it stands in the query text.
    span: Span,
}

impl<'a> Binder<'a> {
    /// A binder for one request. Empty `default_fields` means all searchable ones.
    ///
    /// # Errors
    /// A default field that does not exist or has no full text, a boost that is not a number of 0 or more.
    pub(crate) fn new(fields: &'a Fields, mode: SearchMode, default_fields: &[(String, f32)]) -> Result<Binder<'a>> {
        let mut defaults = Vec::new();
        if default_fields.is_empty() {
            defaults.extend(fields.iter().filter(|field| field.analyzer.is_some()).map(|field| (field.id, 1.0)));
        }
        for (path, boost) in default_fields {
            let field = fields.require(path)?;
            if field.analyzer.is_none() {
                return Err(Error::FieldNotAllowed { field: path.clone(), needed: "searchable" });
            }
            if !boost.is_finite() || *boost < 0.0 {
                return Err(Error::BadRequest(format!("the boost of field `{path}` is not a number of 0 or more")));
            }
            // A field that is named twice counts once.
            if !defaults.iter().any(|(known, _)| *known == field.id) {
                defaults.push((field.id, *boost));
            }
        }
        Ok(Binder {
            fields,
            mode,
            defaults,
            weights: Vec::new(),
            synonyms: None,
            limits: Limits::default(),
            has_fuzzy: false,
            unknown: BTreeSet::new(),
        })
    }

    /// The same, with factors for the scores of fields.
    pub(crate) fn weighing(self, weights: Vec<(FieldId, f32)>) -> Binder<'a> {
        Binder { weights, ..self }
    }

    /// The default fields.
    pub(crate) fn default_fields(&self) -> Vec<FieldId> {
        self.defaults.iter().map(|(field, _)| *field).collect()
    }

    /// Names of fields in what was bound so far in which no document has text, sorted.
    pub(crate) fn unknown_fields(&self) -> impl Iterator<Item = &String> {
        self.unknown.iter()
    }

    /// Binds a full-text query, with the synonyms its fields name.
    ///
    /// # Errors
    /// A query with too many clauses or patterns that are too complex; a condition that belongs in a filter.
    pub(crate) fn text(&mut self, query: &Query, synonyms: Option<Synonyms<'a>>) -> Result<Plan> {
        self.has_fuzzy = fuzzy::is_in(query);
        self.synonyms = synonyms;
        let plan = self.query(query, Scope::Defaults, 1.0);
        self.synonyms = None;
        Ok(plan?.unwrap_or(Plan::MatchNone))
    }

    /// Binds a filter. Nothing in it scores but `search.ismatchscoring`.
    ///
    /// # Errors
    /// A field that does not exist or may not be filtered, a constant of another type.
    pub(crate) fn filter(&mut self, query: &Query) -> Result<Plan> {
        Ok(self.query(query, Scope::Defaults, 0.0)?.unwrap_or(Plan::MatchNone))
    }

    /// `None` is a query that analysis left nothing of.
    fn query(&mut self, query: &Query, outer: Scope, boost: f32) -> Result<Option<Plan>> {
        let boost = boost * query.boost.unwrap_or(1.0);
        if boost.is_finite() {
            return self.with_boost(query, outer, boost);
        }
        // As Lucene: only what there is something of can have a wrong boost.
        match self.with_boost(query, outer, 1.0)? {
            None => Ok(None),
            Some(_) => Err(QueryError::new(query.span, "the boost is too large").with_remedy("write a boost below 3e38").into()),
        }
    }

    /// The same with the boost of the query and of all around it together, which is finite.
    fn with_boost(&mut self, query: &Query, outer: Scope, boost: f32) -> Result<Option<Plan>> {
        let boosted = query.boost.is_some_and(|boost| boost != 1.0);
        if let Some(plan) = self.condition(query)? {
            return Ok(Some(plan));
        }
        let scope = match &query.field {
            Some(name) => self.scope_of(name, &query.node),
            None => outer,
        };
        let plan = match &query.node {
            Node::MatchAll | Node::MatchNone => Some(match_all::bind(&query.node, boost)),
            Node::Clauses(clauses) => self.clauses(clauses, scope, boost, query.span)?,
            Node::And(parts) => Some(Plan::all(self.every(parts, scope, boost)?)),
            Node::Or(parts) => Some(Plan::any(self.every(parts, scope, boost)?)),
            Node::Not(inner) => self.not(inner, scope, boost)?,
            Node::Chain(links) => self.chain(links, scope, boost)?,
            Node::FullText { query, fields, scoring, mode } => Some(self.full_text(query, fields, *scoring, *mode)?),
            node => self.leaves(node, scope, boost, query.span)?,
        };
        Ok(if self.has_fuzzy && boosted { plan.map(Plan::sealed) } else { plan })
    }

    /// A condition on values; `None` is something else.
    fn condition(&self, query: &Query) -> Result<Option<Plan>> {
        let path = query.field.as_deref().unwrap_or_default();
        Ok(Some(match &query.node {
            Node::Compare { op, value } => compare::bind(self.fields, path, *op, value, query.span)?,
            Node::IsTrue => compare::is_true(self.fields, path, query.span)?,
            Node::In(values) => compare::is_in(self.fields, path, values, query.span)?,
            Node::Any(body) => nested::bind(self.fields, path, body.as_deref(), false, query.span)?,
            Node::All(body) => nested::bind(self.fields, path, Some(body), true, query.span)?,
            Node::GeoDistance { .. } | Node::GeoIntersects(_) => geo::bind(self.fields, path, query)?,
            _ => return Ok(None),
        }))
    }

    /// A word, phrase, pattern or range in every field of its scope. One that the analyzers left nothing of is dropped.
    fn leaves(&mut self, node: &Node, scope: Scope, boost: f32, span: Span) -> Result<Option<Plan>> {
        match scope {
            Scope::Defaults => {
                let mut plans = Vec::new();
                let several = self.defaults.len() > 1;
                for (field, weight) in self.defaults.clone() {
                    let plan = self.leaf(node, Some(field), boost * weight, several, span)?;
                    plans.extend(plan.map(|plan| if self.has_fuzzy && weight != 1.0 { plan.sealed() } else { plan }));
                }
                Ok(if plans.is_empty() { None } else { Some(Plan::any(plans)) })
            }
            Scope::Field(field) => self.leaf(node, Some(field), boost, false, span),
            Scope::Unknown => self.leaf(node, None, boost, false, span),
        }
    }

    /// A word, phrase, pattern or range in one field. `None` as field is one that no document has.
    fn leaf(&mut self, node: &Node, field: Option<FieldId>, boost: f32, spread: bool, span: Span) -> Result<Option<Plan>> {
        self.limits.count_leaf(span)?;
        let boost = boost * self.weight_of(field);
        let Some(analyzer) = self.analyzer_of(field) else { return Ok(Some(Plan::MatchNone)) };
        let leaf = Leaf { field, analyzer, boost, spread, span };
        let plan = match node {
            Node::Word(text) => return self.word(text, leaf),
            Node::SimpleWord(text) => return self.word(text, Leaf { spread: false, ..leaf }),
            Node::Phrase { text, slop } => return self.phrase(text, *slop, leaf),
            Node::Fuzzy { word, edits } => fuzzy::bind(word, *edits, leaf),
            Node::Prefix(text) => multi_term::prefix(text, leaf),
            Node::Wildcard(pieces) => self.wildcard(pieces, leaf)?,
            Node::Regex(pattern) => self.regex(pattern, leaf)?,
            Node::Range { lower, upper } => multi_term::range(lower, upper, leaf),
            Node::Exists => exists::bind(leaf),
            _ => return Err(QueryError::new(span, "this kind of condition belongs in a filter").into()),
        };
        Ok(Some(plan))
    }

    fn scope_of(&mut self, name: &str, node: &Node) -> Scope {
        match self.fields.searchable(name) {
            Some(field) => Scope::Field(field.id),
            None => {
                if *node != Node::MatchAll {
                    self.unknown.insert(name.to_owned());
                }
                Scope::Unknown
            }
        }
    }

    /// The fields of a scope with their boosts; `None` is a field that no document has.
    fn fields_of(&self, scope: Scope) -> Vec<(Option<FieldId>, f32)> {
        match scope {
            Scope::Defaults => self.defaults.iter().map(|(field, weight)| (Some(*field), *weight)).collect(),
            Scope::Field(field) => vec![(Some(field), 1.0)],
            Scope::Unknown => vec![(None, 1.0)],
        }
    }

    /// The analyzer of a field. An unknown field takes the first there is: the query is checked all the same.
    fn analyzer_of(&self, field: Option<FieldId>) -> Option<&'a Analyzer> {
        match field {
            Some(field) => self.fields.get(field).analyzer.as_ref(),
            None => self.fields.iter().find_map(|field| field.analyzer.as_ref()),
        }
    }

    fn weight_of(&self, field: Option<FieldId>) -> f32 {
        self.weights.iter().find(|(known, _)| Some(*known) == field).map_or(1.0, |(_, weight)| *weight)
    }

    /// The synonyms of a field.
    fn table(&self, field: Option<FieldId>) -> Result<Option<Arc<SynonymTable>>> {
        let (Some(field), Some(synonyms)) = (field, self.synonyms) else { return Ok(None) };
        let info = self.fields.get(field);
        let Some(name) = info.definition.synonym_maps.first() else { return Ok(None) };
        let Some(analyzer) = &info.analyzer else { return Ok(None) };
        Ok(Some(synonyms.tables.of(field, synonyms.maps.get(name)?.as_ref(), analyzer)))
    }
}

/// Documents in which the field has one of these values, written as text: what is chosen in a facet.
///
/// # Errors
/// A field that does not exist or may not be filtered, a text that is no value of it.
pub(crate) fn one_of(fields: &Fields, path: &str, values: &[String]) -> Result<Plan> {
    compare::one_of_texts(fields, path, values)
}

/// `text` where the filter holds. A filter with `search.ismatchscoring` in it adds to the score; beside it a search for
/// everything adds nothing.
pub(crate) fn filtered(text: Plan, filter: Option<(Plan, bool)>) -> Plan {
    boolean::filtered(text, filter)
}

/// Whether `search.ismatchscoring` stands somewhere in a filter.
pub(crate) fn adds_to_score(filter: &Query) -> bool {
    constant_score::adds_to_score(filter)
}

/// A field that filters may name.
fn filterable<'a>(fields: &'a Fields, path: &str) -> Result<&'a FieldInfo> {
    let field = fields.require(path)?;
    if !field.definition.filterable || !field.has_values {
        return Err(Error::FieldNotAllowed { field: path.to_owned(), needed: "filterable" });
    }
    Ok(field)
}

/// A filterable field with one value per document.
fn single_valued<'a>(fields: &'a Fields, path: &str, span: Span) -> Result<&'a FieldInfo> {
    let field = filterable(fields, path)?;
    if field.depth > 0 {
        return Err(nested::outside(path, span));
    }
    if field.multi_valued {
        return Err(QueryError::new(span, format!("`{path}` is a collection: ask for `{path}/any(x: x eq ...)`")).into());
    }
    Ok(field)
}
