//! The subset construction, with Lucene's limit on states.

use super::nfa::{Automaton, Edge};
use super::{AutomatonError, Budget, MAX_STATES};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

/// Sets of states by number; `None` when the automaton was deterministic already and kept its numbers.
pub(super) type Subsets = Option<Vec<Rc<[u32]>>>;

/// A quick hash for lists of small numbers; the number of entries is bounded, so collisions do no harm.
#[derive(Default)]
struct ListHasher(u64);

impl Hasher for ListHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        self.0 ^= self.0 >> 32;
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }
}

/// The same language without choices.
pub(super) fn determinize(a: Automaton, budget: &mut Budget) -> Result<Automaton, AutomatonError> {
    Ok(with_subsets(a, budget)?.0)
}

/// The same, and which states each new state stands for.
pub(super) fn with_subsets(a: Automaton, budget: &mut Budget) -> Result<(Automaton, Subsets), AutomatonError> {
    if a.deterministic || a.len() <= 1 {
        return Ok((a, None));
    }
    let first: Rc<[u32]> = Rc::from([0u32]);
    let mut subsets = vec![Rc::clone(&first)];
    let mut numbers: HashMap<Rc<[u32]>, u32, BuildHasherDefault<ListHasher>> = HashMap::default();
    numbers.insert(first, 0);
    let mut result = Automaton { deterministic: true, ..Automaton::default() };
    result.add_state(a.accept[0]);

    let mut events: Vec<(u32, u32, bool)> = Vec::new();
    let mut active = Active::new(a.len());
    let mut list: Vec<u32> = Vec::new();
    let mut at = 0;
    while let Some(subset) = subsets.get(at).map(Rc::clone) {
        events.clear();
        for &state in subset.iter() {
            for edge in &a.edges[state as usize] {
                events.push((edge.min, edge.to, true));
                events.push((edge.max + 1, edge.to, false));
            }
        }
        budget.spend(10 + subset.len() + events.len())?;
        events.sort_unstable_by_key(|event| event.0);
        let mut from = 0;
        for &(point, to, opens) in &events {
            if point > from && active.size > 0 {
                budget.spend(1 + active.size / 4 + active.words() / 8)?;
                active.list(&mut list);
                let number = match numbers.get(list.as_slice()) {
                    Some(&number) => number,
                    None => {
                        if subsets.len() >= MAX_STATES {
                            return Err(AutomatonError::TooComplex);
                        }
                        budget.spend(10 + list.len())?;
                        let number = result.add_state(list.iter().any(|&state| a.accept[state as usize]));
                        let subset: Rc<[u32]> = Rc::from(list.as_slice());
                        subsets.push(Rc::clone(&subset));
                        numbers.insert(subset, number);
                        number
                    }
                };
                let edges = &mut result.edges[at];
                match edges.last_mut() {
                    Some(last) if last.to == number && last.max + 1 == from => last.max = point - 1,
                    _ => edges.push(Edge { min: from, max: point - 1, to: number }),
                }
            }
            from = point;
            if opens {
                active.open(to as usize);
            } else {
                active.close(to as usize);
            }
        }
        active.low = usize::MAX;
        active.high = 0;
        at += 1;
    }
    Ok((result, Some(subsets)))
}

/// The states some open edge leads to, in order.
struct Active {
    counts: Vec<u32>,
    bits: Vec<u64>,
    size: usize,
    /// The words of `bits` that may be set.
    low: usize,
    high: usize,
}

impl Active {
    fn new(states: usize) -> Active {
        Active { counts: vec![0; states], bits: vec![0; states.div_ceil(64)], size: 0, low: usize::MAX, high: 0 }
    }

    fn open(&mut self, state: usize) {
        self.counts[state] += 1;
        if self.counts[state] == 1 {
            self.size += 1;
            self.bits[state / 64] |= 1 << (state % 64);
            self.low = self.low.min(state / 64);
            self.high = self.high.max(state / 64);
        }
    }

    fn close(&mut self, state: usize) {
        self.counts[state] -= 1;
        if self.counts[state] == 0 {
            self.size -= 1;
            self.bits[state / 64] &= !(1 << (state % 64));
        }
    }

    fn words(&self) -> usize {
        (self.high + 1).saturating_sub(self.low)
    }

    fn list(&self, into: &mut Vec<u32>) {
        into.clear();
        for word in self.low..=self.high {
            let mut bits = self.bits[word];
            while bits != 0 {
                into.push((word * 64) as u32 + bits.trailing_zeros());
                bits &= bits - 1;
            }
        }
    }
}
