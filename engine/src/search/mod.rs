//! A query to hits: bound to an index, scored as Lucene scores, counted, sorted, paged, marked. Which grammar wrote the
//! query and what the answer is called on a wire are unknown here.

pub mod automaton;
mod boosted;
mod collect;
mod compile;
mod constant;
mod corrections;
mod cursor;
mod duplicates;
mod elements;
mod facets;
mod fuzzy;
mod geography;
pub mod highlight;
mod hits;
mod hybrid;
mod keys;
mod lambda;
mod listed;
mod marks;
mod neighbours;
mod passing;
mod phrase;
mod plan;
mod probe;
mod profile;
mod request;
mod sloppy;
mod sort;
pub mod spelling;
mod statistics;
mod synonyms;
mod term;
mod typeahead;
mod values;
mod weights;

use boosted::Boosted;
use collect::{Choice, alike, by_score, in_one_pass};
use compile::Compiler;
pub use corrections::{Correction, apply as apply_corrections};
use facets::Counter;
use hits::Shape;
use hybrid::Fused;
pub use keys::Version;
use plan::Plan;
pub use request::*;
use sort::Keys;
use statistics::Statistics;
pub use typeahead::{AutocompleteMode, AutocompleteRequest, Completion, SuggestRequest, Suggestion};

use std::sync::Arc;

use tantivy::query::{Occur, Weight};

use crate::error::{Error, Result};
use crate::index::Index;
use crate::index::generation::Generation;
use crate::index::synonym_maps::SynonymMaps;

/// Hits that may be skipped; a cursor goes further.
const MAX_SKIP: usize = 100_000;
/// Hits of one page.
const MAX_TOP: usize = 10_000;

impl Index {
    /// Answers a search over what is visible now.
    ///
    /// # Errors
    /// A field that does not exist or may not be used so, a pattern that is too complex, a cursor of another search: all
    /// the caller's. What cannot match but is well formed, such as an unknown field in a Lucene query, is a warning.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResponse> {
        let generation = self.generation();
        let searcher = generation.searcher();
        search(&generation, &searcher, &self.synonyms, request)
    }
}

fn search(
    generation: &Generation,
    searcher: &tantivy::Searcher,
    synonyms: &SynonymMaps,
    request: &SearchRequest,
) -> Result<SearchResponse> {
    check(generation, request)?;
    let profile = profile::bind(generation, request)?;
    let mut compiler = Compiler::new(generation, request.mode, &request.fields)?;
    let functions = profile.as_ref().and_then(|profile| profile.functions.as_ref());
    if let Some(profile) = &profile {
        compiler = compiler.weighing(profile.weights.clone());
    }
    let text = match &request.query {
        Some(query) => compiler.text(query, Some(synonyms))?,
        None => Plan::All { boost: 1.0 },
    };
    let filter = match &request.filter {
        Some(filter) => Some((compiler.filter(filter).map_err(Error::in_filter)?, values::scores(filter))),
        None => None,
    };
    let statistics = Statistics::new(generation, searcher);
    let neighbours = if request.vectors.is_empty() {
        Vec::new()
    } else {
        let filter = filter.as_ref().map(|(filter, _)| weights::weight(filter, &statistics, false)).transpose()?;
        neighbours::find(generation, searcher, &request.vectors, filter.as_deref(), request.vector_filter)?
    };
    let plan = values::filtered(duplicates::merged(text, &statistics)?, filter);
    let keys = Keys::bind(generation, &request.sort)?;
    let key_count = if keys.is_some() { request.sort.len() } else { 0 };
    let after = request.cursor.as_ref().map(|cursor| cursor::read(generation, searcher, cursor, key_count)).transpose()?;
    let skip = if after.is_some() { 0 } else { request.skip };
    let limit = if request.top == 0 { 0 } else { skip + request.top };
    let mut counters = request.facets.iter().map(|facet| Counter::bind(generation, facet)).collect::<Result<Vec<_>>>()?;
    let choices = choices(generation, &statistics, request)?;

    // One hit more than asked tells whether there is a next page.
    let wanted = if limit == 0 { 0 } else { limit + 1 };
    let mut scored = weights::weight(&plan, &statistics, true)?;
    if let Some(functions) = functions {
        scored = Box::new(Boosted { inner: scored, functions: Arc::clone(functions) });
    }
    let plain = keys.is_none() && counters.is_empty() && choices.is_empty();
    let fused = if request.vectors.is_empty() {
        None
    } else {
        Some(Fused::of(searcher, &neighbours, request.query.is_some().then_some(scored.as_ref()))?)
    };
    let (mut found, total) = if let Some(fused) = &fused {
        let listed = fused.weight(searcher);
        let (found, _) = in_one_pass(searcher, &listed, &choices, keys.as_ref(), &mut [], wanted, after.as_ref())?;
        let mut total = None;
        if request.count || !counters.is_empty() {
            let mut matching: Box<dyn Weight> = Box::new(listed);
            if request.query.is_some() {
                // What the text finds beyond the list that was fused is counted, though no page shows it.
                let text = weights::weight(&plan, &statistics, false)?;
                matching = weights::union_or_more(vec![(Occur::Should, text), (Occur::Should, matching)], false);
            }
            total = Some(in_one_pass(searcher, matching.as_ref(), &choices, None, &mut counters, 0, None)?.1);
        }
        (found, total.filter(|_| request.count))
    } else if plain && request.count && plan.scores_alike() && functions.is_none() {
        let (found, total) = alike(searcher, scored.as_ref(), wanted, after.as_ref())?;
        (found, Some(total))
    } else if plain && request.count && matches!(plan, Plan::Phrase { .. }) {
        // Reading positions twice would cost more than scoring every match.
        let (found, total) = in_one_pass(searcher, scored.as_ref(), &[], None, &mut [], wanted, after.as_ref())?;
        (found, Some(total))
    } else if plain {
        let counted = if request.count { Some(weights::weight(&plan, &statistics, false)?) } else { None };
        by_score(searcher, scored.as_ref(), counted.as_deref(), wanted, after.as_ref())?
    } else {
        let (found, total) = in_one_pass(searcher, scored.as_ref(), &choices, keys.as_ref(), &mut counters, wanted, after.as_ref())?;
        (found, request.count.then_some(total))
    };
    let more = found.len() > limit;
    found.truncate(limit);
    found.drain(..skip.min(found.len()));
    let shape = Shape {
        select: request.select.as_deref(),
        highlight: request.highlight.as_ref(),
        explain: request.explain,
        functions,
        fused: fused.as_ref(),
    };
    let hits = hits::load(&statistics, &plan, &found, &shape)?;
    let next = match (hits.last(), found.last()) {
        (Some(hit), Some(last)) if more => Some(cursor::write(searcher, last, &hit.key)),
        _ => None,
    };
    let corrections = match &request.query {
        Some(query) if request.did_you_mean => corrections::find(generation, searcher, query, &compiler.default_fields())?,
        _ => Vec::new(),
    };
    let facets = counters.into_iter().map(Counter::finish).collect();
    Ok(SearchResponse { total, hits, facets, next, corrections, warnings: warnings(generation, &compiler) })
}

