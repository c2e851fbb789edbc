//! Which terms of a `suggest` slot what was typed stands for: a word, the beginning of one, two words side by side; each
//! as it is or with one edit. Terms are words or pairs of words with a space between, so the automaton that walks the
//! dictionary never descends into pairs when words are wanted.

use levenshtein_automata::{DFA, Distance, SINK_STATE};
use tantivy_fst::Automaton;

use crate::search::nodes::fuzzy::BUILDERS;

/// Words shorter than this are taken as typed: with an edit they would stand for nearly anything.
const SHORTEST_EDITED: usize = 3;

/// A pattern over words and pairs of words.
pub(crate) struct Pattern {
    /// The word that stands before, for a pair of which the first word is known.
    context: Option<DFA>,
    last: DFA,
    /// Whether a second word, any one, follows.
    pair: bool,
}

/// Edits a word may have.
fn edits(word: &str, fuzzy: bool) -> usize {
    usize::from(fuzzy && word.chars().count() >= SHORTEST_EDITED)
}

impl Pattern {
    /// The word itself.
    pub(crate) fn word(word: &str, fuzzy: bool) -> Pattern {
        Pattern { context: None, last: BUILDERS[edits(word, fuzzy)].build_dfa(word), pair: false }
    }

    /// Words that begin so.
    pub(crate) fn beginning(word: &str, fuzzy: bool) -> Pattern {
        Pattern { context: None, last: BUILDERS[edits(word, fuzzy)].build_prefix_dfa(word), pair: false }
    }

    /// Pairs of words of which the first begins so.
    pub(crate) fn pair(word: &str, fuzzy: bool) -> Pattern {
        Pattern { pair: true, ..Pattern::beginning(word, fuzzy) }
    }

    /// Pairs of words of which the first is `before` and the second begins so.
    pub(crate) fn after(before: &str, word: &str, fuzzy: bool) -> Pattern {
        Pattern { context: Some(BUILDERS[edits(before, fuzzy)].build_dfa(before)), ..Pattern::beginning(word, fuzzy) }
    }

    /// Whether a term fits.
    pub(crate) fn fits(&self, term: &str) -> bool {
        let mut state = self.start();
        for byte in term.bytes() {
            state = self.accept(&state, byte);
        }
        self.is_match(&state)
    }
}

/// Where in a term the automaton stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum State {
    Context(u32),
    Last(u32),
    /// After the space of a pair.
    Second,
    /// In the second word of a pair.
    Pair,
    Dead,
}

fn reached(dfa: &DFA, state: u32) -> bool {
    matches!(dfa.distance(state), Distance::Exact(_))
}

fn step(dfa: &DFA, state: u32, byte: u8, wrap: fn(u32) -> State) -> State {
    match dfa.transition(state, byte) {
        SINK_STATE => State::Dead,
        next => wrap(next),
    }
}

impl Automaton for Pattern {
    type State = State;

    fn start(&self) -> State {
        match &self.context {
            Some(context) => State::Context(context.initial_state()),
            None => State::Last(self.last.initial_state()),
        }
    }

    fn is_match(&self, state: &State) -> bool {
        match state {
            State::Last(state) => !self.pair && reached(&self.last, *state),
            State::Pair => true,
            State::Context(_) | State::Second | State::Dead => false,
        }
    }

    fn can_match(&self, state: &State) -> bool {
        *state != State::Dead
    }

    fn accept(&self, state: &State, byte: u8) -> State {
        match (*state, byte) {
            (State::Context(state), b' ') => match &self.context {
                Some(context) if reached(context, state) => State::Last(self.last.initial_state()),
                _ => State::Dead,
            },
            (State::Context(state), byte) => match &self.context {
                Some(context) => step(context, state, byte, State::Context),
                None => State::Dead,
            },
            (State::Last(state), b' ') if self.pair && reached(&self.last, state) => State::Second,
            (State::Last(_), b' ') => State::Dead,
            (State::Last(state), byte) => step(&self.last, state, byte, State::Last),
            (State::Second | State::Pair, _) => State::Pair,
            (State::Dead, _) => State::Dead,
        }
    }
}
