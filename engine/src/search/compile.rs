//! The syntax tree to a plan, with the meaning Lucene's classic query parser gives it: analysis, the rules by which
//! conjunctions and signs make clauses required or prohibited, default fields, and what a clause that analyses to nothing
//! leaves behind (`QueryParserBase.addClause`, `MultiFieldQueryParser`).

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use super::automaton::{self, AutomatonError, Dfa};
use super::plan::{Bool, Plan, TermSet};
use super::synonyms;
use super::values;
use crate::error::{Error, Result};
use crate::index::analysis::{Analyzer, by_position};
use crate::index::generation::Generation;
use crate::index::synonym_maps::SynonymMaps;
use crate::index::synonym_table::Table;
use crate::query::ast::{Clause, Conjunction, Modifier, Node, Query, RangeEnd, SearchMode, Span, WildcardPiece};
use crate::query::{QueryError, word_runs};

/// Lucene's `BooleanQuery.getMaxClauseCount`.
const MAX_CLAUSES: usize = 1024;
/// A plan may not hold more leaves than this after words were spread over fields.
const MAX_LEAVES: usize = 100_000;

/// Binds queries to one index.
pub(crate) struct Compiler<'a> {
    generation: &'a Generation,
    mode: SearchMode,
    /// Positions of the default fields with their boosts.
    defaults: Vec<(usize, f32)>,
    /// Factors that a scoring profile gives fields, also those named in the query.
    weights: Vec<(usize, f32)>,
    /// Synonym maps, while a search's own text is bound: filters have none.
    synonyms: Option<&'a SynonymMaps>,
    work: Work,
    /// Whether a fuzzy word is in the query, so that it matters which groups Lucene would flatten (`duplicates`).
    fuzzy: bool,
    /// Fields named in the query that no document has text in.
    pub(crate) unknown: BTreeSet<String>,
}

/// What binding a query has taken so far, over all its parts.
#[derive(Default)]
struct Work {
    leaves: usize,
    allowance: automaton::Allowance,
    /// Patterns that were compiled already, for another field or another clause.
    patterns: HashMap<String, Arc<Dfa>>,
}

impl Work {
    /// The automaton of a pattern.
    fn pattern(
        &mut self,
        key: String,
        span: Span,
        compile: impl FnOnce(&mut automaton::Allowance) -> std::result::Result<Dfa, AutomatonError>,
    ) -> Result<Arc<Dfa>> {
        if let Some(known) = self.patterns.get(&key) {
            return Ok(Arc::clone(known));
        }
        let dfa = Arc::new(compile(&mut self.allowance).map_err(|error| QueryError::new(span, error.to_string()))?);
        self.patterns.insert(key, Arc::clone(&dfa));
        Ok(dfa)
    }
}

/// What a clause means for its level.
#[derive(Clone, Copy, PartialEq)]
enum Occur {
    Must,
    Should,
    MustNot,
}

/// Where a query looks: the default fields, a known field or an unknown one.
#[derive(Clone, Debug)]
enum Scope {
    Defaults,
    Field(usize),
    Unknown,
}

impl<'a> Compiler<'a> {
    /// A compiler for one request. Empty `fields` means all searchable ones.
    pub(crate) fn new(generation: &'a Generation, mode: SearchMode, fields: &[(String, f32)]) -> Result<Compiler<'a>> {
        let layout = &generation.layout;
        let mut defaults = Vec::new();
        if fields.is_empty() {
            defaults.extend(layout.searchable().filter_map(|field| layout.position(&field.path)).map(|field| (field, 1.0)));
        }
        for (path, boost) in fields {
            let position = layout.position(path).ok_or_else(|| super::no_such_field(generation, path))?;
            if layout.fields[position].text.is_none() {
                return Err(Error::FieldNotAllowed { field: path.clone(), needed: "searchable" });
            }
            if !boost.is_finite() || *boost < 0.0 {
                return Err(Error::BadRequest(format!("the boost of field `{path}` is not a number of 0 or more")));
            }
            // A field that is named twice counts once.
            if !defaults.iter().any(|(known, _)| *known == position) {
                defaults.push((position, *boost));
            }
        }
        Ok(Compiler {
            generation,
            mode,
            defaults,
            weights: Vec::new(),
            synonyms: None,
            work: Work::default(),
            fuzzy: false,
            unknown: BTreeSet::new(),
        })
    }

    /// The same, with factors for the scores of fields by their position.
    pub(crate) fn weighing(self, weights: Vec<(usize, f32)>) -> Compiler<'a> {
        Compiler { weights, ..self }
    }

