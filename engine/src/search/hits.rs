//! Found documents to hits: stored fields, selection, marks, explanations.

use std::sync::Arc;

use serde_json::{Map, Value};
use tantivy::store::StoreReader;
use tantivy::{Searcher, TantivyDocument};
use tutti_index_schema::{Field, IndexDefinition};

use super::boosted::Values;
use super::collect::Found;
use super::highlight::{HighlightOptions, highlight};
use super::hybrid::Fused;
use super::marks::{Spellings, marks};
use super::plan::Plan;
use super::probe::Probe;
use super::profile::Functions;
use super::request::{Explanation, HighlightRequest, Hit};
use super::statistics::{SCALE, Statistics};
use crate::error::{Error, Result};
use crate::index::document::gather;
use crate::index::generation::Generation;
use crate::index::layout::{KEY, Kind};
use crate::index::stored::{parse, source_of};

/// Blocks of the document store kept unpacked while a page is read.
const STORE_BLOCKS: usize = 4;

/// What to return of each hit.
pub(crate) struct Shape<'a> {
    pub(crate) select: Option<&'a [String]>,
    pub(crate) highlight: Option<&'a HighlightRequest>,
    pub(crate) explain: bool,
    /// What a scoring profile did to the scores.
    pub(crate) functions: Option<&'a Arc<Functions>>,
    /// How scores came about in a search by vectors.
    pub(crate) fused: Option<&'a Fused<'a>>,
}

