//! The word segmentation of UAX #29 as Lucene 8's `StandardTokenizer` has it, as a deterministic automaton.
//!
//! The rules are written as regular expressions over [`Class`]es of code points, and the longest match wins:
//!
//! ```text
//! X'      = X Ext*                                            Ext: Extend, Format, ZWJ, selectors, keycap mark
//! Core    = Katakana' ( _'* Katakana' )*
//!         | ( Hebrew' ( Single' | Double' Hebrew' )
//!           | Numeric' ( ( _'* | MidNumeric' ) Numeric' )*
//!           | Letter' ( ( _'* | MidLetter' ) Letter' )* )+
//! Word    = _'* Core ( _'+ Core )* _'*
//! Emoji   = Picture ( ( ZWJ Picture )* | Tag+ TagEnd ) | [0-9#*] FE0F? 20E3 | Flag Flag
//! Token   = Word | Emoji | SouthEastAsian'+ | Han' | Hiragana'
//! ```
//!
//! Expressions become a nondeterministic automaton and that a table, once per process.

use std::sync::LazyLock;

use super::ranges::RANGES;

/// What a code point does in word segmentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    Other,
    DoubleQuote,
    KeycapBase,
    SingleQuote,
    MidNum,
    MidNumLet,
    MidLetter,
    ExtendNumLet,
    Numeric,
    Letter,
    Hebrew,
    Katakana,
    Hiragana,
    Han,
    SouthEastAsian,
    /// Continues a South East Asian word, or any other as `Extend` does.
    SouthEastAsianMark,
    Extend,
    /// Zero width joiner.
    Joiner,
    /// U+FE0E, which no emoji takes.
    TextSelector,
    /// U+FE0F, of which an emoji takes one.
    EmojiSelector,
    /// U+20E3.
    Keycap,
    /// Marks that spell the region of a flag.
    Tag,
    /// The last of them.
    TagEnd,
    /// Regional indicators: two are a flag.
    Flag,
    Emoji,
    /// Both an emoji and a letter.
    EmojiLetter,
    /// Emoji that take a skin tone.
    EmojiBase,
    /// Skin tones.
    EmojiModifier,
}

/// Width of a row of the transition table; more than the number of classes.
const WIDTH: usize = 32;
/// The state from which nothing matches.
const DEAD: u16 = 0;
const START: u16 = 1;

/// A set of classes, one bit each.
type Classes = u32;

const fn class(class: Class) -> Classes {
    1 << class as u32
}

/// A regular expression over classes.
#[derive(Clone)]
enum Expr {
    One(Classes),
    Seq(Vec<Expr>),
    Any(Vec<Expr>),
    Star(Box<Expr>),
}

fn seq<const N: usize>(parts: [Expr; N]) -> Expr {
    Expr::Seq(parts.into())
}

fn any<const N: usize>(parts: [Expr; N]) -> Expr {
    Expr::Any(parts.into())
}

fn star(inner: Expr) -> Expr {
    Expr::Star(Box::new(inner))
}

fn plus(inner: Expr) -> Expr {
    seq([inner.clone(), star(inner)])
}

fn optional(inner: Expr) -> Expr {
    any([inner, Expr::Seq(Vec::new())])
}

fn grammar() -> Expr {
    use Class::*;
    let one = |classes| Expr::One(classes);
    // UAX #29 WB4: marks belong to what they follow.
    let plain_marks = class(Extend) | class(Joiner) | class(Keycap) | class(Tag) | class(TagEnd) | class(SouthEastAsianMark);
    let marks = plain_marks | class(TextSelector) | class(EmojiSelector);
    let with_marks = |classes| seq([one(classes), star(one(marks))]);

    let joint = with_marks(class(ExtendNumLet));
    let letter = with_marks(class(Letter) | class(Hebrew) | class(EmojiLetter));
    let hebrew = with_marks(class(Hebrew));
    let number = with_marks(class(Numeric));
    let katakana = with_marks(class(Katakana));
    let mid_letter = with_marks(class(MidLetter) | class(MidNumLet) | class(SingleQuote));
    let mid_number = with_marks(class(MidNum) | class(MidNumLet) | class(SingleQuote));
    let joints = star(joint.clone());
    let core = any([
        seq([katakana.clone(), star(seq([joints.clone(), katakana]))]),
        plus(any([
            seq([hebrew.clone(), any([with_marks(class(SingleQuote)), seq([with_marks(class(DoubleQuote)), hebrew])])]),
            seq([number.clone(), star(seq([any([joints.clone(), mid_number]), number]))]),
            seq([letter.clone(), star(seq([any([joints.clone(), mid_letter]), letter]))]),
        ])),
    ]);
    let word = seq([joints.clone(), core.clone(), star(seq([plus(joint), core])), joints]);

    let picture_marks = star(one(plain_marks));
    // An emoji ends with its selector: marks after it are dropped, but a joiner still joins.
    let selector = one(class(EmojiSelector));
    let joiner = one(class(Joiner));
    let all_pictures = class(Emoji) | class(EmojiLetter) | class(EmojiBase);
    let picture = any([
        seq([star(joiner.clone()), one(all_pictures), picture_marks.clone(), optional(selector.clone())]),
        seq([
            optional(seq([star(joiner.clone()), one(class(EmojiBase)), picture_marks.clone()])),
            one(class(EmojiModifier)),
            picture_marks.clone(),
        ]),
    ]);
    let tags = seq([plus(one(class(Tag))), one(class(TagEnd))]);
    let pictures = seq([picture.clone(), any([star(seq([joiner, picture])), tags])]);
    let keycap = seq([one(class(KeycapBase)), picture_marks.clone(), optional(selector), one(class(Keycap)), picture_marks]);
    let flag = with_marks(class(Flag));

    let south_east_asian = with_marks(class(SouthEastAsian) | class(SouthEastAsianMark));
    any([word, pictures, keycap, seq([flag.clone(), flag]), plus(south_east_asian), with_marks(class(Han)), with_marks(class(Hiragana))])
}

