//! The finished automaton: a table of states by byte classes.

use tantivy_fst::Automaton as FstAutomaton;

/// The state from which nothing matches.
pub(super) const DEAD: u32 = 0;

const ACCEPTS: u8 = 1;
const ALWAYS: u8 = 2;

/// A deterministic automaton over the bytes of UTF-8 terms.
#[derive(Clone)]
pub struct Dfa {
    /// The class of each byte.
    classes: Box<[u8; 256]>,
    /// Number of classes.
    stride: usize,
    /// Next state by state and class; row 0 is the dead state.
    table: Vec<u16>,
    /// What is known of each state.
    flags: Vec<u8>,
    start: u32,
}

/// One state handed to [`Dfa::new`].
pub(super) struct Row<'a> {
    /// First byte, last byte, next state; sorted and disjoint. States are numbered from 0, without the dead one.
    pub(super) edges: &'a [super::nfa::Edge],
    pub(super) accepts: bool,
    /// Everything matches from here on; the edges do not matter.
    pub(super) always: bool,
}

impl Dfa {
    /// A table from rows; the first one is the start. No rows match nothing. `None` when there are too many.
    pub(super) fn new(rows: &[Row<'_>]) -> Option<Dfa> {
        if rows.len() >= usize::from(u16::MAX) {
            return None;
        }
        let mut starts = [false; 257];
        for row in rows.iter().filter(|row| !row.always) {
            for edge in row.edges {
                starts[(edge.min as usize).min(256)] = true;
                starts[(edge.max as usize + 1).min(256)] = true;
            }
        }
        let mut classes = Box::new([0u8; 256]);
        let mut class = 0u8;
        for byte in 1..256 {
            if starts[byte] {
                class += 1;
            }
            classes[byte] = class;
        }
        let stride = usize::from(class) + 1;
        let mut table = vec![0u16; (rows.len() + 1) * stride];
        let mut flags = vec![0u8; rows.len() + 1];
        for (number, row) in rows.iter().enumerate() {
            let state = number + 1;
            let line = &mut table[state * stride..(state + 1) * stride];
            if row.always {
                line.fill(state as u16);
                flags[state] = ACCEPTS | ALWAYS;
                continue;
            }
            flags[state] = if row.accepts { ACCEPTS } else { 0 };
            for edge in row.edges {
                let first = usize::from(classes[edge.min as usize & 255]);
                let last = usize::from(classes[edge.max as usize & 255]);
                line[first..=last].fill(edge.to as u16 + 1);
            }
        }
        Some(Dfa { classes, stride, table, flags, start: u32::from(!rows.is_empty()) })
    }

    /// Whether the whole of `text` matches.
    #[must_use]
    pub fn matches(&self, text: &[u8]) -> bool {
        let mut state = self.start;
        for &byte in text {
            state = self.next(state, byte);
            if state == DEAD {
                return false;
            }
        }
        self.flag(state, ACCEPTS)
    }

    /// Whether every string matches.
    #[must_use]
    pub fn is_total(&self) -> bool {
        self.flag(self.start, ALWAYS)
    }

    /// Whether no string matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.start == DEAD
    }

    /// Number of states, without the dead one.
    #[must_use]
    pub fn states(&self) -> usize {
        self.flags.len() - 1
    }

    #[inline]
    fn next(&self, state: u32, byte: u8) -> u32 {
        u32::from(self.table[state as usize * self.stride + usize::from(self.classes[usize::from(byte)])])
    }

    #[inline]
    fn flag(&self, state: u32, flag: u8) -> bool {
        self.flags[state as usize] & flag != 0
    }
}

impl std::fmt::Debug for Dfa {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dfa").field("states", &self.states()).field("classes", &self.stride).finish()
    }
}

impl FstAutomaton for Dfa {
    type State = u32;

    fn start(&self) -> u32 {
        self.start
    }

    #[inline]
    fn is_match(&self, state: &u32) -> bool {
        self.flag(*state, ACCEPTS)
    }

    #[inline]
    fn can_match(&self, state: &u32) -> bool {
        *state != DEAD
    }

    #[inline]
    fn will_always_match(&self, state: &u32) -> bool {
        self.flag(*state, ALWAYS)
    }

    #[inline]
    fn accept(&self, state: &u32, byte: u8) -> u32 {
        self.next(*state, byte)
    }
}
