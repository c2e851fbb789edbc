//! One search from request to response: check it, bind it, choose the cheapest way to collect its documents, load the page.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::DocAddress;
use tantivy::query::{Occur, Weight};

use super::collect::{FullCollector, PostFilter, constant_score, top_docs};
use super::facets::Counter;
use super::found::{After, Found};
use super::hits::{self, Shape};
use super::hybrid::{Fusion, neighbours};
use super::list::curation::BoundCuration;
use super::list::groups::Groups;
use super::list::{like, near};
use super::nodes::{boolean, weight};
use super::profile::{self, FunctionScore, Functions};
use super::request::{HybridCount, SearchRequest};
use super::response::{Group, LikeTerm, SearchResponse};
use super::snapshot::Snapshot;
use super::sort::Keys;
use super::{cursor, rewrite, spelling};
use crate::binding::plan::Plan;
use crate::binding::{self, Binder, Synonyms};
use crate::error::{Error, Result};
use crate::index::fields::{FieldId, Fields};
use crate::index::synonyms::SynonymMaps;

/// Hits that may be skipped; a cursor goes further.
const MAX_SKIP: usize = 100_000;
/// Hits of one page.
const MAX_TOP: usize = 10_000;

/// How documents are collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strategy {
    /// Documents that all score alike: page and count in one pass.
    ConstantScore,
    /// The best documents by score, skipping what cannot compete; the count, when wanted, in a pass of its own.
    TopDocs,
    /// Every match, for facets, sort keys, post-filters, and where a second pass would cost more than scoring every match.
    FullCollector,
    /// Lists of vectors' neighbours, fused with the list of the text.
    Hybrid,
}

/// A request bound to a snapshot.
struct BoundSearch<'a> {
    snapshot: &'a Snapshot,
    request: &'a SearchRequest,
    plan: Plan,
    functions: Option<Arc<Functions>>,
    neighbours: Vec<neighbours::Neighbours>,
    curation: BoundCuration,
    groups: Option<Groups>,
    like: Option<Vec<LikeTerm>>,
    keys: Option<Keys>,
    after: Option<After>,
    counters: Vec<Counter>,
    post_filters: Vec<PostFilter>,
    /// Names of fields in the query that it cannot search.
    unknown_fields: Vec<String>,
    default_fields: Vec<FieldId>,
}

/// What was collected.
struct Collection {
    /// The best documents from the first on, one more than the page needs when there is one.
    found: Vec<Found>,
    /// The exact number of matches, when it was asked for.
    total: Option<u64>,
    fusion: Option<Fusion>,
    /// The groups of the page.
    groups: HashMap<DocAddress, Group>,
}

/// Answers a search.
pub(crate) fn search(snapshot: &Snapshot, synonyms: &SynonymMaps, request: &SearchRequest) -> Result<SearchResponse> {
    check(snapshot.fields(), request)?;
    let mut bound = BoundSearch::new(snapshot, synonyms, request)?;
    let collection = bound.collect()?;
    bound.response(collection)
}

