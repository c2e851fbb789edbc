//! Lucene 8 regular expressions and wildcards as byte-level automata over UTF-8 terms.
//!
//! ```
//! use tutti_automata::{WildcardPiece, regex, wildcard};
//!
//! let years = regex("(19|20)[0-9]{2}")?;
//! assert!(years.matches(b"1999") && !years.matches(b"99"));
//!
//! let love = wildcard(&[WildcardPiece::Literal("lov".into()), WildcardPiece::AnyString])?;
//! assert!(love.matches("loving".as_bytes()));
//! # Ok::<(), tutti_automata::AutomatonError>(())
//! ```
//!
//! A [`Dfa`] is also an automaton of `tantivy-fst`, so it can walk a term dictionary.
//!
//! The way from a pattern to a table is Lucene's own, step by step, because what Lucene refuses depends on it: every
//! operator is determinised and minimised over code points (`build`), then the whole is determinised, turned into
//! UTF-8 and determinised again (`compile`), each time with at most [`MAX_STATES`] states.

mod build;
mod compile;
mod determinize;
mod dfa;
mod interval;
mod labels;
mod minimize;
mod nfa;
mod parse;
mod utf8;

#[cfg(test)]
mod tests;

pub use dfa::Dfa;
pub use labels::{LabelExpr, LabelTable, label_table};

use nfa::Automaton;

/// A piece of a wildcard pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WildcardPiece {
    /// Characters that stand for themselves, escapes resolved.
    Literal(String),
    /// A character that was escaped, and so is never folded by whoever folds the others. It stands for itself.
    Escaped(char),
    /// `?`: exactly one character.
    AnyChar,
    /// `*`: any number of characters.
    AnyString,
}

/// Most states a determinised automaton may have, as in Lucene.
pub const MAX_STATES: usize = 10_000;

/// Why a pattern has no automaton.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AutomatonError {
    /// The regular expression is malformed.
    #[error("invalid regular expression at position {position}: {message}")]
    BadRegex {
        /// Byte of the pattern at which it went wrong.
        position: usize,
        /// What was expected or found.
        message: String,
    },
    /// The automaton would be too large.
    #[error("the pattern needs more than 10,000 states; use fewer or smaller repetitions, or fewer `?` and `.` next to a `*`")]
    TooComplex,
    /// The patterns of one query would take too long together.
    #[error("the patterns of the query are too much work together; use fewer of them")]
    TooMany,
}

/// Steps that all patterns of one query may take together.
#[derive(Debug)]
pub struct Allowance(u64);

impl Default for Allowance {
    fn default() -> Self {
        Allowance(10 * PATTERN_STEPS)
    }
}

impl Allowance {
    /// Runs the work on one pattern.
    fn spend<T>(&mut self, work: impl FnOnce(&mut Budget) -> Result<T, AutomatonError>) -> Result<T, AutomatonError> {
        let most = self.0.min(PATTERN_STEPS);
        let mut budget = Budget(Some(most));
        let done = work(&mut budget);
        self.0 -= most - budget.0.unwrap_or(0);
        match done {
            Err(AutomatonError::TooComplex) if self.0 == 0 => Err(AutomatonError::TooMany),
            done => done,
        }
    }
}

/// Enough for all that Lucene itself does in a moment.
const PATTERN_STEPS: u64 = 4_000_000;

/// Steps the work on one pattern may take. Lucene has no such limit; it bounds the time hostile patterns take.
struct Budget(Option<u64>);

impl Budget {
    /// For work whose result is not needed.
    fn small() -> Self {
        Budget(Some(2_500_000))
    }

    fn spend(&mut self, steps: usize) -> Result<(), AutomatonError> {
        self.0 = self.0.and_then(|left| left.checked_sub(steps as u64));
        if self.0.is_none() { Err(AutomatonError::TooComplex) } else { Ok(()) }
    }

    /// Whether it was this limit that was exceeded, not Lucene's.
    fn is_spent(&self) -> bool {
        self.0.is_none()
    }
}

/// Compiles a regular expression in Lucene 8's dialect (all operators enabled), anchored at both ends.
///
/// # Errors
/// The pattern is malformed or too complex.
pub fn regex(pattern: &str) -> Result<Dfa, AutomatonError> {
    regex_within(pattern, &mut Allowance::default())
}

/// The same for one of the patterns of a query.
///
/// # Errors
/// The pattern is malformed or too complex, or the patterns before it have left nothing.
pub fn regex_within(pattern: &str, allowance: &mut Allowance) -> Result<Dfa, AutomatonError> {
    let expression = parse::parse(pattern)?;
    allowance.spend(|budget| {
        let automaton = build::build(&expression, budget)?;
        drop(expression);
        compile::compile(automaton, false, budget)
    })
}

/// Compiles a wildcard pattern, anchored at both ends.
///
/// # Errors
/// The pattern is too complex.
pub fn wildcard(pieces: &[WildcardPiece]) -> Result<Dfa, AutomatonError> {
    wildcard_within(pieces, &mut Allowance::default())
}

/// The same for one of the patterns of a query.
///
/// # Errors
/// The pattern is too complex, or the patterns before it have left nothing.
pub fn wildcard_within(pieces: &[WildcardPiece], allowance: &mut Allowance) -> Result<Dfa, AutomatonError> {
    allowance.spend(|budget| wildcard_with(pieces, budget))
}

fn wildcard_with(pieces: &[WildcardPiece], budget: &mut Budget) -> Result<Dfa, AutomatonError> {
    let mut parts: Vec<Automaton> = Vec::with_capacity(pieces.len());
    let small = is_small(pieces);
    for piece in pieces {
        parts.push(match piece {
            WildcardPiece::Literal(text) => Automaton::string(text),
            WildcardPiece::Escaped(c) => Automaton::string(&c.to_string()),
            WildcardPiece::AnyChar => Automaton::set(&[(0, nfa::MAX_CODE_POINT)]),
            WildcardPiece::AnyString => Automaton::any_string(),
        });
        if small && *piece == WildcardPiece::AnyString && parts.len() > 1 {
            // What came before a `*` no longer matters after it; minimising there keeps it from being followed.
            let before = Automaton::concatenate(&parts.iter().collect::<Vec<_>>(), budget)?;
            parts = vec![minimize::minimize(before, budget)?];
        }
    }
    let whole = Automaton::concatenate(&parts.iter().collect::<Vec<_>>(), budget)?;
    compile::compile(whole, small, budget)
}

/// Whether a wildcard is so small that no limit is in reach. Lucene does not minimise wildcards, so larger ones must
/// go the long way for its limits to be met; small ones may take the short one.
fn is_small(pieces: &[WildcardPiece]) -> bool {
    let (mut letters, mut gaps) = (0, 0);
    for piece in pieces {
        match piece {
            WildcardPiece::Literal(text) => letters += text.len(),
            WildcardPiece::Escaped(c) => letters += c.len_utf8(),
            WildcardPiece::AnyChar => gaps += 1,
            WildcardPiece::AnyString => letters += 1,
        }
    }
    letters <= 32 && gaps <= 3
}
