//! What is wrong with a definition: where, what, and what would be right. No rule lives here, only its report.

use std::fmt;

/// More errors than this are counted, not kept: a hostile body must not be answered with a larger one.
const KEPT: usize = 200;

/// One error in an index definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidationError {
    /// JSON pointer (RFC 6901) of the offending value; empty for the whole document.
    pub pointer: String,
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub remedy: String,
}

impl fmt::Display for ValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = if self.pointer.is_empty() { "(document)" } else { &self.pointer };
        write!(f, "{pointer}: {}; {}", self.what, self.remedy)
    }
}

/// Every error found in one definition, in document order. Prints one line per error.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
pub struct DefinitionErrors {
    /// The errors; never empty in an `Err`.
    pub errors: Vec<ValidationError>,
    /// How many more were found than are listed.
    pub more: usize,
}

impl fmt::Display for DefinitionErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.errors.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        if self.more > 0 {
            write!(f, "\nand {} more", self.more)?;
        }
        Ok(())
    }
}

impl DefinitionErrors {
    pub(crate) fn add(&mut self, pointer: &str, what: impl Into<String>, remedy: impl Into<String>) {
        if self.errors.len() < KEPT {
            self.errors.push(ValidationError { pointer: pointer.to_owned(), what: what.into(), remedy: remedy.into() });
        } else {
            self.more += 1;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }
}

/// `pointer` extended by one member name or item number.
pub(crate) fn join(pointer: &str, segment: &str) -> String {
    let mut out = String::with_capacity(pointer.len() + segment.len() + 1);
    out.push_str(pointer);
    out.push('/');
    for c in segment.chars() {
        match c {
            '~' => out.push_str("~0"),
            '/' => out.push_str("~1"),
            c => out.push(c),
        }
    }
    out
}
