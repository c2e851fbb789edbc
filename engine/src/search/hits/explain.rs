//! What of a query a found document matched: for explanations and for marking only words that really matched.

use tantivy::query::Weight;
use tantivy::{DocId, SegmentReader};

use crate::binding::plan::Plan;
use crate::error::Result;
use crate::search::bm25::SCALE;
use crate::search::docset::score_of;
use crate::search::nodes::{describe, weight};
use crate::search::response::Explanation;
use crate::search::snapshot::Snapshot;

/// A plan with a weight at every leaf.
pub(crate) enum Explainer<'p> {
    Leaf { plan: &'p Plan, weight: Box<dyn Weight>, description: String },
    Boolean { must: Vec<Explainer<'p>>, should: Vec<Explainer<'p>>, must_not: Vec<Explainer<'p>>, filter: Vec<Explainer<'p>> },
}

impl<'p> Explainer<'p> {
    pub(crate) fn new(plan: &'p Plan, snapshot: &Snapshot) -> Result<Explainer<'p>> {
        let every = |plans: &'p [Plan]| plans.iter().map(|plan| Explainer::new(plan, snapshot)).collect::<Result<Vec<_>>>();
        Ok(match plan {
            Plan::Boolean(clauses) => Explainer::Boolean {
                must: every(&clauses.must)?,
                should: every(&clauses.should)?,
                must_not: every(&clauses.must_not)?,
                filter: every(&clauses.filter)?,
            },
            // That the document matches says that enough of them do.
            Plan::AtLeast { clauses, .. } => {
                Explainer::Boolean { must: Vec::new(), should: every(clauses)?, must_not: Vec::new(), filter: Vec::new() }
            }
            leaf => Explainer::Leaf { plan: leaf, weight: weight(leaf, snapshot, true)?, description: describe(leaf, snapshot.fields()) },
        })
    }

    /// How the document's score comes about; `None` when it does not match. Leaves that matched are added to `leaves`.
    pub(crate) fn explain<'s>(&'s self, reader: &SegmentReader, doc: DocId, leaves: &mut Vec<&'p Plan>) -> Result<Option<Explanation>> {
        match self {
            Explainer::Leaf { plan, weight, description } => {
                let Some(score) = score_of(weight.as_ref(), reader, doc)? else { return Ok(None) };
                leaves.push(plan);
                Ok(Some(Explanation { description: description.clone(), value: score / SCALE, details: Vec::new() }))
            }
            Explainer::Boolean { must, should, must_not, filter } => {
                for part in must_not {
                    if part.explain(reader, doc, &mut Vec::new())?.is_some() {
                        return Ok(None);
                    }
                }
                let mut matched = Vec::new();
                let mut details = Vec::new();
                for part in must {
                    let Some(detail) = part.explain(reader, doc, &mut matched)? else { return Ok(None) };
                    details.push(detail);
                }
                for part in filter {
                    if part.explain(reader, doc, &mut Vec::new())?.is_none() {
                        return Ok(None);
                    }
                }
                let mut any = false;
                for part in should {
                    if let Some(detail) = part.explain(reader, doc, &mut matched)? {
                        any = true;
                        details.push(detail);
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