impl<'a> BoundSearch<'a> {
    fn new(snapshot: &'a Snapshot, synonyms: &SynonymMaps, request: &'a SearchRequest) -> Result<BoundSearch<'a>> {
        let profile = profile::bind(snapshot, request)?;
        let mut binder = Binder::new(snapshot.fields(), request.mode, &request.fields)?;
        if let Some(profile) = &profile {
            binder = binder.weighing(profile.weights.clone());
        }
        let synonyms = Synonyms { maps: synonyms, tables: &snapshot.generation.synonyms };
        let like = request.like.as_ref().map(|key| like::bind(snapshot, request, key)).transpose()?;
        let text = match (&request.query, &like) {
            (_, Some(like)) => like.plan.clone(),
            (Some(query), None) => binder.text(query, Some(synonyms))?,
            (None, None) => Plan::MatchAll { boost: 1.0 },
        };
        let filter = match &request.filter {
            Some(filter) => Some((binder.filter(filter).map_err(Error::in_filter)?, binding::adds_to_score(filter))),
            None => None,
        };
        let filter = match request.near.as_ref().map(|near| near::bind(snapshot, near)).transpose()?.flatten() {
            None => filter,
            Some(within) => Some(match filter {
                None => (within, false),
                Some((filter, scores)) => (Plan::all(vec![filter, within]), scores),
            }),
        };
        // Neighbours and pins are looked up one by one; for all else the filter is part of the plan.
        let alone = !request.vectors.is_empty() || !request.curation.pins.is_empty();
        let passing = filter.as_ref().filter(|_| alone).map(|(filter, _)| weight(filter, snapshot, false)).transpose()?;
        let neighbours = if request.vectors.is_empty() {
            Vec::new()
        } else {
            neighbours::find(snapshot, &request.vectors, passing.as_deref(), request.vector_filter)?
        };
        let plan = binding::filtered(rewrite::without_duplicates(text, snapshot)?, filter);
        let curation = BoundCuration::bind(snapshot, request, passing.as_deref(), like.as_ref().map(|like| like.address))?;
        let keys = Keys::bind(snapshot, &request.sort, curation.pins())?;
        let key_count = keys.as_ref().map_or(0, Keys::len);
        let groups = request.distinct.as_ref().map(|path| Groups::bind(snapshot, path)).transpose()?;
        let grouped = groups.is_some();
        Ok(BoundSearch {
            snapshot,
            request,
            plan,
            functions: profile.and_then(|profile| profile.functions),
            neighbours,
            curation,
            groups,
            like: like.map(|like| like.terms).filter(|_| request.explain),
            keys,
            after: request.cursor.as_ref().map(|cursor| cursor::read(snapshot, cursor, key_count)).transpose()?,
            counters: request.facets.iter().map(|facet| Counter::bind(snapshot, facet, grouped)).collect::<Result<_>>()?,
            post_filters: post_filters(snapshot, request)?,
            unknown_fields: binder.unknown_fields().cloned().collect(),
            default_fields: binder.default_fields(),
        })
    }

    fn strategy(&self) -> Strategy {
        let plain = self.curation.is_empty() && self.groups.is_none() && self.request.like.is_none();
        let by_score = plain && self.keys.is_none() && self.counters.is_empty() && self.post_filters.is_empty();
        let count = self.request.count;
        if !self.request.vectors.is_empty() {
            Strategy::Hybrid
        } else if by_score && count && self.plan.has_constant_score() && self.functions.is_none() {
            Strategy::ConstantScore
        } else if by_score && count && matches!(self.plan, Plan::Phrase { .. }) {
            // Reading positions twice would cost more than scoring every match.
            Strategy::FullCollector
        } else if by_score {
            Strategy::TopDocs
        } else {
            Strategy::FullCollector
        }
    }

    /// Hits to leave out at the start.
    fn skip(&self) -> usize {
        if self.after.is_some() { 0 } else { self.request.skip }
    }

    /// Hits up to the end of the page.
    fn limit(&self) -> usize {
        if self.request.top == 0 { 0 } else { self.skip() + self.request.top }
    }

    /// Documents to collect: one more than the page needs tells whether there is a next one.
    fn wanted(&self) -> usize {
        if self.limit() == 0 { 0 } else { self.limit() + 1 }
    }

    fn collect(&mut self) -> Result<Collection> {
        let snapshot = self.snapshot;
        let mut scored = weight(&self.plan, snapshot, true)?;
        if let Some(functions) = &self.functions {
            scored = Box::new(FunctionScore { inner: scored, functions: Arc::clone(functions) });
        }
        let (wanted, count, segments) = (self.wanted(), self.request.count, &snapshot.segments);
        let (found, total) = match self.strategy() {
            Strategy::Hybrid => return self.hybrid(scored.as_ref()),
            Strategy::ConstantScore => {
                let (found, total) = constant_score(segments, scored.as_ref(), wanted, self.after.as_ref())?;
                (found, Some(total))
            }
            Strategy::TopDocs => {
                let counted = if count { Some(weight(&self.plan, snapshot, false)?) } else { None };
                top_docs(segments, scored.as_ref(), counted.as_deref(), wanted, self.after.as_ref())?
            }
            Strategy::FullCollector => {
                let list = self.curation.apply(snapshot, scored);
                return self.listed(list.as_ref());
            }
        };
        Ok(Collection { found, total, fusion: None, groups: HashMap::new() })
    }

    /// Every document of a list in one pass, by groups where they are asked for.
    fn listed(&mut self, list: &dyn Weight) -> Result<Collection> {
        let (count, segments) = (self.request.count, &self.snapshot.segments);
        let mut counters = std::mem::take(&mut self.counters);
        let collection = match self.groups.take() {
            Some(groups) => {
                let page = self.full_collector().collect_groups(segments, list, &mut counters, groups)?;
                Collection { found: page.found, total: count.then_some(page.total), fusion: None, groups: page.groups }
            }
            None => {
                let collected = self.full_collector().collect(segments, list, &mut counters)?;
                Collection { found: collected.found, total: count.then_some(collected.total), fusion: None, groups: HashMap::new() }
            }
        };
        self.counters = counters;
        Ok(collection)
    }

    fn full_collector(&self) -> FullCollector<'_> {
        FullCollector { post_filters: &self.post_filters, keys: self.keys.as_ref(), limit: self.wanted(), after: self.after.as_ref() }
    }

    fn hybrid(&mut self, scored: &dyn Weight) -> Result<Collection> {
        let snapshot = self.snapshot;
        let segments = &snapshot.segments;
        let has_text = self.request.query.is_some();
        let fusion = Fusion::of(segments, std::mem::take(&mut self.neighbours), has_text.then_some(scored))?;
        let listed = fusion.weight(segments);
        if self.groups.is_some() || self.request.hybrid_count == HybridCount::Listed {
            let list = self.curation.apply(snapshot, Box::new(listed));
            return Ok(Collection { fusion: Some(fusion), ..self.listed(list.as_ref())? });
        }
        let found = self.full_collector().collect(segments, &listed, &mut [])?.found;
        let mut total = None;
        if self.request.count || !self.counters.is_empty() {
            let mut matching: Box<dyn Weight> = Box::new(listed);
            if has_text {
                // What the text finds beyond the list that was fused is counted, though no page shows it.
                let text = weight(&self.plan, snapshot, false)?;
                matching = boolean::joined(vec![(Occur::Should, text), (Occur::Should, matching)], false);
            }
            let mut counters = std::mem::take(&mut self.counters);
            let counting = FullCollector { post_filters: &self.post_filters, ..FullCollector::default() };
            total = Some(counting.collect(segments, matching.as_ref(), &mut counters)?.total);
            self.counters = counters;
        }
        Ok(Collection { found, total: total.filter(|_| self.request.count), fusion: Some(fusion), groups: HashMap::new() })
    }

    fn response(self, collection: Collection) -> Result<SearchResponse> {
        let (snapshot, request, limit) = (self.snapshot, self.request, self.limit());
        let Collection { mut found, total, fusion, groups } = collection;
        let more = found.len() > limit;
        found.truncate(limit);
        found.drain(..self.skip().min(found.len()));
        let shape = Shape {
            select: request.select.as_deref(),
            highlight: request.highlight.as_ref(),
            explain: request.explain,
            functions: self.functions.as_ref(),
            fusion: fusion.as_ref(),
            curation: &self.curation,
            groups: &groups,
            near: request.near.as_ref(),
        };
        let hits = hits::load(snapshot, &self.plan, &found, &shape)?;
        let next = match (hits.last(), found.last()) {
            (Some(hit), Some(last)) if more => Some(cursor::write(&snapshot.segments, last, &hit.key)),
            _ => None,
        };
        let corrections = match &request.query {
            Some(query) if request.did_you_mean => spelling::find(snapshot, query, &self.default_fields)?,
            _ => Vec::new(),
        };
        let facets = self.counters.into_iter().map(Counter::finish).collect();
        let warnings = self.unknown_fields.iter().map(|name| warning(snapshot.fields(), name)).collect();
        Ok(SearchResponse { total, hits, facets, next, corrections, warnings, like: self.like })
    }
}

