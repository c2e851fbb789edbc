//! Choosing what a misspelt word was meant to be. Where candidates come from is not known here.

/// A term that a word may have been meant to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The term.
    pub(super) term: String,
    /// Documents that have it.
    pub(super) doc_freq: u64,
    /// Edits from the word.
    pub(super) edits: u8,
}

/// The likeliest candidate: fewest edits, then documents by orders of magnitude, then the longer common start, then more
/// documents, then the alphabet.
pub(super) fn best(word: &str, candidates: Vec<Candidate>) -> Option<String> {
    let word = word.to_lowercase();
    let start = |term: &str| term.chars().zip(word.chars()).take_while(|(a, b)| a == b).count();
    let rank = |candidate: &Candidate| {
        let magnitude = (candidate.doc_freq + 1).ilog2() / 3;
        (
            candidate.edits,
            std::cmp::Reverse(magnitude),
            std::cmp::Reverse(start(&candidate.term)),
            std::cmp::Reverse(candidate.doc_freq),
            candidate.term.clone(),
        )
    };
    candidates.into_iter().min_by_key(rank).map(|candidate| candidate.term)
}

#[cfg(test)]
mod tests;
