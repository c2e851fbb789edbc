//! The offline path: rows in, a new generation out, swapped in at the end. No log; parsing and analysis run on every
//! core. A build that is dropped or killed leaves the served index as it was.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::{Map, Value};
use tantivy::indexer::NoMergePolicy;
use tantivy::{IndexWriter, TantivyDocument};
use tutti_index_schema::{DocumentChecker, IndexDefinition};

use super::document;
use super::fields::Fields;
use super::files::{self, Lock};
use super::generation::{self, Generation};
use super::layout::Layout;
use crate::error::{Error, Result};

/// How a bulk build uses the machine.
#[derive(Clone, Copy, Debug)]
pub struct BulkOptions {
    /// Indexing threads; 0 is one per core.
    pub threads: usize,
    /// Memory per indexing thread, in bytes; at least 15 MB.
    pub memory: usize,
    /// Merge everything into one segment at the end: slower to build, faster to search.
    pub merge: bool,
}

impl Default for BulkOptions {
    fn default() -> BulkOptions {
        BulkOptions { threads: 0, memory: 256 << 20, merge: true }
    }
}

/// A row that is not a document of this index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Number of the row in the order given, from 0.
    pub row: u64,
    /// What is wrong with it and what would be right.
    pub reason: String,
}

/// What a finished build made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// Documents in the new index.
    pub documents: u64,
    /// Rows that were rejected.
    pub rejected: u64,
    /// Bytes on disk.
    pub bytes: u64,
}

/// A bulk build under way.
pub struct BulkBuild {
    folder: PathBuf,
    building: PathBuf,
    layout: Layout,
    checker: DocumentChecker,
    key: String,
    writer: Option<IndexWriter>,
    /// Two hashes of each key and the row it came from: twenty-four bytes a document whatever the key's length.
    seen: HashMap<(u64, u64), u64>,
    hashers: [RandomState; 2],
    rows: u64,
    rejected: u64,
    /// The log's end when the build began; what is written later is replayed over the new generation.
    sequence: u64,
    merge: bool,
    committed: bool,
    _lock: Lock,
}

impl BulkBuild {
    /// Begins a build of `name` in its folder, which need not exist yet.
    pub(crate) fn start(name: &str, folder: &Path, definition: &IndexDefinition, options: &BulkOptions) -> Result<BulkBuild> {
        fs::create_dir_all(folder).map_err(Error::at(folder))?;
        let lock = Lock::try_take(&folder.join("build.lock"))?.ok_or_else(|| Error::BuildRunning(name.to_owned()))?;
        let log_folder = folder.join("log");
        let committed = match files::current(folder)? {
            Some(current) => Generation::open(name, &folder.join(current)).and_then(|generation| generation.committed()).unwrap_or(0),
            None => 0,
        };
        let sequence = tutti_wal::last_sequence(&log_folder).map_err(Error::at(&log_folder))?.max(committed);
        let building = folder.join("gen-new.building");
        if building.exists() {
            fs::remove_dir_all(&building).map_err(Error::at(&building))?;
        }
        let fields = Fields::new(&Arc::new(definition.clone()))?;
        let layout = Generation::create(&building, &fields)?;
        let index = tantivy::Index::open_in_dir(&building)?;
        generation::register_analyzers(&index, definition, &layout)?;
        let threads = if options.threads == 0 { rayon::current_num_threads() } else { options.threads };
        let writer = index.writer_with_num_threads(threads, options.memory.max(16 << 20) * threads)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        Ok(BulkBuild {
            folder: folder.to_owned(),
            building,
            checker: DocumentChecker::new(definition),
            key: definition.key_field().map(|field| field.name.clone()).unwrap_or_default(),
            layout,
            writer: Some(writer),
            seen: HashMap::new(),
            hashers: [RandomState::new(), RandomState::new()],
            rows: 0,
            rejected: 0,
            sequence,
            merge: options.merge,
            committed: false,
            _lock: lock,
        })
    }

