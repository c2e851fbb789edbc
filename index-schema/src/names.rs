//! Rules for names, and the nearest known name to one that is not known. Knows no definition.

/// Whether `name` may name an index, alias or synonym map.
pub fn is_index_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    (2..=128).contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
        && (bytes[0].is_ascii_lowercase() || bytes[0].is_ascii_digit())
        && !bytes.windows(2).any(|w| w == b"--" || w == b"__")
}

/// Whether `name` may name a field.
pub(crate) fn is_field_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    (1..=128).contains(&bytes.len())
        && bytes[0].is_ascii_alphabetic()
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
        && !name.starts_with("azureSearch")
}

/// Whether `name` may name an analyzer, tokenizer, filter, suggester, profile or algorithm.
pub(crate) fn is_component_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    (1..=128).contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-' | b'_' | b'.'))
        && bytes[0].is_ascii_alphanumeric()
        && bytes[bytes.len() - 1].is_ascii_alphanumeric()
}

/// A name from outside, shortened so that a message stays readable.
pub(crate) fn shown(name: &str) -> String {
    const LIMIT: usize = 60;
    if name.chars().count() <= LIMIT { name.to_owned() } else { name.chars().take(LIMIT).chain(['…']).collect() }
}

/// The known name nearest to `name`, if one is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > 64 {
        return None;
    }
    let lower = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (distance(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance * 5 <= 2 * candidate.len().max(name.len()))
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// `did you mean ...?`, or the whole list when nothing is near and the list is short.
pub(crate) fn suggestion(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "there is none to choose from".to_owned(),
        None if known.len() <= 24 => format!("known are {}", known.join(", ")),
        None => format!("known are {} and {} others", known[..6].join(", "), known.len() - 6),
    }
}