    fn weight_of(&self, field: Option<usize>) -> f32 {
        self.weights.iter().find(|(known, _)| Some(*known) == field).map_or(1.0, |(_, weight)| *weight)
    }

    /// Positions of the default fields.
    pub(crate) fn default_fields(&self) -> Vec<usize> {
        self.defaults.iter().map(|(field, _)| *field).collect()
    }

    /// Binds a full-text query, with the synonyms its fields name.
    pub(crate) fn text(&mut self, query: &Query, synonyms: Option<&'a SynonymMaps>) -> Result<Plan> {
        self.fuzzy = has_fuzzy(query);
        self.synonyms = synonyms;
        let plan = self.query(query, &Scope::Defaults, 1.0);
        self.synonyms = None;
        Ok(plan?.unwrap_or(Plan::Nothing))
    }

    /// The synonyms of a field.
    fn table(&self, field: Option<usize>) -> Result<Option<Arc<Table>>> {
        let (Some(field), Some(maps)) = (field, self.synonyms) else { return Ok(None) };
        let Some(name) = self.generation.layout.fields[field].field.synonym_maps.first() else { return Ok(None) };
        let Some(analyzer) = &self.generation.analyzers[field] else { return Ok(None) };
        Ok(Some(self.generation.synonyms.of(field, maps.get(name)?.as_ref(), analyzer)))
    }

    /// Binds a filter. Nothing in it scores but `search.ismatchscoring`.
    pub(crate) fn filter(&mut self, query: &Query) -> Result<Plan> {
        Ok(self.query(query, &Scope::Defaults, 0.0)?.unwrap_or(Plan::Nothing))
    }

    /// `None` is a query that analysis left nothing of.
    fn query(&mut self, query: &Query, outer: &Scope, boost: f32) -> Result<Option<Plan>> {
        let boosted = query.boost.is_some_and(|boost| boost != 1.0);
        let boost = boost * query.boost.unwrap_or(1.0);
        if !boost.is_finite() {
            return Err(QueryError::new(query.span, "the boost is too large").into());
        }
        if let Some(plan) = values::compile(self.generation, query)? {
            return Ok(Some(plan));
        }
        let scope = match &query.field {
            Some(name) => self.scope_of(name, &query.node),
            None => outer.clone(),
        };
        let plan = match &query.node {
            Node::MatchAll => Some(Plan::All { boost }),
            Node::MatchNone => Some(Plan::Nothing),
            Node::Clauses(clauses) => self.clauses(clauses, &scope, boost, query.span)?,
            Node::And(parts) => Some(Plan::all(self.every(parts, &scope, boost)?)),
            Node::Or(parts) => Some(Plan::any(self.every(parts, &scope, boost)?)),
            Node::Not(inner) => {
                let inner = self.query(inner, &scope, boost)?.unwrap_or(Plan::Nothing);
                Some(Plan::Constant { plan: Box::new(Plan::Not(Box::new(inner))), boost })
            }
            Node::Juxtaposed(parts) => {
                let plans = self.side_by_side(parts, &scope, boost)?;
                Some(match self.mode {
                    _ if plans.is_empty() => Plan::Nothing,
                    SearchMode::Any => Plan::any(plans),
                    SearchMode::All => Plan::all(plans),
                })
            }
            Node::FullText { query: inner, fields, scoring, mode } => {
                let weights: Vec<_> = fields.iter().map(|field| (field.clone(), 1.0)).collect();
                let mut compiler = Compiler::new(self.generation, *mode, &weights)?.weighing(self.weights.clone());
                compiler.work = std::mem::take(&mut self.work);
                let plan = compiler.text(inner, None)?;
                self.work = compiler.work;
                self.unknown.append(&mut compiler.unknown);
                Some(if *scoring { plan } else { Plan::Constant { plan: Box::new(plan), boost: 0.0 } })
            }
            node => {
                let found = match scope {
                    Scope::Defaults => {
                        let mut plans = Vec::new();
                        let several = self.defaults.len() > 1;
                        for (field, weight) in self.defaults.clone() {
                            let plan = self.leaf(node, Some(field), boost * weight, several, query.span)?;
                            plans.extend(plan.map(|plan| if self.fuzzy && weight != 1.0 { plan.sealed() } else { plan }));
                        }
                        if plans.is_empty() { None } else { Some(Plan::any(plans)) }
                    }
                    Scope::Field(field) => self.leaf(node, Some(field), boost, false, query.span)?,
                    Scope::Unknown => self.leaf(node, None, boost, false, query.span)?,
                };
                // A phrase or word the analyzer left nothing of is dropped; everything else stands.
                found
            }
        };
        Ok(if self.fuzzy && boosted { plan.map(Plan::sealed) } else { plan })
    }

