//! Found documents to hits: stored fields, selection, marks, explanations.

mod explain;
mod highlight;
mod match_offsets;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use tutti_index_schema::{Field, IndexDefinition};

use explain::Explainer;
pub(crate) use highlight::{HighlightOptions, highlight};
use match_offsets::{FuzzyTerms, match_offsets};

use tantivy::DocAddress;

use super::bm25::SCALE;
use super::found::Found;
use super::hybrid::Fusion;
use super::list::curation::BoundCuration;
use super::profile::{FunctionValues, Functions};
use super::request::{HighlightRequest, Near};
use super::response::{Explanation, Group, Hit};
use super::snapshot::Snapshot;
use super::sort::nearest;
use crate::binding::plan::Plan;
use crate::error::{Error, Result};
use crate::index::document::{gather, point};
use crate::index::fields::Fields;
use crate::index::layout::{KEY, Kind};
use crate::index::stored::StoredDocuments;

/// What to return of each hit.
pub(crate) struct Shape<'a> {
    pub(crate) select: Option<&'a [String]>,
    pub(crate) highlight: Option<&'a HighlightRequest>,
    pub(crate) explain: bool,
    /// What a scoring profile did to the scores.
    pub(crate) functions: Option<&'a Arc<Functions>>,
    /// How scores came about in a search by vectors.
    pub(crate) fusion: Option<&'a Fusion>,
    /// What rules did to the list.
    pub(crate) curation: &'a BoundCuration,
    /// The groups that hits stand for.
    pub(crate) groups: &'a HashMap<DocAddress, Group>,
    /// Places whose distance is said.
    pub(crate) near: Option<&'a Near>,
}

/// Turns found documents into hits, in order.
pub(crate) fn load(snapshot: &Snapshot, plan: &Plan, found: &[Found], shape: &Shape<'_>) -> Result<Vec<Hit>> {
    let key_name = snapshot.fields().definition().key_field().map_or("", |field| field.name.as_str());
    if let (Some(selected), None, false, None) = (shape.select, shape.highlight, shape.explain, shape.near)
        && selected.iter().all(|path| path == key_name)
    {
        return keys_only(snapshot, found, key_name, !selected.is_empty(), shape);
    }
    let wanted = shape.explain || shape.highlight.is_some();
    let mut loader = Loader {
        snapshot,
        shape,
        key_name,
        documents: StoredDocuments::new(&snapshot.generation, &snapshot.segments),
        explainer: if wanted { Some(Explainer::new(plan, snapshot)?) } else { None },
        fuzzy_terms: FuzzyTerms::default(),
    };
    found.iter().map(|found| loader.hit(found)).collect()
}

struct Loader<'a> {
    snapshot: &'a Snapshot,
    shape: &'a Shape<'a>,
    key_name: &'a str,
    documents: StoredDocuments<'a>,
    explainer: Option<Explainer<'a>>,
    fuzzy_terms: FuzzyTerms,
}

impl Loader<'_> {
    fn hit(&mut self, found: &Found) -> Result<Hit> {
        let (snapshot, shape) = (self.snapshot, self.shape);
        let mut document = self.documents.read(found.address)?;
        let key = document.get(self.key_name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut leaves = Vec::new();
        let explanation = match &self.explainer {
            Some(explainer) => {
                explainer.explain(snapshot.segments.segment_reader(found.address.segment_ord), found.address.doc_id, &mut leaves)?
            }
            None => None,
        };
        let mut highlights = Vec::new();
        if let Some(request) = shape.highlight {
            for (path, fragments) in &request.fields {
                let marked = highlights_of(snapshot, &mut self.fuzzy_terms, request, (path, *fragments), &leaves, &document)?;
                if !marked.is_empty() {
                    highlights.push((path.clone(), marked));
                }
            }
        }
        let distance = shape.near.map(|near| distance(&document, near));
        select(snapshot.fields().definition(), &mut document, shape.select);
        let explanation = match (explanation, shape.fusion, shape.functions) {
            _ if !shape.explain => None,
            (_, Some(fusion), _) => fusion.explain(found.address),
            (Some(text), None, Some(functions)) => Some(with_functions(functions, snapshot, found, text)?),
            (explanation, None, _) => explanation,
        };
        let explanation = explanation.map(|score| shape.curation.explain(snapshot, found.address, score)).transpose()?;
        Ok(Hit { key, document, highlights, explanation, distance, ..shape.bare(found) })
    }
}

