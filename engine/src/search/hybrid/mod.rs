//! Searches by vectors: lists of neighbours and the list of the text made into one, by score when there is one list, else by
//! rank.

mod doc_list;
pub(crate) mod neighbours;

use std::collections::HashMap;

use tantivy::query::Weight;
use tantivy::{DocAddress, Searcher};

pub(crate) use doc_list::DocListWeight;
use neighbours::Neighbours;

use super::bm25::SCALE;
use super::collect::top_docs;
use super::response::Explanation;
use crate::error::Result;

/// Documents of the text list that take part.
const TEXT_LIST: usize = 1000;
/// What every rank is moved by: the constant of reciprocal rank fusion.
const RANK: f32 = 60.0;

/// The documents that one of the lists holds.
pub(crate) struct Fusion {
    lists: Vec<Neighbours>,
    documents: HashMap<DocAddress, Vec<Part>>,
}

/// What one list adds to a document's score.
struct Part {
    value: f32,
    /// The list of neighbours; `None` is the text's.
    list: Option<usize>,
    from: Origin,
}

enum Origin {
    Similarity(f32),
    Rank(usize),
}

impl Fusion {
    /// Fuses lists of neighbours and, where the search has a text, the best of its documents.
    pub(crate) fn of(searcher: &Searcher, lists: Vec<Neighbours>, text: Option<&dyn Weight>) -> Result<Fusion> {
        let mut documents: HashMap<DocAddress, Vec<Part>> = HashMap::new();
        if let ([list], None) = (lists.as_slice(), text) {
            for (address, similarity) in &list.found {
                let part = Part { value: list.score(*similarity), list: Some(0), from: Origin::Similarity(*similarity) };
                documents.insert(*address, vec![part]);
            }
            return Ok(Fusion { lists, documents });
        }
        let mut add = |rank: usize, address: DocAddress, weight: f32, list: Option<usize>| {
            let part = Part { value: weight / (RANK + rank as f32), list, from: Origin::Rank(rank) };
            documents.entry(address).or_default().push(part);
        };
        if let Some(text) = text {
            let (found, _) = top_docs(searcher, text, None, TEXT_LIST, None)?;
            found.iter().enumerate().for_each(|(rank, found)| add(rank, found.address, 1.0, None));
        }
        for (number, list) in lists.iter().enumerate() {
            list.found.iter().enumerate().for_each(|(rank, (address, _))| add(rank, *address, list.weight, Some(number)));
        }
        Ok(Fusion { lists, documents })
    }

    /// The documents with their scores, on the scale of scorers.
    pub(crate) fn weight(&self, searcher: &Searcher) -> DocListWeight {
        let scores = self.documents.iter().map(|(address, parts)| (*address, sum(parts) * SCALE));
        DocListWeight::new(searcher, scores)
    }

    /// How a document's score came about.
    pub(crate) fn explain(&self, address: DocAddress) -> Option<Explanation> {
        let parts = self.documents.get(&address)?;
        let detail = |part: &Part| Explanation { description: self.describe(part), value: part.value, details: Vec::new() };
        Some(match parts.as_slice() {
            [part] => detail(part),
            parts => Explanation {
                description: "reciprocal rank fusion, sum of".to_owned(),
                value: sum(parts),
                details: parts.iter().map(detail).collect(),
            },
        })
    }

    fn describe(&self, part: &Part) -> String {
        let list = part.list.and_then(|number| self.lists.get(number));
        let (name, weight) = list.map_or(("the text", 1.0), |list| (list.name.as_str(), list.weight));
        match (&part.from, list) {
            (Origin::Similarity(similarity), Some(list)) => format!("nearness of {name}, {:?} {similarity}", list.metric),
            (Origin::Similarity(similarity), None) => format!("nearness {similarity}"),
            (Origin::Rank(rank), _) => format!("rank {rank} by {name}: {weight}/({RANK} + {rank})"),
        }
    }
}

fn sum(parts: &[Part]) -> f32 {
    parts.iter().map(|part| part.value).sum()
}
