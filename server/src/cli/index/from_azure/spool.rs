//! Pages that were read, on disk until the index is built: `DATA/from-azure/NAME/`. A page is whole or not there, and `copy.json`
//! says what comes next, so that a copy that was killed goes on.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use flate2::{Compression, write::GzEncoder};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ranges::Range;

const FORMAT: u32 = 1;

/// What is copied, by which a copy is known again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) format: u32,
    pub(super) url: String,
    pub(super) source: String,
    pub(super) range_field: Option<String>,
    pub(super) definition: Value,
}

impl Job {
    pub(super) fn new(url: &str, source: &str, range_field: Option<&str>, definition: Value) -> Job {
        Job { format: FORMAT, url: url.to_owned(), source: source.to_owned(), range_field: range_field.map(str::to_owned), definition }
    }
}

/// How the documents are read, and how far that came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Progress {
    pub(super) job: Job,
    pub(super) ranges: Vec<Range>,
    /// What the service counted at the beginning.
    pub(super) counted: u64,
    /// Pages on disk.
    pub(super) pages: u64,
    /// The range being read.
    pub(super) range: usize,
    /// Documents of it that are on disk.
    pub(super) skip: u64,
}

pub(super) struct Spool {
    folder: PathBuf,
}

impl Spool {
    pub(super) fn new(data: &Path, index: &str) -> Spool {
        Spool { folder: data.join("from-azure").join(index) }
    }

    /// What an earlier run of the same copy came to; an earlier run of another one is removed.
    pub(super) fn resume(&self, job: &Job) -> anyhow::Result<Option<Progress>> {
        let path = self.folder.join("copy.json");
        let known = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice::<Progress>(&bytes).ok().filter(|progress| progress.job == *job),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        let whole = known.filter(|progress| (0..progress.pages).all(|number| self.page(number).is_file()));
        if whole.is_none() {
            self.remove()?;
        }
        Ok(whole)
    }

    /// Puts a page and how far the copy is with it on disk.
    pub(super) fn keep(&self, documents: &[Map<String, Value>], progress: &Progress) -> anyhow::Result<PathBuf> {
        let path = self.page(progress.pages.saturating_sub(1));
        let write = |file: &mut fs::File| {
            let mut packed = GzEncoder::new(io::BufWriter::new(file), Compression::fast());
            for document in documents {
                serde_json::to_writer(&mut packed, document)?;
                packed.write_all(b"\n")?;
            }
            packed.finish()?.flush()
        };
        tutti_engine::replace_file(&path, write).with_context(|| format!("cannot write {}", path.display()))?;
        self.note(progress)?;
        Ok(path)
    }

    /// Puts how far the copy is on disk.
    pub(super) fn note(&self, progress: &Progress) -> anyhow::Result<()> {
        fs::create_dir_all(&self.folder).with_context(|| format!("cannot make {}", self.folder.display()))?;
        let path = self.folder.join("copy.json");
        let bytes = serde_json::to_vec_pretty(progress)?;
        tutti_engine::replace_file(&path, |file| file.write_all(&bytes)).with_context(|| format!("cannot write {}", path.display()))
    }

    /// The file of a page.
    pub(super) fn page(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:08}.jsonl.gz"))
    }

    pub(super) fn remove(&self) -> anyhow::Result<()> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", self.folder.display()))
            }
            _ => Ok(()),
        }
    }
}
