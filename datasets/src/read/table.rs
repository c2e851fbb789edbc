//! CSV and TSV: a header, then rows of text. A row with too few or too many cells is a row error, the next row goes on.

use csv::{ByteRecord, Reader, ReaderBuilder};
use serde_json::{Map, Value};

use super::{Input, MAX_LINE, Record, lines::utf8};
use crate::RowError;

pub(crate) struct Table {
    reader: Reader<Input>,
    header: Vec<String>,
    line: u64,
    started: bool,
    done: bool,
    quoted: bool,
}

impl Table {
    pub(crate) fn new(input: Input, delimiter: u8) -> Self {
        Table::with_quotes(input, delimiter, true)
    }

    /// With `quoted` false a quote is a character like any other.
    pub(crate) fn with_quotes(input: Input, delimiter: u8, quoted: bool) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).quoting(quoted).flexible(true).has_headers(false).from_reader(input);
        Table { reader, header: Vec::new(), line: 0, started: false, done: false, quoted }
    }

    /// The next row as bytes, with its line.
    fn row(&mut self) -> Option<Result<(u64, ByteRecord), RowError>> {
        let mut row = ByteRecord::new();
        match self.reader.read_byte_record(&mut row) {
            Ok(true) => {
                self.line = row.position().map_or(self.line + 1, csv::Position::line);
                Some(Ok((self.line, row)))
            }
            Ok(false) => None,
            Err(error) => {
                self.done = true;
                Some(Err(match error.into_kind() {
                    csv::ErrorKind::Io(error) => RowError::broken(self.line, &error),
                    other => RowError::fatal(self.line, format!("cannot read on: {other:?}")),
                }))
            }
        }
    }

    fn read_header(&mut self) -> Result<(), RowError> {
        let Some(row) = self.row() else {
            self.done = true;
            return Ok(());
        };
        let (line, row) = row?;
        for (i, cell) in row.iter().enumerate() {
            let cell = cell.strip_prefix(b"\xef\xbb\xbf").filter(|_| i == 0).unwrap_or(cell);
            let name = utf8(cell).map_err(|what| RowError::fatal(line, format!("in the header: {what}")))?.trim();
            if self.header.iter().any(|other| other == name) {
                self.done = true;
                return Err(RowError::fatal(line, format!("the header names the column `{name}` twice")));
            }
            self.header.push(name.to_owned());
        }
        Ok(())
    }

    fn record(&self, line: u64, row: &ByteRecord) -> Result<Record, RowError> {
        let fail = |reason: String| {
            let raw: Vec<u8> = row.iter().collect::<Vec<_>>().join(&b"\t"[..]);
            RowError::new(line, reason, &raw)
        };
        if row.as_slice().len() > MAX_LINE {
            return Err(fail(format!("the row has more than {} MiB", MAX_LINE >> 20)));
        }
        if row.len() != self.header.len() {
            let mut reason = format!("the row has {} cells, the header {}", row.len(), self.header.len());
            // An unclosed quote swallows the lines after it; the reader learns where it began.
            if self.quoted && row.iter().any(|cell| cell.contains(&b'\n')) {
                reason.push_str(" (a quote that is not closed?)");
            }
            return Err(fail(reason));
        }
        let mut document = Map::new();
        for (name, cell) in self.header.iter().zip(row.iter()) {
            let text = utf8(cell).map_err(|what| fail(format!("column `{name}`: {what}")))?;
            document.insert(name.clone(), Value::String(text.to_owned()));
        }
        Ok(Record { line, document })
    }
}

impl Iterator for Table {
    type Item = Result<Record, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.started {
            self.started = true;
            if let Err(error) = self.read_header() {
                self.done = true;
                return Some(Err(error));
            }
        }
        if self.done {
            return None;
        }
        Some(self.row()?.and_then(|(line, row)| self.record(line, &row)))
    }
}
