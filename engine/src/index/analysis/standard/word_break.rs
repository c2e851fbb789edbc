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
//! The expression becomes a table once per process.

use std::sync::LazyLock;

use tutti_automata::{LabelExpr, label_table};

use super::class::Class;
use super::ranges::RANGES;

/// Width of a row of the transition table; more than the number of classes.
const WIDTH: usize = 32;
/// The state from which nothing matches.
const DEAD: u16 = 0;
/// The first state.
const START: u16 = 1;

/// A set of classes, one bit each.
type Classes = u32;

const fn class(class: Class) -> Classes {
    1 << class as u32
}

/// One of a set of classes.
fn one(classes: Classes) -> LabelExpr {
    LabelExpr::One((0..WIDTH as u32).filter(|bit| classes >> bit & 1 == 1).map(|bit| (bit, bit)).collect())
}

fn seq<const N: usize>(parts: [LabelExpr; N]) -> LabelExpr {
    LabelExpr::Concat(parts.into())
}

fn any<const N: usize>(parts: [LabelExpr; N]) -> LabelExpr {
    LabelExpr::Union(parts.into())
}

fn star(inner: LabelExpr) -> LabelExpr {
    LabelExpr::Star(Box::new(inner))
}

fn plus(inner: LabelExpr) -> LabelExpr {
    seq([inner.clone(), star(inner)])
}

fn optional(inner: LabelExpr) -> LabelExpr {
    any([inner, seq([])])
}

fn grammar() -> LabelExpr {
    use Class::*;
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
        let table = label_table(&grammar(), WIDTH as u32).expect("the grammar is fixed and has some hundred states");
        let number = |state: usize| u16::try_from(state).expect("the grammar is fixed and has some hundred states");
        let next = (0..table.states()).flat_map(|state| (0..WIDTH).map(move |class| (state, class)));
        let next = next.map(|(state, class)| number(table.next(state, class))).collect();
        let accepts = (0..table.states()).map(|state| table.accepts(state)).collect();
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