impl Shape<'_> {
    /// What is said of a hit besides its document.
    fn bare(&self, found: &Found) -> Hit {
        Hit {
            key: String::new(),
            score: found.score / SCALE,
            document: Map::new(),
            highlights: Vec::new(),
            explanation: None,
            pinned: self.curation.pins().and_then(|pins| pins.rule(found.address)).map(str::to_owned),
            group: self.groups.get(&found.address).cloned(),
            distance: None,
        }
    }
}

/// Kilometres from the nearest place; `None` for a document without a point.
fn distance(document: &Map<String, Value>, near: &Near) -> Option<f64> {
    let points = gather(document, &near.field);
    points.into_iter().filter_map(point).map(|point| nearest(&near.points, point)).reduce(f64::min)
}

/// The explanation of a score that a profile's functions changed.
fn with_functions(functions: &Arc<Functions>, snapshot: &Snapshot, found: &Found, text: Explanation) -> Result<Explanation> {
    let mut values = FunctionValues::open(functions, snapshot.segments.segment_reader(found.address.segment_ord))?;
    let profile = functions.explain(values.parts(found.address.doc_id));
    Ok(Explanation { description: "product of".to_owned(), value: text.value * profile.value, details: vec![text, profile] })
}

/// Hits with nothing but their key, which a column holds: no stored document is read.
fn keys_only(snapshot: &Snapshot, found: &[Found], key_name: &str, selected: bool, shape: &Shape<'_>) -> Result<Vec<Hit>> {
    let mut hits = Vec::with_capacity(found.len());
    for found in found {
        let reader = snapshot.segments.segment_reader(found.address.segment_ord);
        let mut key = String::new();
        if let Some((ords, Some(strings))) = snapshot.columns().numbers(reader, Kind::Keyword, KEY)?
            && let Some(ord) = ords.first(found.address.doc_id)
        {
            strings.ord_to_str(ord, &mut key).map_err(tantivy::TantivyError::from)?;
        }
        let mut document = Map::new();
        if selected {
            document.insert(key_name.to_owned(), Value::String(key.clone()));
        }
        hits.push(Hit { key, document, ..shape.bare(found) });
    }
    Ok(hits)
}

/// The fragments of a field's values, `field` being its path and how many are wanted.
fn highlights_of(
    snapshot: &Snapshot,
    fuzzy_terms: &mut FuzzyTerms,
    request: &HighlightRequest,
    field: (&str, usize),
    leaves: &[&Plan],
    document: &Map<String, Value>,
) -> Result<Vec<String>> {
    let (path, fragments) = field;
    let Some(info) = snapshot.fields().searchable(path) else { return Ok(Vec::new()) };
    let Some(analyzer) = &info.analyzer else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for value in gather(document, path) {
        let Some(text) = value.as_str() else { continue };
        let tokens = analyzer.tokens(text);
        let offsets = match_offsets(snapshot, fuzzy_terms, info.id, leaves, &tokens)?;
        if !offsets.is_empty() && out.len() < fragments {
            let options = HighlightOptions {
                pre_tag: request.pre_tag.clone(),
                post_tag: request.post_tag.clone(),
                fragment_chars: request.fragment_chars,
                max_fragments: fragments - out.len(),
                ..HighlightOptions::default()
            };
            out.extend(highlight(text, &offsets, &options));
        }
    }
    Ok(out)
}

/// Fields to return must be there and retrievable.
pub(crate) fn check_select<'a>(fields: &Fields, paths: impl Iterator<Item = &'a String>) -> Result<()> {
    for path in paths {
        let field = fields.definition().field(path).ok_or_else(|| fields.no_such_field(path))?;
        if !field.retrievable {
            return Err(Error::FieldNotAllowed { field: path.clone(), needed: "retrievable" });
        }
    }
    Ok(())
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
