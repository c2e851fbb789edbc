//! Choosing what a misspelt word was meant to be. Where candidates come from is not known here.

/// A term that a word may have been meant to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The term.
    pub term: String,
    /// Documents that have it.
    pub doc_freq: u64,
    /// Edits from the word.
    pub edits: u8,
}

/// The likeliest candidate: fewest edits, then documents by orders of magnitude, then the longer common start, then more
/// documents, then the alphabet.
pub fn best(word: &str, candidates: Vec<Candidate>) -> Option<String> {
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

/// Insertions, deletions, replacements and swaps of neighbours between two short texts, case aside. O(length²).
pub fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().take(128).collect();
    let b: Vec<char> = b.to_lowercase().chars().take(128).collect();
    let mut rows: [Vec<usize>; 3] = [Vec::new(), (0..=b.len()).collect(), vec![0; b.len() + 1]];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[0][j - 2] + 1);
            }
            row.push(least);
        }
        rows.swap(0, 1);
        rows[1] = row;
    }
    rows[1][b.len()]
}

#[cfg(test)]
mod tests;
