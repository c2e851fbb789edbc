//! Classes of code points.

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