fn check(generation: &Generation, request: &SearchRequest) -> Result<()> {
    if request.skip > MAX_SKIP {
        return Err(Error::BadRequest(format!(
            "skip is {}, at most {MAX_SKIP} hits can be skipped; follow the cursor instead",
            request.skip
        )));
    }
    if request.top > MAX_TOP {
        return Err(Error::BadRequest(format!("top is {}, a page holds at most {MAX_TOP} hits", request.top)));
    }
    check_select(generation, request.select.iter().flatten())?;
    for (path, _) in request.highlight.iter().flat_map(|highlight| &highlight.fields) {
        let field = generation.layout.field(path).ok_or_else(|| no_such_field(generation, path))?;
        if field.text.is_none() {
            return Err(Error::FieldNotAllowed { field: path.clone(), needed: "searchable" });
        }
    }
    Ok(())
}

/// Fields to return must be there and retrievable.
pub(crate) fn check_select<'a>(generation: &Generation, paths: impl Iterator<Item = &'a String>) -> Result<()> {
    for path in paths {
        let field = generation.definition.field(path).ok_or_else(|| no_such_field(generation, path))?;
        if !field.retrievable {
            return Err(Error::FieldNotAllowed { field: path.clone(), needed: "retrievable" });
        }
    }
    Ok(())
}

/// The choices made in facets. A choice on a field no facet counts simply filters.
fn choices(generation: &Generation, statistics: &Statistics<'_>, request: &SearchRequest) -> Result<Vec<Choice>> {
    let mut out = Vec::new();
    for (path, chosen) in &request.selected {
        let plan = values::one_of(generation, path, chosen)?;
        let facets = request.facets.iter().enumerate().filter(|(_, facet)| facet.field == *path).map(|(at, _)| at).collect();
        out.push(Choice { weight: weights::weight(&plan, statistics, false)?, facets });
    }
    Ok(out)
}

fn warnings(generation: &Generation, compiler: &Compiler<'_>) -> Vec<String> {
    let warning = |name: &String| match generation.definition.field(name) {
        Some(_) => format!("field `{name}` is not searchable, so `{name}:` finds nothing; use a filter"),
        None => {
            let nearest = nearest_field(generation, name).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            format!("there is no field `{name}`, so `{name}:` finds nothing{nearest}")
        }
    };
    compiler.unknown.iter().map(warning).collect()
}

/// The error for a field that is not there.
pub(crate) fn no_such_field(generation: &Generation, path: &str) -> Error {
    Error::NoSuchField { index: generation.definition.name.clone(), field: path.to_owned(), nearest: nearest_field(generation, path) }
}

/// The most similar field name, when one is similar.
fn nearest_field(generation: &Generation, name: &str) -> Option<String> {
    let candidates = generation.layout.fields.iter().map(|field| (spelling::distance(name, &field.path), &field.path));
    let (distance, path) = candidates.min()?;
    (distance <= name.chars().count() / 3 + 1).then(|| path.clone())
}