/// Turns found documents into hits, in order.
pub(crate) fn load(statistics: &Statistics<'_>, plan: &Plan, found: &[Found], shape: &Shape<'_>) -> Result<Vec<Hit>> {
    let (generation, searcher) = (statistics.generation, statistics.searcher);
    if let (Some(selected), None, false) = (shape.select, shape.highlight, shape.explain) {
        let key_name = generation.definition.key_field().map_or("", |field| field.name.as_str());
        if selected.iter().all(|path| path == key_name) {
            return keys_only(generation, searcher, found, key_name, !selected.is_empty());
        }
    }
    let stores = Stores::new(searcher, found)?;
    let probe = if shape.explain || shape.highlight.is_some() { Some(Probe::new(plan, statistics)?) } else { None };
    let key_name = generation.definition.key_field().map_or("", |field| field.name.as_str());
    let mut spellings = Spellings::default();
    let mut hits = Vec::with_capacity(found.len());
    for found in found {
        let mut document = stores.document(generation, found)?;
        let key = document.get(key_name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut leaves = Vec::new();
        let explanation = match &probe {
            Some(probe) => probe.explain(searcher.segment_reader(found.address.segment_ord), found.address.doc_id, &mut leaves)?,
            None => None,
        };
        let mut highlights = Vec::new();
        if let Some(request) = shape.highlight {
            for (path, fragments) in &request.fields {
                let marked = marked(generation, searcher, &mut spellings, request, path, *fragments, &leaves, &document)?;
                if !marked.is_empty() {
                    highlights.push((path.clone(), marked));
                }
            }
        }
        select(&generation.definition, &mut document, shape.select);
        let explanation = match (explanation, shape.fused, shape.functions) {
            _ if !shape.explain => None,
            (_, Some(fused), _) => fused.explain(found.address),
            (Some(text), None, Some(functions)) => Some(boosted(functions, searcher, found, text)?),
            (explanation, None, _) => explanation,
        };
        hits.push(Hit { key, score: found.score / SCALE, document, highlights, explanation });
    }
    Ok(hits)
}

/// The explanation of a score that a profile's functions changed.
fn boosted(functions: &Arc<Functions>, searcher: &Searcher, found: &Found, text: Explanation) -> Result<Explanation> {
    let mut values = Values::open(functions, searcher.segment_reader(found.address.segment_ord))?;
    let profile = functions.explain(values.parts(found.address.doc_id));
    Ok(Explanation { description: "product of".to_owned(), value: text.value * profile.value, details: vec![text, profile] })
}

/// Hits with nothing but their key, which a column holds: no stored document is read.
fn keys_only(generation: &Generation, searcher: &Searcher, found: &[Found], key_name: &str, selected: bool) -> Result<Vec<Hit>> {
    let mut hits = Vec::with_capacity(found.len());
    for found in found {
        let reader = searcher.segment_reader(found.address.segment_ord);
        let mut key = String::new();
        if let Some((ords, Some(strings))) = generation.columns.numbers(reader, Kind::Exact, KEY)?
            && let Some(ord) = ords.first(found.address.doc_id)
        {
            strings.ord_to_str(ord, &mut key).map_err(tantivy::TantivyError::from)?;
        }
        let mut document = Map::new();
        if selected {
            document.insert(key_name.to_owned(), Value::String(key.clone()));
        }
        hits.push(Hit { key, score: found.score / SCALE, document, highlights: Vec::new(), explanation: None });
    }
    Ok(hits)
}

/// Store readers of the segments that hold a page's documents.
struct Stores {
    readers: Vec<Option<StoreReader>>,
}

impl Stores {
    fn new(searcher: &Searcher, found: &[Found]) -> Result<Stores> {
        let mut readers: Vec<Option<StoreReader>> = searcher.segment_readers().iter().map(|_| None).collect();
        for found in found {
            let ord = found.address.segment_ord as usize;
            if readers[ord].is_none() {
                let store = searcher.segment_reader(ord as u32).get_store_reader(STORE_BLOCKS).map_err(tantivy::TantivyError::from)?;
                readers[ord] = Some(store);
            }
        }
        Ok(Stores { readers })
    }

    fn document(&self, generation: &Generation, found: &Found) -> Result<Map<String, Value>> {
        let damaged = || Error::Damaged { index: generation.definition.name.clone(), what: "a document has no stored text".to_owned() };
        let store = self.readers[found.address.segment_ord as usize].as_ref().ok_or_else(damaged)?;
        let document: TantivyDocument = store.get(found.address.doc_id)?;
        parse(&generation.definition.name, source_of(generation.layout.source, &document).ok_or_else(damaged)?)
    }
}

#[allow(clippy::too_many_arguments)]
fn marked(
    generation: &Generation,
    searcher: &Searcher,
    spellings: &mut Spellings,
    request: &HighlightRequest,
    path: &str,
    fragments: usize,
    leaves: &[&Plan],
    document: &Map<String, Value>,
) -> Result<Vec<String>> {
    let Some(field) = generation.layout.position(path) else { return Ok(Vec::new()) };
    let Some(analyzer) = &generation.analyzers[field] else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for value in gather(document, path) {
        let Some(text) = value.as_str() else { continue };
        let tokens = analyzer.tokens(text);
        let marks = marks(generation, searcher, spellings, field, leaves, &tokens)?;
        if !marks.is_empty() && out.len() < fragments {
            let options = HighlightOptions {
                pre_tag: request.pre_tag.clone(),
                post_tag: request.post_tag.clone(),
                fragment_chars: request.fragment_chars,
                max_fragments: fragments - out.len(),
                ..HighlightOptions::default()
            };
            out.extend(highlight(text, &marks, &options));
        }
    }
    Ok(out)
}

/// Leaves only what was selected, and never what is not retrievable.
pub(crate) fn select(definition: &IndexDefinition, document: &mut Map<String, Value>, selected: Option<&[String]>) {
    keep(&definition.fields, document, "", selected);
}

fn keep(fields: &[Field], object: &mut Map<String, Value>, prefix: &str, selected: Option<&[String]>) {
    let mut gone = Vec::new();
    for (name, value) in object.iter_mut() {
        let Some(field) = fields.iter().find(|field| field.name == *name) else {
            if !name.starts_with('@') {
                gone.push(name.clone());
            }
            continue;
        };
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        let whole = selected.is_none_or(|paths| paths.contains(&path));
        let part = selected.is_some_and(|paths| paths.iter().any(|p| p.strip_prefix(&path).is_some_and(|rest| rest.starts_with('/'))));
        if !field.retrievable && field.fields.is_empty() || !(whole || part) {
            gone.push(name.clone());
            continue;
        }
        if !field.fields.is_empty() {
            let inner = if whole { None } else { selected };
            match value {
                Value::Object(object) => keep(&field.fields, object, &path, inner),
                Value::Array(items) => {
                    for item in items.iter_mut().filter_map(Value::as_object_mut) {
                        keep(&field.fields, item, &path, inner);
                    }
                }
                _ => {}
            }
        }
    }
    for name in gone {
        object.shift_remove(&name);
    }
}
