//! Lines of a file with their numbers, some at a time.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{TransferError, blocking, file_error};

/// Lines that are read at once, and their size in bytes (one line may be longer).
const LINES: usize = 500;
const BYTES: usize = 1 << 20;

/// A file that is being read.
pub(crate) struct Lines {
    reader: BufReader<File>,
    file: PathBuf,
    number: u64,
}

impl Lines {
    /// Opens a file and passes over its first `done` lines.
    pub(crate) async fn open(file: &Path, done: u64) -> Result<Lines, TransferError> {
        let file = file.to_owned();
        blocking(move || {
            let reader = BufReader::new(File::open(&file).map_err(|error| file_error(&file, error))?);
            let mut lines = Lines { reader, file, number: 0 };
            while lines.number < done && lines.next()?.is_some() {}
            Ok(lines)
        })
        .await
    }

    /// The next lines that are not blank, each with its number; none at the end.
    pub(crate) async fn some(mut self) -> Result<(Lines, Vec<(u64, Value)>), TransferError> {
        blocking(move || {
            let (mut found, mut bytes) = (Vec::new(), 0);
            while found.len() < LINES && bytes < BYTES {
                let Some(line) = self.next()? else { break };
                bytes += line.len();
                if !line.trim_ascii().is_empty() {
                    let value = serde_json::from_slice(&line).map_err(|error| self.wrong(format!("this is not JSON: {error}")))?;
                    found.push((self.number, value));
                }
            }
            Ok((self, found))
        })
        .await
    }

    fn next(&mut self) -> Result<Option<Vec<u8>>, TransferError> {
        let mut line = Vec::new();
        let count = self.reader.read_until(b'\n', &mut line).map_err(|error| file_error(&self.file, error))?;
        self.number += u64::from(count > 0);
        Ok((count > 0).then_some(line))
    }

    fn wrong(&self, message: String) -> TransferError {
        TransferError::Line { file: self.file.clone(), line: self.number, message }
    }
}
