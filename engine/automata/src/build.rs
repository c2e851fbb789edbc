//! Regular expressions to automata over code points, minimising after the same operators as Lucene.

use super::determinize::determinize;
use super::interval::interval;
use super::minimize::minimize;
use super::nfa::{Automaton, MAX_CODE_POINT};
use super::parse::{Expr, Repeat};
use super::{AutomatonError, Budget, MAX_STATES};

/// The automaton of an expression.
pub(super) fn build(expression: &Expr, budget: &mut Budget) -> Result<Automaton, AutomatonError> {
    budget.spend(50)?;
    match expression {
        Expr::String(text) => {
            budget.spend(5 * text.len())?;
            Ok(Automaton::string(text))
        }
        Expr::Set { ranges, negated: false } => Ok(Automaton::set(ranges)),
        Expr::Set { ranges, negated: true } => Ok(Automaton::set(&complement(ranges))),
        Expr::AnyString => Ok(Automaton::any_string()),
        Expr::Nothing => Ok(Automaton::nothing()),
        Expr::Interval { min, max, digits } => interval(*min, *max, *digits, budget),
        Expr::Concat(list) => {
            let parts = leaves(list, |e| if let Expr::Concat(list) = e { Some(list) } else { None }, budget)?;
            let whole = Automaton::concatenate(&parts.iter().collect::<Vec<_>>(), budget)?;
            minimize(whole, budget)
        }
        Expr::Union(list) => {
            let parts = leaves(list, |e| if let Expr::Union(list) = e { Some(list) } else { None }, budget)?;
            let whole = Automaton::union(&parts, budget)?;
            minimize(whole, budget)
        }
        Expr::Intersection(list) => {
            // Lucene associates to the right but builds the left side first; which fails first makes no difference.
            let mut result: Option<Automaton> = None;
            for part in list.iter().rev() {
                let part = build(part, budget)?;
                result = Some(match result {
                    None => part,
                    Some(right) => minimize(part.intersection(&right, budget)?, budget)?,
                });
            }
            Ok(result.unwrap_or_else(Automaton::nothing))
        }
        Expr::Complement(inner, times) => {
            let mut a = build(inner, budget)?;
            for _ in 0..*times {
                a = determinize(a, budget)?;
                budget.spend(5 * (1 + a.len()))?;
                a = minimize(a.complement(), budget)?;
            }
            Ok(a)
        }
        Expr::Repeat(inner, operators) => {
            let mut a = build(inner, budget)?;
            for operator in operators {
                a = repeat(&a, *operator, budget)?;
            }
            Ok(a)
        }
    }
}

fn repeat(a: &Automaton, operator: Repeat, budget: &mut Budget) -> Result<Automaton, AutomatonError> {
    // Lucene estimates the size before it repeats.
    let check = |times: u32| {
        let states = a.len().saturating_sub(1).saturating_mul(times as usize);
        if states > MAX_STATES { Err(AutomatonError::TooComplex) } else { Ok(times as usize) }
    };
    match operator {
        Repeat::Optional => minimize(a.optional(budget)?, budget),
        Repeat::Star => minimize(a.star(budget)?, budget),
        Repeat::AtLeast(min) => {
            let min = check(min)?;
            budget.spend(min)?;
            minimize(a.at_least(min, budget)?, budget)
        }
        Repeat::Between(min, max) => {
            let max = check(max)?;
            if min as usize <= max {
                budget.spend(max)?;
            }
            a.between(min as usize, max, budget)
        }
    }
}

/// The automata of a list in which lists of the same kind are taken apart.
fn leaves<'a>(
    list: &'a [Expr],
    same: fn(&'a Expr) -> Option<&'a Vec<Expr>>,
    budget: &mut Budget,
) -> Result<Vec<Automaton>, AutomatonError> {
    let mut parts = Vec::with_capacity(list.len());
    for expression in list {
        match same(expression) {
            Some(inner) => parts.extend(leaves(inner, same, budget)?),
            None => parts.push(build(expression, budget)?),
        }
    }
    Ok(parts)
}

/// The characters in none of the ranges.
fn complement(ranges: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut sorted = ranges.to_vec();
    sorted.sort_unstable();
    let mut gaps = Vec::new();
    let mut from = 0;
    for (min, max) in sorted {
        if min > from {
            gaps.push((from, min - 1));
        }
        from = from.max(max + 1);
    }
    if from <= MAX_CODE_POINT {
        gaps.push((from, MAX_CODE_POINT));
    }
    gaps
}
