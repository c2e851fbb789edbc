//! Tokens: as queries and highlighting see them, and on their way through a chain.

/// A token as queries and highlighting see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The term.
    pub text: String,
    /// Position among the tokens of the text, from 0; alternatives share one.
    pub position: usize,
    /// First byte in the original text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Positions it spans, usually 1.
    pub position_length: usize,
}

/// A token on its way through a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ChainToken {
    pub(super) text: String,
    /// Bytes of the filtered text, later of the original.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Positions from the token before; 0 is an alternative to it.
    pub(super) position_increment: u32,
    /// Positions it spans.
    pub(super) position_length: u32,
    /// Stemmers leave it alone.
    pub(super) keyword: bool,
}

impl ChainToken {
    pub(super) fn new(text: impl Into<String>, start: usize, end: usize) -> ChainToken {
        ChainToken { text: text.into(), start, end, position_increment: 1, position_length: 1, keyword: false }
    }

    /// The same token with another text.
    pub(super) fn with_text(&self, text: impl Into<String>) -> ChainToken {
        ChainToken { text: text.into(), ..self.clone() }
    }
}

/// Analysed text: positions with the alternative terms at each.
pub(crate) type PositionedTerms = Vec<(u32, Vec<String>)>;

/// Tokens that share a position are alternatives.
pub(crate) fn by_position(tokens: Vec<Token>) -> PositionedTerms {
    let mut groups = PositionedTerms::with_capacity(tokens.len());
    for token in tokens {
        let position = token.position as u32;
        match groups.last_mut() {
            Some((last, terms)) if *last == position => {
                if !terms.contains(&token.text) {
                    terms.push(token.text);
                }
            }
            _ => groups.push((position, vec![token.text])),
        }
    }
    groups
}