/// States of a nondeterministic automaton.
#[derive(Default)]
struct Nfa {
    /// Per state, a step on any of these classes.
    steps: Vec<Option<(Classes, usize)>>,
    /// Per state, the states reached without reading.
    free: Vec<Vec<usize>>,
}

impl Nfa {
    fn state(&mut self) -> usize {
        self.steps.push(None);
        self.free.push(Vec::new());
        self.steps.len() - 1
    }

    /// Adds `expr` from state `from`, and returns the state after it.
    fn add(&mut self, expr: &Expr, from: usize) -> usize {
        match expr {
            Expr::One(classes) => {
                let (here, to) = (self.state(), self.state());
                self.free[from].push(here);
                self.steps[here] = Some((*classes, to));
                to
            }
            Expr::Seq(parts) => parts.iter().fold(from, |at, part| self.add(part, at)),
            Expr::Any(parts) => {
                let end = self.state();
                for part in parts {
                    let last = self.add(part, from);
                    self.free[last].push(end);
                }
                end
            }
            Expr::Star(inner) => {
                let again = self.state();
                self.free[from].push(again);
                let last = self.add(inner, again);
                self.free[last].push(again);
                again
            }
        }
    }

    /// Everything reached from `states` without reading, sorted.
    fn closure(&self, mut states: Vec<usize>) -> Vec<usize> {
        let mut seen = vec![false; self.steps.len()];
        states.retain(|&state| !std::mem::replace(&mut seen[state], true));
        let mut next = 0;
        while next < states.len() {
            for &to in &self.free[states[next]] {
                if !std::mem::replace(&mut seen[to], true) {
                    states.push(to);
                }
            }
            next += 1;
        }
        states.sort_unstable();
        states
    }
}

/// The automaton and the classes of all code points.
pub(super) struct Machine {
    /// `state * WIDTH + class` gives the next state.
    next: Vec<u16>,
    /// Whether a token may end in a state.
    accepts: Vec<bool>,
    /// Code points in blocks of 256: which of `blocks` describes a block.
    block: Vec<u8>,
    blocks: Vec<[u8; 256]>,
}

static MACHINE: LazyLock<Machine> = LazyLock::new(Machine::build);

impl Machine {
    /// The one machine.
    pub(super) fn get() -> &'static Machine {
        &MACHINE
    }

    fn build() -> Machine {
        let (block, blocks) = classify();
        let mut nfa = Nfa::default();
        let start = nfa.state();
        let end = nfa.add(&grammar(), start);

        // Subset construction. Set 0 is the empty set: DEAD.
        let mut sets: Vec<Vec<usize>> = vec![Vec::new(), nfa.closure(vec![start])];
        let mut next = vec![DEAD; WIDTH];
        let mut at = usize::from(START);
        while at < sets.len() {
            for bit in 0..WIDTH {
                let reached = sets[at].iter().filter_map(|&state| nfa.steps[state]);
                let reached = reached.filter(|(classes, _)| classes >> bit & 1 == 1).map(|(_, to)| to).collect();
                let set = nfa.closure(reached);
                let id = sets.iter().position(|known| *known == set).unwrap_or_else(|| {
                    sets.push(set);
                    sets.len() - 1
                });
                next.push(u16::try_from(id).expect("the grammar is fixed and has some hundred states"));
            }
            at += 1;
        }
        let accepts = sets.iter().map(|set| set.binary_search(&end).is_ok()).collect();
        Machine { next, accepts, block, blocks }
    }

    /// The class of a code point, as a number.
    #[inline]
    fn class(&self, c: char) -> usize {
        let code = c as usize;
        usize::from(self.blocks[usize::from(self.block[code >> 8])][code & 255])
    }

    /// The length in bytes of the longest token at the start of `text` that has at most `limit` UTF-16 units.
    pub(super) fn longest(&self, text: &str, limit: usize) -> Option<usize> {
        let mut state = START;
        let mut units = 0;
        let mut best = None;
        for (at, c) in text.char_indices() {
            units += c.len_utf16();
            if units > limit {
                break;
            }
            state = self.next[usize::from(state) * WIDTH + self.class(c)];
            if state == DEAD {
                break;
            }
            if self.accepts[usize::from(state)] {
                best = Some(at + c.len_utf8());
            }
        }
        best
    }
}

/// The classes of all code points as a table in two stages.
fn classify() -> (Vec<u8>, Vec<[u8; 256]>) {
    let mut flat = vec![Class::Other as u8; 0x11_0000];
    for (class, ranges) in RANGES {
        for &(first, last) in *ranges {
            flat[first as usize..=last as usize].fill(*class as u8);
        }
    }
    let mut blocks: Vec<[u8; 256]> = Vec::new();
    let mut block = Vec::with_capacity(flat.len() / 256);
    for part in flat.chunks_exact(256) {
        let id = blocks.iter().position(|known| known == part).unwrap_or_else(|| {
            let mut fresh = [0; 256];
            fresh.copy_from_slice(part);
            blocks.push(fresh);
            blocks.len() - 1
        });
        block.push(u8::try_from(id).expect("the table is fixed and has fewer than 256 different blocks"));
    }
    (block, blocks)
}