    fn every(&mut self, parts: &[Query], scope: &Scope, boost: f32) -> Result<Vec<Plan>> {
        let mut plans = Vec::new();
        for part in parts {
            plans.extend(self.query(part, scope, boost)?);
        }
        Ok(plans)
    }

    fn scope_of(&mut self, name: &str, node: &Node) -> Scope {
        let layout = &self.generation.layout;
        match layout.position(name).filter(|position| layout.fields[*position].text.is_some()) {
            Some(position) => Scope::Field(position),
            None => {
                if *node != Node::MatchAll {
                    self.unknown.insert(name.to_owned());
                }
                Scope::Unknown
            }
        }
    }

    /// The fields of a scope with their boosts; `None` is a field that no document has.
    fn fields_of(&self, scope: &Scope) -> Vec<(Option<usize>, f32)> {
        match scope {
            Scope::Defaults => self.defaults.iter().map(|(field, weight)| (Some(*field), *weight)).collect(),
            Scope::Field(field) => vec![(Some(*field), 1.0)],
            Scope::Unknown => vec![(None, 1.0)],
        }
    }

    /// Bare words of the simple syntax. Each is bound on its own; where several together are the left side of a synonym,
    /// what they stand for will do for each of them.
    fn side_by_side(&mut self, parts: &[Query], scope: &Scope, boost: f32) -> Result<Vec<Plan>> {
        let mut plans = Vec::with_capacity(parts.len());
        for part in parts {
            plans.push(self.query(part, scope, boost)?);
        }
        if self.synonyms.is_some() && parts.len() > 1 {
            for (field, weight) in self.fields_of(scope) {
                let (Some(field), Some(table)) = (field, self.table(field)?) else { continue };
                let boost = boost * weight * self.weight_of(Some(field));
                for (range, plan) in synonyms::of_words(self.generation, field, &table, parts, boost) {
                    for word in plans[range].iter_mut().flatten() {
                        *word = Plan::any(vec![word.clone(), plan.clone()]);
                        self.work.leaves += 1;
                    }
                }
            }
        }
        Ok(plans.into_iter().flatten().collect())
    }

    /// One level of a classic query. Lucene: `QueryParserBase.addClause`.
    fn clauses(&mut self, clauses: &[Clause], scope: &Scope, boost: f32, span: Span) -> Result<Option<Plan>> {
        let mut kept: Vec<(Occur, Plan)> = Vec::with_capacity(clauses.len());
        let mut runs = word_runs(clauses).into_iter().peekable();
        for (at, clause) in clauses.iter().enumerate() {
            if let Some(run) = runs.peek().filter(|run| run.contains(&at)) {
                if at == run.start {
                    let words: Vec<&str> = clauses[run.clone()].iter().map(|clause| word_of(&clause.query)).collect();
                    kept.extend(self.run(&words.join(" "), scope, boost, span)?);
                }
                if at + 1 == run.end {
                    runs.next();
                }
                if kept.len() > MAX_CLAUSES {
                    return Err(too_many(span));
                }
                continue;
            }
            let plan = self.query(&clause.query, scope, boost)?;
            if let Some((occur, _)) = kept.last_mut().filter(|(occur, _)| *occur != Occur::MustNot) {
                match (clause.conjunction, self.mode) {
                    (Some(Conjunction::And), _) => *occur = Occur::Must,
                    (Some(Conjunction::Or), SearchMode::All) => *occur = Occur::Should,
                    _ => {}
                }
            }
            let Some(plan) = plan else { continue };
            let occur = match (clause.modifier, self.mode, clause.conjunction) {
                (Some(Modifier::Prohibited), _, _) => Occur::MustNot,
                (Some(Modifier::Required), SearchMode::Any, _) | (None, SearchMode::Any, Some(Conjunction::And)) => Occur::Must,
                (None, SearchMode::Any, _) | (_, SearchMode::All, Some(Conjunction::Or)) => Occur::Should,
                (_, SearchMode::All, _) => Occur::Must,
            };
            kept.push((occur, plan));
            if kept.len() > MAX_CLAUSES {
                return Err(too_many(span));
            }
        }
        if kept.is_empty() {
            return Ok(None);
        }
        let mut parts = Bool::default();
        for (occur, plan) in kept {
            match occur {
                Occur::Must => parts.must.push(plan),
                Occur::Should => parts.should.push(plan),
                Occur::MustNot => parts.must_not.push(plan),
            }
        }
        Ok(Some(Plan::boolean(parts)))
    }

