//! Clauses: the levels of a classic query and of the simple syntax, and a text with its filter.

use super::limits::{MAX_CLAUSES, too_many_clauses};
use super::plan::{Boolean, Plan};
use super::{Binder, Scope, synonyms};
use crate::error::Result;
use crate::query::ast::{Clause, Conjunction, Link, Modifier, Node, Query, SearchMode, Span};
use crate::query::word_runs;

/// What a clause means for its level.
#[derive(Clone, Copy, PartialEq)]
enum Occur {
    Must,
    Should,
    MustNot,
}

impl Binder<'_> {
    /// One level of a classic query. Lucene: `QueryParserBase.addClause`.
    pub(super) fn clauses(&mut self, clauses: &[Clause], scope: Scope, boost: f32, span: Span) -> Result<Option<Plan>> {
        let mut kept: Vec<(Occur, Plan)> = Vec::with_capacity(clauses.len());
        let mut runs = word_runs(clauses).into_iter().peekable();
        for (at, clause) in clauses.iter().enumerate() {
            if let Some(run) = runs.peek().filter(|run| run.contains(&at)) {
                if at == run.start {
                    let words: Vec<&str> = clauses[run.clone()].iter().map(|clause| word_of(&clause.query)).collect();
                    let (optional, plans) = self.words(&words.join(" "), scope, boost, span)?;
                    let occur = if optional || self.mode == SearchMode::Any { Occur::Should } else { Occur::Must };
                    kept.extend(plans.into_iter().map(|plan| (occur, plan)));
                }
                if at + 1 == run.end {
                    runs.next();
                }
            } else {
                self.clause(clause, scope, boost, &mut kept)?;
            }
            if kept.len() > MAX_CLAUSES {
                return Err(too_many_clauses(span));
            }
        }
        if kept.is_empty() {
            return Ok(None);
        }
        let mut level = Boolean::default();
        for (occur, plan) in kept {
            match occur {
                Occur::Must => level.must.push(plan),
                Occur::Should => level.should.push(plan),
                Occur::MustNot => level.must_not.push(plan),
            }
        }
        Ok(Some(Plan::boolean(level)))
    }

    /// Adds one clause; its conjunction also says what the clause before it means.
    fn clause(&mut self, clause: &Clause, scope: Scope, boost: f32, kept: &mut Vec<(Occur, Plan)>) -> Result<()> {
        let plan = self.query(&clause.query, scope, boost)?;
        if let Some((occur, _)) = kept.last_mut().filter(|(occur, _)| *occur != Occur::MustNot) {
            match (clause.conjunction, self.mode) {
                (Some(Conjunction::And), _) => *occur = Occur::Must,
                (Some(Conjunction::Or), SearchMode::All) => *occur = Occur::Should,
                _ => {}
            }
        }
        let Some(plan) = plan else { return Ok(()) };
        let occur = match (clause.modifier, self.mode, clause.conjunction) {
            (Some(Modifier::Prohibited), _, _) => Occur::MustNot,
            (Some(Modifier::Required), SearchMode::Any, _) | (None, SearchMode::Any, Some(Conjunction::And)) => Occur::Must,
            (None, SearchMode::Any, _) | (_, SearchMode::All, Some(Conjunction::Or)) => Occur::Should,
            (_, SearchMode::All, _) => Occur::Must,
        };
        kept.push((occur, plan));
        Ok(())
    }

    /// The parts of `and` and `or`.
    pub(super) fn every(&mut self, parts: &[Query], scope: Scope, boost: f32) -> Result<Vec<Plan>> {
        let mut plans = Vec::new();
        for part in parts {
            plans.extend(self.query(part, scope, boost)?);
        }
        Ok(plans)
    }

    /// A level of the simple syntax. An operator that was written before an operand of which analysis left nothing is for the next one
    /// (`SimpleQueryParser.buildQueryTree`).
    pub(super) fn chain(&mut self, links: &[Link], scope: Scope, boost: f32) -> Result<Option<Plan>> {
        let mut plans = Vec::with_capacity(links.len());
        for link in links {
            plans.push(self.query(&link.query, scope, boost)?);
        }
        self.add_synonyms(links, &mut plans, scope, boost)?;
        let otherwise = if self.mode == SearchMode::All { Conjunction::And } else { Conjunction::Or };
        let (mut level, mut last, mut waiting) = (Vec::new(), None, None);
        for (link, plan) in links.iter().zip(plans) {
            waiting = waiting.or(link.operator);
            let Some(plan) = plan else { continue };
            let operator = waiting.take().unwrap_or(otherwise);
            if !level.is_empty() && last != Some(operator) {
                level = together(level, last).into_iter().collect();
                last = Some(operator);
            }
            level.push(plan);
        }
        Ok(together(level, last))
    }

    /// Where several bare words side by side are the left side of a synonym, what they stand for will do for each of them.
    fn add_synonyms(&mut self, links: &[Link], plans: &mut [Option<Plan>], scope: Scope, boost: f32) -> Result<()> {
        if self.synonyms.is_none() || links.len() < 2 {
            return Ok(());
        }
        for (field, weight) in self.fields_of(scope) {
            let (Some(field), Some(table)) = (field, self.table(field)?) else { continue };
            let Some(analyzer) = self.analyzer_of(Some(field)) else { continue };
            let boost = boost * weight * self.weight_of(Some(field));
            for (range, plan) in synonyms::of_words(analyzer, field, &table, links, boost) {
                for word in plans[range].iter_mut().flatten() {
                    *word = Plan::any(vec![word.clone(), plan.clone()]);
                    self.limits.add_leaves(1);
                }
            }
        }
        Ok(())
    }
}

/// Operands of one operator; one alone has none.
fn together(mut plans: Vec<Plan>, operator: Option<Conjunction>) -> Option<Plan> {
    match operator {
        None => plans.pop(),
        Some(Conjunction::And) => Some(Plan::all(plans)),
        Some(Conjunction::Or) => Some(Plan::any(plans)),
    }
}

/// `text` where the filter holds; the second part of the filter says whether it adds to the score.
pub(super) fn filtered(text: Plan, filter: Option<(Plan, bool)>) -> Plan {
    match filter {
        None => text,
        Some((filter, false)) => Plan::boolean(Boolean { must: vec![text], filter: vec![filter], ..Boolean::default() }),
        Some((filter, true)) => {
            let text = if let Plan::MatchAll { .. } = text { Plan::MatchAll { boost: 0.0 } } else { text };
            Plan::boolean(Boolean { must: vec![text, filter], ..Boolean::default() })
        }
    }
}

fn word_of(query: &Query) -> &str {
    match &query.node {
        Node::Word(word) => word,
        _ => "",
    }
}
