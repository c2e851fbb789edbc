//! Words and phrases of a query with what a field's synonym map says they stand for.

use std::ops::Range;

use super::plan::{Plan, PositionedTerms};
use crate::index::analysis::{Analyzer, by_position};
use crate::index::fields::FieldId;
use crate::index::synonyms::{SynonymTable, from_zero};
use crate::query::ast::{Link, Node};

/// One thing a word or phrase stands for: a term, or several as a phrase.
pub(super) fn member(mut terms: PositionedTerms, field: FieldId, slop: u32, boost: f32) -> Plan {
    match terms.as_slice() {
        [_] => alternatives(terms.remove(0).1, field, boost),
        _ => Plan::Phrase { field, terms, slop, boost },
    }
}

/// Alternative terms at one position.
pub(super) fn alternatives(terms: Vec<String>, field: FieldId, boost: f32) -> Plan {
    Plan::any(terms.into_iter().map(|term| Plan::Term { field, term, boost }).collect())
}

/// A plan for each unit of a word that analysis split: a position, or several that have synonyms together.
pub(super) fn units(positions: &[(u32, Vec<String>)], field: FieldId, boost: f32, table: Option<&SynonymTable>) -> Vec<Plan> {
    let mut out = Vec::with_capacity(positions.len());
    let mut at = 0;
    while at < positions.len() {
        match table.and_then(|table| table.find(&positions[at..])) {
            Some((length, members)) => {
                let own = from_zero(&positions[at..at + length]);
                let plan = |member_terms: &PositionedTerms| {
                    if length > 1 && *member_terms == own {
                        return Plan::all(own.iter().map(|(_, terms)| alternatives(terms.clone(), field, boost)).collect());
                    }
                    member(member_terms.clone(), field, 0, boost)
                };
                out.push(Plan::any(members.iter().map(plan).collect()));
                at += length;
            }
            None => {
                out.push(alternatives(positions[at].1.clone(), field, boost));
                at += 1;
            }
        }
    }
    out
}

/// A plan for each position of words side by side. What several positions together stand for will do for each of them.
pub(super) fn each_position(positions: &[(u32, Vec<String>)], field: FieldId, boost: f32, table: Option<&SynonymTable>) -> Vec<Plan> {
    let mut out: Vec<Plan> = positions.iter().map(|(_, terms)| alternatives(terms.clone(), field, boost)).collect();
    let mut at = 0;
    while at < positions.len() {
        let Some((length, members)) = table.and_then(|table| table.find(&positions[at..])) else {
            at += 1;
            continue;
        };
        let own = from_zero(&positions[at..at + length]);
        let others: Vec<Plan> =
            members.iter().filter(|member| **member != own).map(|positions| member(positions.clone(), field, 0, boost)).collect();
        for plan in &mut out[at..at + length] {
            let mut plans = others.clone();
            if members.contains(&own) {
                plans.push(plan.clone());
            }
            *plan = Plan::any(plans);
        }
        at += length;
    }
    out
}

/// What runs of at least two bare words stand for together, with the words each takes up.
pub(super) fn of_words(analyzer: &Analyzer, field: FieldId, table: &SynonymTable, links: &[Link], boost: f32) -> Vec<(Range<usize>, Plan)> {
    let mut out = Vec::new();
    let mut start = 0;
    let side_by_side = |one: &Link, next: &Link| word(one).is_some() && word(next).is_some() && next.operator.is_none();
    for run in links.chunk_by(side_by_side) {
        let words: Vec<&str> = run.iter().map_while(word).collect();
        // Where each word ends in their joined text tells which word a token is of.
        let mut ends = Vec::with_capacity(words.len());
        let mut end = 0;
        for word in &words {
            end += word.len() + 1;
            ends.push(end);
        }
        let tokens = analyzer.tokens(&words.join(" "));
        let of = |token: usize| ends.partition_point(|end| *end <= token);
        let starts: Vec<(usize, usize)> = tokens.iter().map(|token| (token.position, of(token.start))).collect();
        let positions = by_position(tokens);
        let word_at = |at: usize| {
            let position = positions[at].0 as usize;
            starts.iter().find(|(known, _)| *known == position).map_or(0, |(_, word)| *word)
        };
        let mut at = 0;
        while at < positions.len() {
            let Some((length, members)) = table.find(&positions[at..]) else {
                at += 1;
                continue;
            };
            let (first, last) = (word_at(at), word_at(at + length - 1));
            if last > first {
                let own = from_zero(&positions[at..at + length]);
                let others = members.iter().filter(|member| **member != own).map(|positions| member(positions.clone(), field, 0, boost));
                out.push((start + first..start + last + 1, Plan::any(others.collect())));
            }
            at += length;
        }
        start += run.len();
    }
    out
}

/// The text of a bare word.
fn word(link: &Link) -> Option<&str> {
    match (&link.query.node, &link.query.field, link.query.boost) {
        (Node::Word(word) | Node::SimpleWord(word), None, None) => Some(word),
        _ => None,
    }
}
