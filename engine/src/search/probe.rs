//! What of a query a found document matched: for explanations and for marking only words that really matched.

use tantivy::query::Weight;
use tantivy::{DocId, SegmentReader};

use super::collect::matches;
use super::plan::{Plan, TermSet};
use super::request::Explanation;
use super::statistics::{SCALE, Statistics};
use super::weights::weight;
use crate::error::Result;

/// A plan with a weight at every leaf.
pub(crate) enum Probe<'p> {
    Leaf { plan: &'p Plan, weight: Box<dyn Weight>, description: String },
    Bool { must: Vec<Probe<'p>>, should: Vec<Probe<'p>>, must_not: Vec<Probe<'p>>, filter: Vec<Probe<'p>> },
}

impl<'p> Probe<'p> {
    pub(crate) fn new(plan: &'p Plan, statistics: &Statistics<'_>) -> Result<Probe<'p>> {
        let every = |plans: &'p [Plan]| plans.iter().map(|plan| Probe::new(plan, statistics)).collect::<Result<Vec<_>>>();
        Ok(match plan {
            Plan::Bool(parts) => Probe::Bool {
                must: every(&parts.must)?,
                should: every(&parts.should)?,
                must_not: every(&parts.must_not)?,
                filter: every(&parts.filter)?,
            },
            leaf => Probe::Leaf { plan: leaf, weight: weight(leaf, statistics, true)?, description: describe(leaf, statistics) },
        })
    }

    /// How the document's score comes about; `None` when it does not match. Leaves that matched are added to `leaves`.
    pub(crate) fn explain<'s>(&'s self, reader: &SegmentReader, doc: DocId, leaves: &mut Vec<&'p Plan>) -> Result<Option<Explanation>> {
        match self {
            Probe::Leaf { plan, weight, description } => {
                let Some(score) = matches(weight.as_ref(), reader, doc)? else { return Ok(None) };
                leaves.push(plan);
                Ok(Some(Explanation { description: description.clone(), value: score / SCALE, details: Vec::new() }))
            }
            Probe::Bool { must, should, must_not, filter } => {
                for probe in must_not {
                    if probe.explain(reader, doc, &mut Vec::new())?.is_some() {
                        return Ok(None);
                    }
                }
                let mut matched = Vec::new();
                let mut details = Vec::new();
                for probe in must {
                    let Some(part) = probe.explain(reader, doc, &mut matched)? else { return Ok(None) };
                    details.push(part);
                }
                for probe in filter {
                    if probe.explain(reader, doc, &mut Vec::new())?.is_none() {
                        return Ok(None);
                    }
                }
                let mut any = false;
                for probe in should {
                    if let Some(part) = probe.explain(reader, doc, &mut matched)? {
                        any = true;
                        details.push(part);
                    }
                }
                if must.is_empty() && !should.is_empty() && !any {
                    return Ok(None);
                }
                leaves.append(&mut matched);
                let value = details.iter().map(|part| part.value).sum();
                Ok(Some(Explanation { description: "sum of".to_owned(), value, details }))
            }
        }
    }
}

/// A leaf in Lucene syntax.
fn describe(plan: &Plan, statistics: &Statistics<'_>) -> String {
    let layout = &statistics.generation.layout;
    let name = |field: usize| layout.fields[field].path.as_str();
    let boosted = |text: String, boost: f32| if boost == 1.0 { text } else { format!("{text}^{boost}") };
    match plan {
        Plan::Nothing => "nothing".to_owned(),
        Plan::All { boost } => boosted("*:*".to_owned(), *boost),
        Plan::Term { field, term, boost } | Plan::Spelling { field, term, boost, .. } => {
            boosted(format!("{}:{term}", name(*field)), *boost)
        }
        Plan::Phrase { field, terms, slop, boost } => {
            let words: Vec<_> = terms.iter().map(|(_, words)| words.join("|")).collect();
            let slop = if *slop == 0 { String::new() } else { format!("~{slop}") };
            boosted(format!("{}:\"{}\"{slop}", name(*field), words.join(" ")), *boost)
        }
        Plan::Fuzzy { field, word, edits, boost } => boosted(format!("{}:{word}~{edits}", name(*field)), *boost),
        Plan::Terms { field, set, boost } => {
            let text = match set {
                TermSet::Prefix(text) => format!("{text}*"),
                TermSet::Automaton(_, text) => text.clone(),
                TermSet::Range(lower, upper) => {
                    use std::ops::Bound::{Excluded, Included, Unbounded};
                    let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                    let from = match lower {
                        Included(bytes) => format!("[{}", show(bytes)),
                        Excluded(bytes) => format!("{{{}", show(bytes)),
                        Unbounded => "[*".to_owned(),
                    };
                    let to = match upper {
                        Included(bytes) => format!("{}]", show(bytes)),
                        Excluded(bytes) => format!("{}}}", show(bytes)),
                        Unbounded => "*]".to_owned(),
                    };
                    format!("{from} TO {to}")
                }
            };
            boosted(format!("{}:{text}", name(*field)), *boost)
        }
        Plan::Exists { field, boost } => boosted(format!("{}:*", name(*field)), *boost),
        Plan::Elements(_) => "filter on elements".to_owned(),
        Plan::Value { field, .. } | Plan::HasValue { field } | Plan::Place { field, .. } => format!("filter on {}", name(*field)),
        Plan::Not(_) => "exclusion".to_owned(),
        Plan::Constant { boost, .. } => boosted("constant score".to_owned(), *boost),
        Plan::Bool(_) => "sum of".to_owned(),
    }
}
