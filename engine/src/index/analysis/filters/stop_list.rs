//! Lists of stop words that tantivy has and only its filter can read.

use std::cell::RefCell;

use tantivy::tokenizer::{Language, RawTokenizer, StopWordFilter, TextAnalyzer, TokenStream};

/// One of tantivy's stop word lists, which only its filter can read.
#[derive(Clone)]
pub(in super::super) struct StopList {
    analyzer: TextAnalyzer,
}

impl StopList {
    /// The list of a language, where there is one.
    pub(in super::super) fn new(language: Language) -> Option<StopList> {
        let analyzer = TextAnalyzer::builder(RawTokenizer::default()).filter(StopWordFilter::new(language)?).build();
        Some(StopList { analyzer })
    }

    /// A test for one text's words.
    pub(in super::super) fn test(&self) -> impl Fn(&str) -> bool {
        let analyzer = RefCell::new(self.analyzer.clone());
        move |word| !analyzer.borrow_mut().token_stream(word).advance()
    }
}
