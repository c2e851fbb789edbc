//! From automata over code points to automata over UTF-8 bytes, splitting ranges as Lucene does.

use super::nfa::{Automaton, MAX_CODE_POINT};

/// A code point's bytes.
#[derive(Clone, Copy)]
struct Sequence {
    bytes: [u32; 4],
    len: usize,
}

impl Sequence {
    /// Also encodes surrogates, which no term contains.
    fn new(c: u32) -> Sequence {
        let tail = |shift: u32| 0x80 | (c >> shift & 0x3F);
        let (bytes, len) = match c {
            0..=0x7F => ([c, 0, 0, 0], 1),
            0x80..=0x7FF => ([0xC0 | c >> 6, tail(0), 0, 0], 2),
            0x800..=0xFFFF => ([0xE0 | c >> 12, tail(6), tail(0), 0], 3),
            _ => ([0xF0 | c >> 18, tail(12), tail(6), tail(0)], 4),
        };
        Sequence { bytes, len }
    }

    /// The bits of the code point in a byte.
    fn mask(&self, at: usize) -> u32 {
        match (at, self.len) {
            (0, 1) => 0x7F,
            (0, 2) => 0x1F,
            (0, 3) => 0x0F,
            (0, _) => 0x07,
            _ => 0x3F,
        }
    }
}

/// The automaton over bytes. States keep their numbers; those within characters come after them.
pub(super) fn convert(a: &Automaton) -> Automaton {
    let mut out = Automaton::nothing();
    for &accept in &a.accept {
        out.add_state(accept);
    }
    for (from, edges) in a.edges.iter().enumerate() {
        for edge in edges {
            build(&mut out, from as u32, edge.to, Sequence::new(edge.min), Sequence::new(edge.max.min(MAX_CODE_POINT)), 0);
        }
    }
    out.finish()
}

fn build(out: &mut Automaton, from: u32, to: u32, low: Sequence, high: Sequence, at: usize) {
    let (first, last) = (low.bytes[at], high.bytes[at]);
    if first == last {
        if at + 1 == low.len {
            out.add_edge(from, to, first, last);
        } else {
            let next = out.add_state(false);
            out.add_edge(from, next, first, first);
            build(out, next, to, low, high, at + 1);
        }
    } else if low.len == high.len {
        if at + 1 == low.len {
            out.add_edge(from, to, first, last);
        } else {
            above(out, from, to, low, at, false);
            if last - first > 1 {
                all(out, from, to, (first + 1, last - 1), low.len - at - 1);
            }
            below(out, from, to, high, at, false);
        }
    } else {
        above(out, from, to, low, at, true);
        for len in low.len + 1..high.len {
            let leads = if len == 2 { (0xC2, 0xDF) } else { (0xE0, 0xEF) };
            all(out, from, to, leads, len - 1);
        }
        below(out, from, to, high, at, true);
    }
}

/// From a sequence to the last of its length (the last with the same byte here, unless `more`).
fn above(out: &mut Automaton, from: u32, to: u32, low: Sequence, at: usize, more: bool) {
    let (byte, last) = (low.bytes[at], low.bytes[at] | low.mask(at));
    if at + 1 == low.len {
        out.add_edge(from, to, byte, last);
        return;
    }
    let next = out.add_state(false);
    out.add_edge(from, next, byte, byte);
    above(out, next, to, low, at + 1, true);
    if more && byte != last {
        all(out, from, to, (byte + 1, last), low.len - at - 1);
    }
}

/// From the first sequence of a length (the first with the same byte here, unless `more`) to this one.
fn below(out: &mut Automaton, from: u32, to: u32, high: Sequence, at: usize, more: bool) {
    let (byte, mask) = (high.bytes[at], high.mask(at));
    if at + 1 == high.len {
        out.add_edge(from, to, byte & !mask, byte);
        return;
    }
    let first = if mask == 0x1F { 0xC2 } else { byte & !mask };
    if more && byte != first {
        all(out, from, to, (first, byte - 1), high.len - at - 1);
    }
    let next = out.add_state(false);
    out.add_edge(from, next, byte, byte);
    below(out, next, to, high, at + 1, true);
}

/// All sequences that start with one of `leads` and go on for `left` bytes.
fn all(out: &mut Automaton, from: u32, to: u32, leads: (u32, u32), left: usize) {
    let (mut state, mut range) = (from, leads);
    for _ in 0..left {
        let next = out.add_state(false);
        out.add_edge(state, next, range.0, range.1);
        (state, range) = (next, (0x80, 0xBF));
    }
    out.add_edge(state, to, range.0, range.1);
}