    /// Bare words side by side, which Lucene analyses as one text: every term becomes a clause of the level
    /// (`QueryParserBase.addMultiTermClauses`, `MultiFieldQueryParser.getFieldQuery`).
    fn run(&mut self, text: &str, scope: &Scope, boost: f32, span: Span) -> Result<Vec<(Occur, Plan)>> {
        let generation = self.generation;
        let occur = match self.mode {
            SearchMode::Any => Occur::Should,
            SearchMode::All => Occur::Must,
        };
        let fields = self.fields_of(scope);
        let mut columns: Vec<Vec<Plan>> = Vec::new();
        for (field, weight) in &fields {
            let boost = boost * self.weight_of(*field);
            let analyzer = match field {
                Some(field) => generation.analyzers[*field].as_ref(),
                None => generation.analyzers.iter().flatten().next(),
            };
            let Some(analyzer) = analyzer else { continue };
            let places = by_position(analyzer.tokens(text));
            let plans = match field {
                Some(field) => synonyms::each_place(&places, *field, boost * weight, self.table(Some(*field))?.as_deref()),
                None => vec![Plan::Nothing; places.len()],
            };
            for (at, plan) in plans.into_iter().enumerate() {
                if at == columns.len() {
                    columns.push(Vec::new());
                }
                columns[at].push(plan);
                self.work.leaves += 1;
            }
        }
        if columns.len() > MAX_CLAUSES || self.work.leaves > MAX_LEAVES {
            return Err(too_many(span));
        }
        // One term over several fields joins the level as optional clauses, whatever the default operator.
        if columns.len() == 1 && fields.len() > 1 {
            return Ok(columns.remove(0).into_iter().map(|plan| (Occur::Should, plan)).collect());
        }
        Ok(columns.into_iter().map(|plans| (occur, Plan::any(plans))).collect())
    }

    /// A word, phrase, pattern or range in one field. `None` as field is one that no document has.
    fn leaf(&mut self, node: &Node, field: Option<usize>, boost: f32, spread: bool, span: Span) -> Result<Option<Plan>> {
        self.work.leaves += 1;
        if self.work.leaves > MAX_LEAVES {
            return Err(too_many(span));
        }
        let boost = boost * self.weight_of(field);
        let generation = self.generation;
        let analyzer = match field {
            Some(field) => generation.analyzers[field].as_ref(),
            None => generation.analyzers.iter().flatten().next(),
        };
        let Some(analyzer) = analyzer else { return Ok(Some(Plan::Nothing)) };
        let plan = match node {
            Node::Word(text) => return self.word(analyzer, text, field, boost, spread, span),
            Node::Phrase { text, slop } => return Ok(phrase(analyzer, text, *slop, field, boost, self.table(field)?.as_deref())),
            Node::Fuzzy { word, edits } => {
                let word = analyzer.normalize(word);
                field.map(|field| Plan::Fuzzy { field, word, edits: *edits, boost })
            }
            Node::Prefix(text) => {
                let set = TermSet::Prefix(analyzer.normalize(text));
                field.map(|field| Plan::Terms { field, set, boost })
            }
            Node::Wildcard(pieces) => {
                let pieces: Vec<_> = pieces
                    .iter()
                    .map(|piece| match piece {
                        WildcardPiece::Literal(text) => WildcardPiece::Literal(analyzer.normalize(text)),
                        piece => piece.clone(),
                    })
                    .collect();
                let compile = |allowance: &mut _| automaton::wildcard_within(&pieces, allowance);
                let dfa = self.work.pattern(format!("{pieces:?}"), span, compile)?;
                let set = TermSet::Automaton(dfa, described(&pieces));
                field.map(|field| Plan::Terms { field, set, boost })
            }
            Node::Regex(pattern) => {
                let pattern = analyzer.normalize(pattern);
                let dfa = self.work.pattern(format!("/{pattern}/"), span, |allowance| automaton::regex_within(&pattern, allowance))?;
                let set = TermSet::Automaton(dfa, format!("/{pattern}/"));
                field.map(|field| Plan::Terms { field, set, boost })
            }
            Node::Range { lower, upper } => {
                let set = TermSet::Range(bound(analyzer, lower), bound(analyzer, upper));
                field.map(|field| Plan::Terms { field, set, boost })
            }
            Node::Exists => field.map(|field| Plan::Exists { field, boost }),
            _ => return Err(QueryError::new(span, "this kind of condition belongs in a filter").into()),
        };
        Ok(Some(plan.unwrap_or(Plan::Nothing)))
    }

