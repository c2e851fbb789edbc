//! Rows that could not be indexed, kept for whoever mends them.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::json;

/// Counts rejected rows and writes each to a file, made when the first one comes.
pub(super) struct Rejects {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    pub(super) count: u64,
    /// The first few, to be shown at the end.
    pub(super) examples: Vec<String>,
}

impl Rejects {
    pub(super) fn new(path: &Path) -> Rejects {
        Rejects { path: path.to_owned(), file: None, count: 0, examples: Vec::new() }
    }

    /// Takes one row.
    pub(super) fn add(&mut self, source: &str, line: u64, reason: &str, raw: &str) -> anyhow::Result<()> {
        self.count += 1;
        if self.examples.len() < 3 {
            self.examples.push(format!("{source}:{line}: {reason}"));
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let file = File::create(&self.path).with_context(|| format!("cannot write rejected rows to {}", self.path.display()))?;
                none.insert(BufWriter::new(file))
            }
        };
        serde_json::to_writer(&mut *file, &json!({"file": source, "line": line, "reason": reason, "row": raw}))?;
        file.write_all(b"\n")?;
        Ok(())
    }

    /// Writes out what is held and says where it is.
    pub(super) fn finish(mut self) -> anyhow::Result<Option<PathBuf>> {
        let Some(file) = &mut self.file else { return Ok(None) };
        file.flush().with_context(|| format!("cannot write rejected rows to {}", self.path.display()))?;
        Ok(Some(self.path))
    }
}
