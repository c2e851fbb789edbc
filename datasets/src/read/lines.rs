//! Lines in blocks. A block is cut at a line break, so blocks can be parsed in parallel; a line is read where it lies.

use std::io::Read;

use serde_json::{Map, Value};

use super::{Input, Record};
use crate::RowError;

/// The longest line in bytes.
pub const MAX_LINE: usize = 16 << 20;

const BLOCK: usize = 1 << 20;

/// Whole lines and the number of the first.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Number of the first line, from 1.
    pub first_line: u64,
    /// The lines with their breaks; only the last line of a file may lack one.
    pub bytes: Vec<u8>,
}

/// The blocks of an input.
pub struct Chunks {
    input: Input,
    rest: Vec<u8>,
    line: u64,
    ended: bool,
    failed: Option<RowError>,
}

impl Chunks {
    /// Blocks of about 1 MiB.
    pub fn new(input: Input) -> Self {
        Chunks { input, rest: Vec::new(), line: 1, ended: false, failed: None }
    }

    /// Reads until `rest` holds a line break or the input ends.
    fn fill(&mut self) {
        let mut searched = 0;
        while !self.ended && self.rest.len() <= MAX_LINE {
            let wanted = if self.rest.len() < BLOCK { BLOCK - self.rest.len() } else { BLOCK };
            let result = (&mut self.input).take(wanted as u64).read_to_end(&mut self.rest);
            match result {
                Ok(0) => self.ended = true,
                Ok(_) => {}
                Err(error) => {
                    // What was read before the break-off is still good as far as its last whole line.
                    self.ended = true;
                    let whole = self.rest.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
                    self.rest.truncate(whole);
                    let last = self.line + count_breaks(&self.rest) - 1;
                    self.failed = Some(RowError::broken(last, &error));
                    return;
                }
            }
            if self.rest.len() >= BLOCK && self.rest[searched..].contains(&b'\n') {
                return;
            }
            searched = self.rest.len();
        }
    }

    /// Skips to the end of a line that is too long.
    fn skip_line(&mut self) -> RowError {
        let error = RowError::new(self.line, format!("the line has more than {} MiB", MAX_LINE >> 20), &self.rest);
        self.rest.clear();
        loop {
            match self.input.fill_buf() {
                Ok([]) => {
                    self.ended = true;
                    break;
                }
                Ok(buffer) => {
                    let found = buffer.iter().position(|b| *b == b'\n');
                    let used = found.map_or(buffer.len(), |i| i + 1);
                    self.input.consume(used);
                    if found.is_some() {
                        break;
                    }
                }
                Err(failed) => {
                    self.ended = true;
                    self.failed = Some(RowError::broken(self.line, &failed));
                    break;
                }
            }
        }
        self.line += 1;
        error
    }
}

impl Iterator for Chunks {
    type Item = Result<Chunk, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.ended {
            self.fill();
        }
        if self.rest.is_empty() {
            return self.failed.take().map(Err);
        }
        let cut = self.rest.iter().rposition(|b| *b == b'\n').map(|i| i + 1);
        let cut = match cut {
            Some(cut) => cut,
            None if self.ended => self.rest.len(),
            None => return Some(Err(self.skip_line())),
        };
        let tail = self.rest.split_off(cut);
        let bytes = std::mem::replace(&mut self.rest, tail);
        let first_line = self.line;
        self.line += count_breaks(&bytes);
        Some(Ok(Chunk { first_line, bytes }))
    }
}

fn count_breaks(bytes: &[u8]) -> u64 {
    bytes.iter().map(|b| u64::from(*b == b'\n')).sum()
}

impl Chunk {
    /// The lines that are not blank, without their breaks, with their numbers.
    pub fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let numbered = self.bytes.split(|b| *b == b'\n').enumerate();
        numbered
            .map(|(i, line)| (self.first_line + i as u64, line.strip_suffix(b"\r").unwrap_or(line)))
            .filter(|(_, line)| !line.trim_ascii().is_empty())
    }

    /// The documents of a block of JSON lines.
    pub fn records(&self) -> impl Iterator<Item = Result<Record, RowError>> {
        self.lines().map(|(number, line)| parse_line(number, line))
    }
}

/// Reads one JSON line.
///
/// # Errors
/// When it is not UTF-8, not JSON, or not an object.
pub fn parse_line(number: u64, line: &[u8]) -> Result<Record, RowError> {
    let fail = |reason: String| RowError::new(number, reason, line);
    if line.len() > MAX_LINE {
        return Err(fail(format!("the line has more than {} MiB", MAX_LINE >> 20)));
    }
    let text = utf8(line).map_err(fail)?;
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(document)) => Ok(Record { line: number, document }),
        Ok(_) => Err(RowError::new(number, "not a JSON object", line)),
        Err(error) => Err(RowError::new(number, format!("not valid JSON: {}", without_line(&error)), line)),
    }
}

pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|error| format!("malformed UTF-8 at byte {}", error.valid_up_to()))
}

/// serde_json counts lines within the row; only the column means something.
pub(crate) fn without_line(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

/// Records of JSON lines.
pub(crate) fn records(input: Input) -> impl Iterator<Item = Result<Record, RowError>> + Send {
    Chunks::new(input).flat_map(|chunk| match chunk {
        Ok(chunk) => chunk.records().collect::<Vec<_>>(),
        Err(error) => vec![Err(error)],
    })
}

/// The object in a value, for importers.
pub(crate) fn object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map),
        _ => None,
    }
}