    /// A bare word: a term, or, when analysis splits it, a group of terms under the default operator. Over several fields
    /// Lucene's multi-field parser makes that group a plain OR.
    fn word(
        &mut self,
        analyzer: &Analyzer,
        text: &str,
        field: Option<usize>,
        boost: f32,
        spread: bool,
        span: Span,
    ) -> Result<Option<Plan>> {
        let groups = by_position(analyzer.tokens(text));
        if groups.is_empty() {
            return Ok(None);
        }
        if groups.len() > MAX_CLAUSES {
            return Err(too_many(span));
        }
        let Some(field) = field else { return Ok(Some(Plan::Nothing)) };
        let terms = synonyms::units(&groups, field, boost, self.table(Some(field))?.as_deref());
        Ok(Some(match self.mode {
            SearchMode::All if !spread => Plan::all(terms),
            _ => Plan::any(terms),
        }))
    }
}

fn has_fuzzy(query: &Query) -> bool {
    matches!(query.node, Node::Fuzzy { .. }) || query.children().into_iter().any(has_fuzzy)
}

fn word_of(query: &Query) -> &str {
    match &query.node {
        Node::Word(word) => word,
        _ => "",
    }
}

fn phrase(analyzer: &Analyzer, text: &str, slop: u32, field: Option<usize>, boost: f32, table: Option<&Table>) -> Option<Plan> {
    let mut groups = by_position(analyzer.tokens(text));
    let first = groups.first()?.0;
    let Some(field) = field else { return Some(Plan::Nothing) };
    if let Some(table) = table {
        let variants = table.variants(&groups).into_iter().map(|variant| synonyms::member(variant, field, slop, boost));
        return Some(Plan::any(variants.collect()));
    }
    if groups.len() == 1 {
        let (_, terms) = groups.remove(0);
        return Some(Plan::any(terms.into_iter().map(|term| Plan::Term { field, term, boost }).collect()));
    }
    let terms = groups.into_iter().map(|(position, terms)| (position - first, terms)).collect();
    Some(Plan::Phrase { field, terms, slop, boost })
}

fn bound(analyzer: &Analyzer, end: &RangeEnd) -> Bound<Vec<u8>> {
    match end {
        RangeEnd::Open => Bound::Unbounded,
        RangeEnd::Included(text) => Bound::Included(analyzer.normalize(text).into_bytes()),
        RangeEnd::Excluded(text) => Bound::Excluded(analyzer.normalize(text).into_bytes()),
    }
}

fn described(pieces: &[WildcardPiece]) -> String {
    let piece = |piece: &WildcardPiece| match piece {
        WildcardPiece::Literal(text) => text.clone(),
        WildcardPiece::AnyChar => "?".to_owned(),
        WildcardPiece::AnyString => "*".to_owned(),
    };
    pieces.iter().map(piece).collect()
}

fn too_many(span: Span) -> Error {
    QueryError::new(span, format!("too many clauses: at most {MAX_CLAUSES} are allowed in one group"))
        .with_remedy("split the query, or use a filter with search.in for long lists")
        .into()
}
