//! Which bytes of a stored value a query matched.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::binding::plan::Plan;
use crate::error::Result;
use crate::index::analysis::Token;
use crate::index::fields::FieldId;
use crate::search::nodes::{fuzzy, mark_tokens};
use crate::search::snapshot::Snapshot;

/// The terms that fuzzy words of a request stand for, looked up once.
#[derive(Default)]
pub(crate) struct FuzzyTerms {
    known: HashMap<(FieldId, String, u8), HashSet<String>>,
}

impl FuzzyTerms {
    fn of(&mut self, snapshot: &Snapshot, field: FieldId, word: &str, edits: u8) -> Result<&HashSet<String>> {
        let key = (field, word.to_owned(), edits);
        if !self.known.contains_key(&key) {
            let terms = match snapshot.text_slot(field) {
                Some(slot) => fuzzy::expand(&snapshot.segments, slot, word, edits)?,
                None => Vec::new(),
            };
            self.known.insert(key.clone(), terms.into_iter().map(|term| term.text).collect());
        }
        Ok(&self.known[&key])
    }
}

/// The byte ranges of the tokens of one value that the matched leaves account for.
pub(crate) fn match_offsets(
    snapshot: &Snapshot,
    fuzzy_terms: &mut FuzzyTerms,
    field: FieldId,
    leaves: &[&Plan],
    tokens: &[Token],
) -> Result<Vec<Range<usize>>> {
    let mut marked = vec![false; tokens.len()];
    for leaf in leaves {
        mark_tokens(leaf, field, tokens, &mut marked, |word, edits| fuzzy_terms.of(snapshot, field, word, edits))?;
    }
    Ok(tokens.iter().zip(marked).filter(|(_, marked)| *marked).map(|(token, _)| token.start..token.end).collect())
}
