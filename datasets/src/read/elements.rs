//! The elements of one long JSON list, without reading the whole list: `[...]`, the list under one member of the top object
//! (`features` of GeoJSON, `elements` of Overpass), the lists `hits.hits` of search answers one after the other; or values that
//! follow each other with any breaks in them. Only strings and brackets are followed; each element is then parsed alone.

use std::io::Read;

use serde_json::Value;

use super::{
    Input, MAX_LINE,
    lines::{utf8, without_line},
};
use crate::RowError;

pub(crate) struct Elements {
    input: Input,
    wanted: Wanted,
    line: u64,
    /// Brackets open around what is read next, outside of elements.
    depth: usize,
    /// The member that is being read, at the first two levels.
    names: [Vec<u8>; 2],
    /// Within the list.
    started: bool,
    /// A list was found.
    found: bool,
    /// A list was found in the answer being read.
    answered: bool,
    done: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// The list of the first of these members; a top-level list when there are none.
    List(&'static [&'static str]),
    /// Every list `hits.hits`.
    Hits,
    /// Top-level values.
    Values,
}

impl Elements {
    pub(crate) fn new(input: Input, members: &'static [&'static str]) -> Self {
        Elements::wanting(input, Wanted::List(members))
    }

    /// The hits of answers to searches, however many answers there are.
    pub(crate) fn hits(input: Input) -> Self {
        Elements::wanting(input, Wanted::Hits)
    }

    /// Top-level values, with line breaks anywhere.
    pub(crate) fn values(input: Input) -> Self {
        Elements::wanting(input, Wanted::Values)
    }

    fn wanting(input: Input, wanted: Wanted) -> Self {
        Elements {
            input,
            wanted,
            line: 1,
            depth: 0,
            names: Default::default(),
            started: wanted == Wanted::Values,
            found: false,
            answered: false,
            done: false,
        }
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

    /// Goes to the `[` of the next list; `false` when there is no further one.
    fn start(&mut self) -> Result<bool, RowError> {
        loop {
            let Some(byte) = self.byte()? else {
                if self.found && self.depth == 0 {
                    return Ok(false);
                }
                return Err(RowError::fatal(self.line, format!("the file ends before {} was found", self.wanted_list())));
            };
            match byte {
                b'[' if self.is_wanted() => {
                    (self.found, self.answered) = (true, true);
                    return Ok(true);
                }
                b'[' | b'{' => self.depth += 1,
                b']' | b'}' if self.depth == 1 && self.wanted == Wanted::Hits => {
                    self.depth = 0;
                    if !std::mem::take(&mut self.answered) {
                        return Err(RowError::new(self.line, "an answer without a list `hits.hits`", b""));
                    }
                }
                b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                byte if self.depth == 0 && self.wanted == Wanted::Hits && !byte.is_ascii_whitespace() => return Err(self.no_answer(byte)),
                b'"' => {
                    let mut text = Vec::new();
                    self.string(&mut text)?;
                    // Without the closing quote.
                    text.pop();
                    self.name(text);
                }
                b',' => self.name(Vec::new()),
                _ => {}
            }
        }
    }

    /// The rest of a line that is no answer.
    fn no_answer(&mut self, first: u8) -> RowError {
        let (line, mut raw) = (self.line, vec![first]);
        loop {
            match self.byte() {
                Ok(Some(b'\n') | None) => return RowError::new(line, "not an answer to a search", &raw),
                Ok(Some(byte)) if raw.len() < 4096 => raw.push(byte),
                Ok(Some(_)) => {}
                Err(error) => return error,
            }
        }
    }

    fn name(&mut self, name: Vec<u8>) {
        if let Some(slot) = self.depth.checked_sub(1).and_then(|level| self.names.get_mut(level)) {
            *slot = name;
        }
    }

    fn is_wanted(&self) -> bool {
        match self.wanted {
            Wanted::List([]) => self.depth == 0,
            Wanted::List(members) => self.depth == 1 && members.iter().any(|name| name.as_bytes() == self.names[0]),
            Wanted::Hits => self.depth == 2 && self.names.iter().all(|name| name == b"hits"),
            Wanted::Values => false,
        }
    }

    fn wanted_list(&self) -> String {
        match self.wanted {
            Wanted::List([name, ..]) => format!("a list `{name}`"),
            Wanted::Hits if self.found => "the end of an answer (truncated file)".to_owned(),
            Wanted::Hits => "a list `hits.hits`".to_owned(),
            Wanted::List([]) | Wanted::Values => "a list".to_owned(),
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
            let values = self.wanted == Wanted::Values;
            let Some(byte) = self.byte()? else {
                if values && depth == 0 {
                    self.done = true;
                    return Ok(if out.is_empty() { None } else { Some((line, out)) });
                }
                let what = if values { "a value" } else { "the list" };
                return Err(RowError::fatal(self.line, format!("the file ends within {what} (truncated file)")));
            };
            if out.is_empty() {
                if byte.is_ascii_whitespace() || byte == b',' {
                    continue;
                }
                line = self.line;
            }
            match byte {
                b']' if depth == 0 && !values => {
                    self.started = false;
                    self.done = self.wanted != Wanted::Hits;
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
            if values && depth == 0 && (matches!(byte, b']' | b'}') || byte.is_ascii_whitespace()) {
                return Ok(Some((line, out)));
            }
        }
    }
}

impl Iterator for Elements {
    type Item = Result<(u64, Value), RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = loop {
            if self.done {
                return None;
            }
            if !self.started {
                self.started = true;
                match self.start() {
                    Ok(true) => {}
                    Ok(false) => {
                        self.done = true;
                        return None;
                    }
                    Err(error) => {
                        self.started = false;
                        break Err(error);
                    }
                }
            }
            match self.element() {
                // The end of one list; there may be another one.
                Ok(None) => {}
                next => break next,
            }
        };
        match next {
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
                self.done = error.fatal;
                Some(Err(error))
            }
        }
    }
}