fn check(fields: &Fields, request: &SearchRequest) -> Result<()> {
    if request.skip > MAX_SKIP {
        return Err(Error::BadRequest(format!(
            "skip is {}, at most {MAX_SKIP} hits can be skipped; follow the cursor instead",
            request.skip
        )));
    }
    if request.top > MAX_TOP {
        return Err(Error::BadRequest(format!("top is {}, a page holds at most {MAX_TOP} hits", request.top)));
    }
    hits::check_select(fields, request.select.iter().flatten())?;
    for (path, _) in request.highlight.iter().flat_map(|highlight| &highlight.fields) {
        if fields.require(path)?.analyzer.is_none() {
            return Err(Error::FieldNotAllowed { field: path.clone(), needed: "searchable" });
        }
    }
    Ok(())
}

/// The choices made in facets. A choice on a field that no facet counts simply filters.
fn post_filters(snapshot: &Snapshot, request: &SearchRequest) -> Result<Vec<PostFilter>> {
    let mut out = Vec::new();
    for (path, values) in &request.post_filter {
        let plan = binding::one_of(snapshot.fields(), path, values)?;
        let facets = request.facets.iter().enumerate().filter(|(_, facet)| facet.field == *path).map(|(at, _)| at).collect();
        out.push(PostFilter { weight: weight(&plan, snapshot, false)?, facets });
    }
    Ok(out)
}

fn warning(fields: &Fields, name: &str) -> String {
    if fields.definition().field(name).is_some() {
        return format!("field `{name}` is not searchable, so `{name}:` finds nothing; use a filter");
    }
    let nearest = fields.nearest(name).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    format!("there is no field `{name}`, so `{name}:` finds nothing{nearest}")
}
