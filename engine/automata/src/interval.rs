//! `<m-n>`: decimal numbers from m to n, built as Lucene builds them.

use super::nfa::Automaton;
use super::{AutomatonError, Budget};

/// Longest number: beyond it Lucene refuses all but single numbers.
const MAX_DIGITS: usize = 1_000;

/// Numbers from `min` to `max` of exactly `digits` digits, or with any number of zeros before them when that is 0.
pub(super) fn interval(min: u32, max: u32, digits: usize, budget: &mut Budget) -> Result<Automaton, AutomatonError> {
    let (min, max) = (min.to_string(), max.to_string());
    if digits > MAX_DIGITS {
        return Err(AutomatonError::TooComplex);
    }
    let width = if digits > 0 { digits } else { max.len() };
    budget.spend(20 * width)?;
    let pad = |number: &str| [vec![b'0'; width.saturating_sub(number.len())], number.as_bytes().to_vec()].concat();
    let mut builder = Builder { out: Automaton::nothing(), zeros: Vec::new() };
    if digits > 0 {
        builder.between(&pad(&min), &pad(&max), false);
        return Ok(builder.out.finish());
    }
    builder.out.add_state(false);
    builder.between(&pad(&min), &pad(&max), true);
    let mut out = builder.out;
    let zero = u32::from(b'0');
    out.add_edge(0, 0, zero, zero);
    for state in builder.zeros {
        let edges = out.edges[state as usize].clone();
        out.edges[0].extend(edges);
        out.accept[0] |= out.accept[state as usize];
    }
    Ok(out.finish())
}

struct Builder {
    out: Automaton,
    /// States reached by zeros alone, from which the number may start.
    zeros: Vec<u32>,
}

impl Builder {
    fn edge(&mut self, from: u32, to: u32, min: u8, max: u8) {
        self.out.add_edge(from, to, u32::from(min), u32::from(max));
    }

    /// Any `length` digits.
    fn any(&mut self, length: usize) -> u32 {
        let first = self.out.add_state(length == 0);
        let mut state = first;
        for left in (0..length).rev() {
            let next = self.out.add_state(left == 0);
            self.edge(state, next, b'0', b'9');
            state = next;
        }
        first
    }

    /// Not less than `low`.
    fn at_least(&mut self, low: &[u8], zeros: bool) -> u32 {
        let state = self.out.add_state(low.is_empty());
        if let [digit, rest @ ..] = low {
            if zeros {
                self.zeros.push(state);
            }
            let next = self.at_least(rest, zeros && *digit == b'0');
            self.edge(state, next, *digit, *digit);
            if *digit < b'9' {
                let next = self.any(rest.len());
                self.edge(state, next, digit + 1, b'9');
            }
        }
        state
    }

    /// Not more than `high`.
    fn at_most(&mut self, high: &[u8]) -> u32 {
        let state = self.out.add_state(high.is_empty());
        if let [digit, rest @ ..] = high {
            let next = self.at_most(rest);
            self.edge(state, next, *digit, *digit);
            if *digit > b'0' {
                let next = self.any(rest.len());
                self.edge(state, next, b'0', digit - 1);
            }
        }
        state
    }

    /// From `low` to `high`, which have the same length.
    fn between(&mut self, low: &[u8], high: &[u8], zeros: bool) -> u32 {
        let state = self.out.add_state(low.is_empty());
        if let ([first, low @ ..], [last, high @ ..]) = (low, high) {
            if zeros {
                self.zeros.push(state);
            }
            let zeros = zeros && *first == b'0';
            if first == last {
                let next = self.between(low, high, zeros);
                self.edge(state, next, *first, *first);
                return state;
            }
            let next = self.at_least(low, zeros);
            self.edge(state, next, *first, *first);
            let next = self.at_most(high);
            self.edge(state, next, *last, *last);
            if first + 1 < *last {
                let next = self.any(low.len());
                self.edge(state, next, first + 1, last - 1);
            }
        }
        state
    }
}
