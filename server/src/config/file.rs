//! A TOML file as keys with places.

use toml::de::{DeTable, DeValue};

use super::keys::{self, KEYS};
use super::load::Diagnostic;

/// A value of a file and where it stands.
pub(super) struct Entry<'a> {
    /// Section and name, `server.listen`.
    pub(super) name: String,
    pub(super) value: &'a DeValue<'a>,
    /// Byte offsets of the key and of the value.
    pub(super) key_at: usize,
    pub(super) value_at: usize,
}

/// The keys of a parsed file that are known; the others are diagnostics.
pub(super) fn entries<'a>(table: &'a DeTable<'a>, diagnostics: &mut Vec<(usize, String)>) -> Vec<Entry<'a>> {
    let mut found = Vec::new();
    for (section, body) in table {
        let (name, at) = (section.get_ref().as_ref(), section.span().start);
        if !KEYS.iter().any(|key| key.parts().0 == name) {
            let near = nearest(name, KEYS.iter().map(|key| key.parts().0));
            let kind = if matches!(body.get_ref(), DeValue::Table(_)) { "section" } else { "key" };
            diagnostics.push((at, format!("unknown {kind} \"{name}\"{near}")));
            continue;
        }
        let DeValue::Table(body) = body.get_ref() else {
            diagnostics.push((at, format!("\"{name}\" is a section; write [{name}] and its keys below")));
            continue;
        };
        for (key, value) in body {
            let name = format!("{name}.{}", key.get_ref());
            let (key_at, value_at) = (key.span().start, value.span().start);
            let known = keys::find(&name).is_some() || name.strip_suffix("_file").and_then(keys::find).is_some_and(|key| key.secret);
            if known {
                found.push(Entry { name, value: value.get_ref(), key_at, value_at });
            } else {
                let near = nearest(&name, KEYS.iter().map(|key| key.name));
                diagnostics.push((key_at, format!("unknown key \"{name}\"{near}")));
            }
        }
    }
    found
}

/// `; did you mean "server.listen"?`, when something is near: at most two edits away, or longer with the same beginning.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let last = |text: &str| text.rsplit('.').next().unwrap_or_default().to_owned();
    let near = known
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(distance, known)| *distance <= 2 || (last(name).len() >= 3 && known.starts_with(name)))
        .min_by_key(|(distance, _)| *distance);
    near.map_or_else(String::new, |(_, known)| format!("; did you mean \"{known}\"?"))
}

/// A diagnostic at a byte of a file.
pub(super) fn diagnostic(file: &str, text: &str, at: usize, message: String) -> Diagnostic {
    let (line, column) = place(text, at);
    Diagnostic { place: format!("{file}:{line}:{column}"), message }
}

/// Line and column of a byte, from 1; columns are characters.
pub(super) fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at.min(text.len())).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    (line, column)
}

/// A file's bytes as text, or the place of the first byte that is part of no character.
pub(super) fn text(file: &str, bytes: Vec<u8>) -> Result<String, Diagnostic> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
        diagnostic(file, &before, before.len(), "the file is not UTF-8 from here on".to_owned())
    })
}
