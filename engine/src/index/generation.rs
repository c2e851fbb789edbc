//! One built state of an index on disk, and the step from one to the next.
//!
//! ```text
//! indexes/songs/CURRENT            the name of the generation that is served
//!               gen-000001/        tantivy's files and index.json: definition and slots
//!               gen-000002.building/   a bulk build, invisible until it is renamed and CURRENT points to it
//!               log/               the document log, shared by all generations
//!               writer.lock        held by the process that may write
//!               build.lock         held by a running bulk build; the log keeps everything meanwhile
//! ```
//!
//! CURRENT and index.json are replaced by rename, so a reader sees the old state or the new one.

use std::collections::HashMap;
use std::fs::{self, File};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use serde::{Deserialize, Serialize};
use tantivy::index::SegmentId;
use tantivy::schema::Field as Slot;
use tantivy::{IndexReader, ReloadPolicy, Searcher, SegmentReader};
use tutti_index_schema::{DocumentChecker, IndexDefinition};

use super::analysis::{self, Analyzer};
use super::columns::Columns;
use super::layout::{Board, Layout, SUGGEST_TOKENIZER};
use super::synonym_table::Tables;
use super::vectors::Vectors;
use crate::error::{Error, Result};

const FORMAT: u32 = 1;

/// What `index.json` holds.
#[derive(Serialize, Deserialize)]
struct Manifest {
    /// Version of this file and of the folder's layout.
    format: u32,
    /// Another number after every change of the definition.
    #[serde(default)]
    revision: u64,
    definition: serde_json::Value,
    board: Board,
}

/// An open generation: everything a search needs, none of what changes.
pub(crate) struct Generation {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) definition: Arc<IndexDefinition>,
    pub(crate) revision: u64,
    pub(crate) board: Board,
    pub(crate) layout: Arc<Layout>,
    pub(crate) checker: DocumentChecker,
    pub(crate) index: tantivy::Index,
    reader: IndexReader,
    /// Query-side analyzers, by position in `layout.fields`.
    pub(crate) analyzers: Vec<Option<Analyzer>>,
    /// Documents with at least one token, per segment and text slot; counted once per segment, when first asked for.
    lengths: RwLock<HashMap<(SegmentId, Slot), u64>>,
    pub(crate) columns: Arc<Columns>,
    pub(crate) vectors: Vectors,
    /// Synonyms as the fields' analyzers see them.
    pub(crate) synonyms: Tables,
}

impl Generation {
    /// Makes the files of an empty generation in `folder`, which must not exist.
    pub(crate) fn create(folder: &Path, definition: &IndexDefinition, board: &Board) -> Result<()> {
        fs::create_dir_all(folder).map_err(Error::at(folder))?;
        let layout = Layout::new(definition, board)?;
        tantivy::Index::create_in_dir(folder, layout.schema)?;
        write_manifest(folder, definition, board)
    }

    /// Opens `folder`. Work is proportional to the number of segments, not of documents.
    pub(crate) fn open(index_name: &str, folder: &Path) -> Result<Generation> {
        let damaged = |what: String| Error::Damaged { index: index_name.to_owned(), what };
        let path = folder.join("index.json");
        let bytes = fs::read(&path).map_err(Error::at(&path))?;
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| damaged(format!("index.json: {error}")))?;
        if manifest.format != FORMAT {
            return Err(damaged(format!("its format is {}, this program reads {FORMAT}", manifest.format)));
        }
        let definition = IndexDefinition::from_value(&manifest.definition).map_err(|error| damaged(format!("index.json: {error}")))?;
        let layout = Layout::new(&definition, &manifest.board)?;
        let index = tantivy::Index::open_in_dir(folder)?;
        register_analyzers(&index, &definition, &layout)?;
        let mut analyzers = Vec::with_capacity(layout.fields.len());
        for field in &layout.fields {
            let name = field.field.search_analyzer.as_deref().or(field.field.analyzer.as_deref()).unwrap_or(DEFAULT_ANALYZER);
            analyzers.push(match field.text {
                Some(_) => Some(analysis::analyzer(name, &definition)?),
                None => None,
            });
        }
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Generation {
            name: folder.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned(),
            folder: folder.to_owned(),
            checker: DocumentChecker::new(&definition),
            definition: Arc::new(definition),
            revision: manifest.revision,
            board: manifest.board,
            vectors: Vectors::new(folder, layout.source),
            layout: Arc::new(layout),
            index,
            reader,
            analyzers,
            lengths: RwLock::default(),
            columns: Arc::default(),
            synonyms: Tables::default(),
        })
    }

    /// The last committed state.
    pub(crate) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// Makes the last commit visible to new searchers.
    pub(crate) fn reload(&self) -> Result<()> {
        self.reader.reload()?;
        let alive: Vec<_> = self.searcher().segment_readers().iter().map(SegmentReader::segment_id).collect();
        self.lengths.write().unwrap_or_else(std::sync::PoisonError::into_inner).retain(|(segment, _), _| alive.contains(segment));
        self.columns.retain(&alive);
        self.vectors.retain(&alive);
        Ok(())
    }

    /// Makes the files of vectors that segments of the last commit lack, so that no search has to.
    pub(crate) fn prepare_vectors(&self) -> Result<()> {
        if self.layout.vectors().next().is_none() {
            return Ok(());
        }
        let mut ready: Vec<SegmentId> = Vec::new();
        loop {
            let segments = self.index.searchable_segments()?;
            // A merge may have ended meanwhile and made another one.
            let Some(next) = segments.iter().find(|segment| !ready.contains(&segment.id())) else { return Ok(()) };
            let reader = SegmentReader::open(next)?;
            for (field, vector) in self.layout.vectors() {
                self.vectors.of(&reader, &field.path, vector)?;
            }
            ready.push(next.id());
        }
    }

    /// Removes files of vectors that neither the last commit nor the present searcher has a use for.
    pub(crate) fn remove_old_vectors(&self) -> Result<()> {
        if self.layout.vectors().next().is_none() {
            return Ok(());
        }
        let mut alive = self.index.searchable_segment_ids()?;
        alive.extend(self.searcher().segment_readers().iter().map(SegmentReader::segment_id));
        self.vectors.remove_others(&alive)
    }

    /// Documents of a segment, deleted ones included, that have at least one token in a text slot. Lucene's `docCount`.
    pub(crate) fn documents_with(&self, reader: &SegmentReader, slot: Slot) -> Result<u64> {
        let key = (reader.segment_id(), slot);
        if let Some(count) = self.lengths.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(&key) {
            return Ok(*count);
        }
        let count = match reader.fieldnorms_readers().get_field(slot)? {
            Some(norms) => (0..reader.max_doc()).filter(|doc| norms.fieldnorm_id(*doc) > 0).count() as u64,
            None => 0,
        };
        self.lengths.write().unwrap_or_else(std::sync::PoisonError::into_inner).insert(key, count);
        Ok(count)
    }

    /// The log sequence that the last commit holds.
    pub(crate) fn committed(&self) -> Result<u64> {
        let payload = self.index.load_metas()?.payload;
        Ok(payload.and_then(|text| text.parse().ok()).unwrap_or(0))
    }
}