    /// Adds rows of JSON text, one object each. Returns the rejected ones.
    ///
    /// # Errors
    /// The disk fails. A row that is no document of this index is no error: it is returned.
    pub fn add_sources<T: AsRef<[u8]> + Sync>(&mut self, rows: &[T]) -> Result<Vec<Rejected>> {
        let made: Vec<_> = rows
            .par_iter()
            .with_min_len(64)
            .map(|row| {
                let source = row.as_ref();
                let text = std::str::from_utf8(source)
                    .map_err(|error| format!("not UTF-8: byte {} of the row is part of no character", error.valid_up_to()))?;
                let document: Map<String, Value> = serde_json::from_str(text).map_err(|error| format!("not a JSON object: {error}"))?;
                self.make(&document, source)
            })
            .collect();
        self.take(made)
    }

    /// Adds documents that are parsed already. Returns the rejected ones.
    ///
    /// # Errors
    /// The disk fails. A row that is no document of this index is no error: it is returned.
    pub fn add_documents(&mut self, rows: &[Map<String, Value>]) -> Result<Vec<Rejected>> {
        let make = |document: &Map<String, Value>| {
            let source = serde_json::to_vec(document).map_err(|error| error.to_string())?;
            self.make(document, &source)
        };
        let made: Vec<_> = rows.par_iter().with_min_len(64).map(make).collect();
        self.take(made)
    }

    /// Rows taken so far, rejected ones included.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Rows rejected so far.
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    /// Commits what was taken; only [`BulkBuild::finish`] is left to do, which does this itself when it was not done.
    ///
    /// # Errors
    /// The disk fails; the served index stays as it was.
    pub fn commit(mut self) -> Result<BulkBuild> {
        if let Some(writer) = &mut self.writer {
            let mut commit = writer.prepare_commit()?;
            commit.set_payload(&self.sequence.to_string());
            commit.commit()?;
            self.committed = true;
        }
        Ok(self)
    }

    /// Commits, merges, and makes the new index the served one in one step.
    ///
    /// # Errors
    /// The disk fails; the served index stays as it was.
    pub fn finish(self) -> Result<Built> {
        let mut build = if self.committed { self } else { self.commit()? };
        build.swap_in()
    }

    fn swap_in(&mut self) -> Result<Built> {
        let Some(mut writer) = self.writer.take() else { return Ok(Built::default()) };
        let segments = writer.index().searchable_segment_ids()?;
        if self.merge && segments.len() > 1 {
            writer.merge(&segments).wait()?;
            writer.garbage_collect_files().wait()?;
        }
        let documents = writer.index().searchable_segment_metas()?.iter().map(|meta| u64::from(meta.num_docs())).sum();
        writer.wait_merging_threads()?;
        let name = self.folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        Generation::open(name, &self.building)?.prepare_vectors()?;
        let mut bytes = 0;
        for entry in fs::read_dir(&self.building).map_err(Error::at(&self.building))? {
            bytes += entry.and_then(|entry| entry.metadata()).map_err(Error::at(&self.building))?.len();
        }
        files::swap_in(&self.folder, &self.building)?;
        Ok(Built { documents, rejected: self.rejected, bytes })
    }

    fn make(&self, document: &Map<String, Value>, source: &[u8]) -> Made {
        if let Err(mistakes) = self.checker.check(document) {
            let text: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
            return Err(text.join("; "));
        }
        let key = document.get(&self.key).and_then(Value::as_str).unwrap_or_default();
        let hash = (self.hashers[0].hash_one(key), self.hashers[1].hash_one(key));
        Ok((hash, document::build(&self.layout, key, document, source)))
    }

    /// Hands documents to the writer in row order; the first of several with one key is kept.
    fn take(&mut self, made: Vec<Made>) -> Result<Vec<Rejected>> {
        let mut rejected = Vec::new();
        let Some(writer) = &self.writer else { return Ok(rejected) };
        for result in made {
            let row = self.rows;
            self.rows += 1;
            let reason = match result {
                Ok((hash, document)) => match self.seen.entry(hash) {
                    Entry::Vacant(entry) => {
                        entry.insert(row);
                        writer.add_document(document)?;
                        continue;
                    }
                    Entry::Occupied(entry) => format!("its key was given before, in row {}", entry.get() + 1),
                },
                Err(reason) => reason,
            };
            rejected.push(Rejected { row, reason });
        }
        self.rejected += rejected.len() as u64;
        Ok(rejected)
    }
}

/// A document with the hashes of its key, or why the row is none.
type Made = std::result::Result<((u64, u64), TantivyDocument), String>;

impl Drop for BulkBuild {
    fn drop(&mut self) {
        drop(self.writer.take());
        let _ = fs::remove_dir_all(&self.building);
    }
}
