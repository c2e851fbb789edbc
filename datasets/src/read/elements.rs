//! The elements of one long JSON list, without reading the whole list: `[...]`, or the list under one member of the top object
//! (`features` of GeoJSON, `elements` of Overpass). Only strings and brackets are followed; each element is then parsed alone.

use std::io::Read;

use serde_json::Value;

use super::{
    Input, MAX_LINE,
    lines::{utf8, without_line},
};
use crate::RowError;

pub(crate) struct Elements {
    input: Input,
    /// Names of the member whose list is meant; none for a top-level list.
    members: &'static [&'static str],
    line: u64,
    started: bool,
    done: bool,
}

impl Elements {
    pub(crate) fn new(input: Input, members: &'static [&'static str]) -> Self {
        Elements { input, members, line: 1, started: false, done: false }
    }

    fn byte(&mut self) -> Result<Option<u8>, RowError> {
        let mut one = [0];
        let line = self.line;
        match (&mut self.input).take(1).read(&mut one) {
            Ok(0) => Ok(None),
            Ok(_) => {
                self.line += u64::from(one[0] == b'\n');
                Ok(Some(one[0]))
            }
            Err(error) => Err(RowError::broken(line, &error)),
        }
    }

    /// Goes to the `[` of the list.
    fn start(&mut self) -> Result<(), RowError> {
        let mut depth = 0_u32;
        let mut last = Vec::new();
        loop {
            let Some(byte) = self.byte()? else {
                let wanted = self.members.first().map_or("a list".to_owned(), |name| format!("a list `{name}`"));
                return Err(RowError::fatal(self.line, format!("the file ends before {wanted} was found")));
            };
            match byte {
                b'[' if depth == 0 && self.members.is_empty() => return Ok(()),
                b'[' if depth == 1 && self.members.iter().any(|name| name.as_bytes() == last) => return Ok(()),
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth = depth.saturating_sub(1),
                b'"' => {
                    last.clear();
                    self.string(&mut last)?;
                    // Without the closing quote.
                    last.pop();
                }
                b',' => last.clear(),
                _ => {}
            }
        }
    }

    /// The rest of a string after its opening quote, closing quote included.
    fn string(&mut self, out: &mut Vec<u8>) -> Result<(), RowError> {
        let mut escaped = false;
        loop {
            let Some(byte) = self.byte()? else {
                return Err(RowError::fatal(self.line, "the file ends within a string"));
            };
            if out.len() <= MAX_LINE {
                out.push(byte);
            }
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => return Ok(()),
                _ => {}
            }
        }
    }

    /// The bytes of the next element; `None` at the end of the list.
    fn element(&mut self) -> Result<Option<(u64, Vec<u8>)>, RowError> {
        let mut out = Vec::new();
        let mut line = self.line;
        let mut depth = 0_u32;
        loop {
            let Some(byte) = self.byte()? else {
                return Err(RowError::fatal(self.line, "the file ends within the list (truncated file)"));
            };
            if out.is_empty() {
                if byte.is_ascii_whitespace() || byte == b',' {
                    continue;
                }
                line = self.line;
            }
            match byte {
                b']' if depth == 0 => {
                    self.done = true;
                    return Ok(if out.is_empty() { None } else { Some((line, out)) });
                }
                b',' if depth == 0 => return Ok(Some((line, out))),
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if out.len() <= MAX_LINE {
                out.push(byte);
            }
            if byte == b'"' {
                self.string(&mut out)?;
            }
        }
    }
}

impl Iterator for Elements {
    type Item = Result<(u64, Value), RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        if !self.started {
            self.started = true;
            if let Err(error) = self.start() {
                self.done = true;
                return Some(Err(error));
            }
        }
        match self.element() {
            Ok(None) => None,
            Ok(Some((line, bytes))) => {
                if bytes.len() > MAX_LINE {
                    return Some(Err(RowError::new(line, format!("the element has more than {} MiB", MAX_LINE >> 20), &bytes)));
                }
                let parsed = utf8(&bytes)
                    .and_then(|text| serde_json::from_str(text).map_err(|error| format!("not valid JSON: {}", without_line(&error))));
                Some(parsed.map(|value| (line, value)).map_err(|reason| RowError::new(line, reason, &bytes)))
            }
            Err(error) => {
                self.done = true;
                Some(Err(error))
            }
        }
    }
}
