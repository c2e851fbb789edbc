//! Automata over labels of any kind, for grammars that are fixed in a program: an expression becomes a table once.

use super::determinize::determinize;
use super::minimize::minimize;
use super::nfa::Automaton;
use super::{AutomatonError, Budget};

/// An expression over labels, which are small numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelExpr {
    /// One label of these ranges, both ends included.
    One(Vec<(u32, u32)>),
    /// All of these, one after the other; none is the empty sequence.
    Concat(Vec<LabelExpr>),
    /// One of these.
    Union(Vec<LabelExpr>),
    /// Any number of these, none included.
    Star(Box<LabelExpr>),
}

/// A deterministic automaton over labels as a table. State 0 is dead: nothing matches any more. State 1 is the start.
#[derive(Clone, Debug)]
pub struct LabelTable {
    labels: usize,
    /// Next state by state and label.
    next: Vec<u32>,
    accepts: Vec<bool>,
}

impl LabelTable {
    /// Number of states, the dead one included.
    #[must_use]
    pub fn states(&self) -> usize {
        self.accepts.len()
    }

    /// The state after `label`, which must be below the number of labels.
    #[must_use]
    pub fn next(&self, state: usize, label: usize) -> usize {
        self.next[state * self.labels + label] as usize
    }

    /// Whether a sequence that leads to `state` matches.
    #[must_use]
    pub fn accepts(&self, state: usize) -> bool {
        self.accepts[state]
    }
}

/// The table of an expression over the labels `0..labels`.
///
/// # Errors
/// More than [`super::MAX_STATES`] states.
pub fn label_table(expression: &LabelExpr, labels: u32) -> Result<LabelTable, AutomatonError> {
    let mut budget = Budget(Some(u64::MAX));
    let automaton = minimize(determinize(build(expression, &mut budget)?, &mut budget)?, &mut budget)?;
    let width = labels as usize;
    let mut table = LabelTable { labels: width, next: vec![0; (automaton.len() + 1) * width], accepts: vec![false] };
    for (state, edges) in automaton.edges.iter().enumerate() {
        for edge in edges {
            let row = (state + 1) * width;
            table.next[row + edge.min as usize..row + (edge.max as usize + 1).min(width)].fill(edge.to + 1);
        }
        table.accepts.push(automaton.accept[state]);
    }
    Ok(table)
}

fn build(expression: &LabelExpr, budget: &mut Budget) -> Result<Automaton, AutomatonError> {
    let every = |parts: &[LabelExpr], budget: &mut Budget| parts.iter().map(|part| build(part, budget)).collect::<Result<Vec<_>, _>>();
    match expression {
        LabelExpr::One(ranges) => Ok(Automaton::set(ranges)),
        LabelExpr::Concat(parts) if parts.is_empty() => Ok(Automaton::string("")),
        LabelExpr::Concat(parts) => {
            let parts = every(parts, budget)?;
            Automaton::concatenate(&parts.iter().collect::<Vec<_>>(), budget)
        }
        LabelExpr::Union(parts) => {
            let parts = every(parts, budget)?;
            Automaton::union(&parts, budget)
        }
        LabelExpr::Star(inner) => build(inner, budget)?.star(budget),
    }
}

#[cfg(test)]
mod tests {
    use super::{LabelExpr, label_table};

    #[test]
    fn a_table_matches_what_its_expression_says() {
        let one = |label| LabelExpr::One(vec![(label, label)]);
        // a (b | c)* c
        let expression = LabelExpr::Concat(vec![one(0), LabelExpr::Star(Box::new(LabelExpr::Union(vec![one(1), one(2)]))), one(2)]);
        let table = label_table(&expression, 3).unwrap();
        let matches = |labels: &[usize]| table.accepts(labels.iter().fold(1, |state, label| table.next(state, *label)));
        assert!(matches(&[0, 2]) && matches(&[0, 1, 2, 1, 2]));
        assert!(!matches(&[]) && !matches(&[0]) && !matches(&[0, 1]) && !matches(&[2, 0, 2]));
        let nothing = label_table(&LabelExpr::Concat(Vec::new()), 3).unwrap();
        assert!(nothing.accepts(1) && !nothing.accepts(nothing.next(1, 0)));
    }
}