/// The analyzer of a searchable field that names none.
const DEFAULT_ANALYZER: &str = "standard.lucene";

/// Gives every text slot in use the analyzer its field names.
pub(crate) fn register_analyzers(index: &tantivy::Index, definition: &IndexDefinition, layout: &Layout) -> Result<()> {
    for (_, entry) in layout.schema.fields().filter(|(_, entry)| entry.name().starts_with("text")) {
        index.tokenizers().register(entry.name(), analysis::analyzer("keyword", definition)?.text_analyzer());
    }
    index.tokenizers().register(SUGGEST_TOKENIZER, analysis::word_pairs(analysis::analyzer(DEFAULT_ANALYZER, definition)?.text_analyzer()));
    for field in layout.searchable() {
        let name = field.field.index_analyzer.as_deref().or(field.field.analyzer.as_deref()).unwrap_or(DEFAULT_ANALYZER);
        let analyzer = analysis::analyzer(name, definition)?.text_analyzer();
        let analyzer = if field.many { analysis::multi_value(analyzer) } else { analyzer };
        if let Some(text) = &field.text {
            index.tokenizers().register(&text.name, analyzer);
        }
    }
    Ok(())
}

/// Replaces `index.json` of a generation.
pub(crate) fn write_manifest(folder: &Path, definition: &IndexDefinition, board: &Board) -> Result<()> {
    let definition = definition.to_json();
    // Random, so that an index that is made anew does not look like the one before.
    let revision = RandomState::new().hash_one(definition.to_string());
    let manifest = Manifest { format: FORMAT, revision, definition, board: board.clone() };
    let path = folder.join("index.json");
    let bytes = serde_json::to_vec_pretty(&manifest).map_err(io::Error::other).map_err(Error::at(&path))?;
    replace(&path, &bytes).map_err(Error::at(&path))
}

/// The served generation's folder name, or `None` when the index was never finished.
pub(crate) fn current(folder: &Path) -> Result<Option<String>> {
    let path = folder.join("CURRENT");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::at(&path)(error)),
    }
}

/// Makes a finished folder the served generation, in one step.
pub(crate) fn swap_in(folder: &Path, building: &Path) -> Result<String> {
    let number = numbers(folder)?.last().copied().unwrap_or(0) + 1;
    let name = format!("gen-{number:06}");
    let target = folder.join(&name);
    sync_folder(building)?;
    fs::rename(building, &target).map_err(Error::at(&target))?;
    sync_folder(folder)?;
    let path = folder.join("CURRENT");
    replace(&path, name.as_bytes()).map_err(Error::at(&path))?;
    Ok(name)
}

/// Removes generations other than `keep` and, when no build runs, what a killed build left.
pub(crate) fn remove_others(folder: &Path, keep: &str) -> Result<()> {
    let build = Lock::try_take(&folder.join("build.lock"))?;
    for entry in fs::read_dir(folder).map_err(Error::at(folder))? {
        let path = entry.map_err(Error::at(folder))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        // A finished generation that is not CURRENT may be one that is about to be: only a builder makes those.
        let stale = name.starts_with("gen-") && name != keep && build.is_some() && current(folder)?.as_deref() == Some(keep);
        if stale {
            fs::remove_dir_all(&path).map_err(Error::at(&path))?;
        }
    }
    Ok(())
}

fn numbers(folder: &Path) -> Result<Vec<u64>> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::at(folder))? {
        let name = entry.map_err(Error::at(folder))?.file_name();
        out.extend(name.to_str().and_then(|name| name.strip_prefix("gen-")).and_then(|number| number.parse::<u64>().ok()));
    }
    out.sort_unstable();
    Ok(out)
}

/// Replaces a small file so that a crash leaves the old content or the new.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = File::create(&beside)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|handle| handle.sync_all()).map_err(Error::at(folder))
}

/// A lock that the operating system drops with the process.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, or returns `None` when another process has it.
    pub(crate) fn try_take(path: &Path) -> Result<Option<Lock>> {
        let file = File::options().create(true).truncate(false).write(true).open(path).map_err(Error::at(path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(Error::at(path)(error)),
        }
    }
}
