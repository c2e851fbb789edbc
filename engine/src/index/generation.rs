//! One built state of an index on disk, and the step from one to the next.
//!
//! ```text
//! indexes/songs/CURRENT            the name of the generation that is served
//!               gen-000001/        tantivy's files and index.json: definition and slots
//!               gen-000002.building/   a bulk build, invisible until it is renamed and CURRENT points to it
//!               rules.json         rules of searches (curation), kept by bulk builds
//!               log/               the document log, shared by all generations
//!               writer.lock        held by the process that may write
//!               build.lock         held by a running bulk build; the log keeps everything meanwhile
//! ```
//!
//! CURRENT and index.json are replaced by rename, so a reader sees the old state or the new one.

use std::collections::HashMap;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use serde::{Deserialize, Serialize};
use tantivy::index::SegmentId;
use tantivy::schema::Field as Slot;
use tantivy::{IndexReader, ReloadPolicy, Searcher, SegmentReader};
use tutti_index_schema::{DocumentChecker, IndexDefinition};

use super::analysis::{self, DEFAULT_ANALYZER};
use super::columns::Columns;
use super::fields::Fields;
use super::files;
use super::layout::{Layout, SUGGEST_TOKENIZER, SlotAllocation};
use super::synonyms::SynonymTables;
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
    /// Its name on disk is older than this one.
    #[serde(rename = "board")]
    allocation: SlotAllocation,
}

/// An open generation: everything a search needs, none of what changes.
pub(crate) struct Generation {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) definition: Arc<IndexDefinition>,
    pub(crate) revision: u64,
    pub(crate) allocation: SlotAllocation,
    pub(crate) fields: Arc<Fields>,
    pub(crate) layout: Arc<Layout>,
    pub(crate) checker: DocumentChecker,
    pub(crate) index: tantivy::Index,
    reader: IndexReader,
    /// Documents with at least one token, per segment and text slot; counted once per segment, when first asked for.
    lengths: RwLock<HashMap<(SegmentId, Slot), u64>>,
    pub(crate) columns: Arc<Columns>,
    pub(crate) vectors: Vectors,
    /// Synonyms as the fields' analyzers see them.
    pub(crate) synonyms: SynonymTables,
}

impl Generation {
    /// Makes the files of an empty generation in `folder`, which must not exist, and says where its fields are.
    pub(crate) fn create(folder: &Path, fields: &Fields) -> Result<Layout> {
        fs::create_dir_all(folder).map_err(Error::at(folder))?;
        let allocation = SlotAllocation::new(fields.definition());
        let layout = Layout::new(fields, &allocation);
        tantivy::Index::create_in_dir(folder, layout.schema.clone())?;
        write_manifest(folder, fields.definition(), &allocation)?;
        Ok(layout)
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
        let definition = Arc::new(definition);
        let fields = Fields::new(&definition)?;
        let layout = Layout::new(&fields, &manifest.allocation);
        let index = tantivy::Index::open_in_dir(folder)?;
        register_analyzers(&index, &definition, &layout)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Generation {
            name: folder.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned(),
            folder: folder.to_owned(),
            checker: DocumentChecker::new(&definition),
            definition,
            fields: Arc::new(fields),
            revision: manifest.revision,
            allocation: manifest.allocation,
            vectors: Vectors::new(folder, layout.source),
            layout: Arc::new(layout),
            index,
            reader,
            lengths: RwLock::default(),
            columns: Arc::default(),
            synonyms: SynonymTables::default(),
        })
    }

    /// Opens the generation CURRENT names; a swap between the two steps is tried again.
    pub(crate) fn open_current(index_name: &str, folder: &Path) -> Result<Generation> {
        let mut tries = 0;
        loop {
            let current = files::current(folder)?.ok_or_else(|| Error::NoSuchIndex(index_name.to_owned()))?;
            match Generation::open(index_name, &folder.join(&current)) {
                Err(_) if tries < 3 && files::current(folder)?.is_some_and(|now| now != current) => tries += 1,
                other => return other,
            }
        }
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
                self.vectors.of(&reader, &field.info.path, vector)?;
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

/// Gives every text slot in use the analyzer its field names.
pub(crate) fn register_analyzers(index: &tantivy::Index, definition: &IndexDefinition, layout: &Layout) -> Result<()> {
    for (_, entry) in layout.schema.fields().filter(|(_, entry)| entry.name().starts_with("text")) {
        index.tokenizers().register(entry.name(), analysis::analyzer("keyword", definition)?.text_analyzer());
    }
    index.tokenizers().register(SUGGEST_TOKENIZER, analysis::word_pairs(analysis::analyzer(DEFAULT_ANALYZER, definition)?.text_analyzer()));
    for field in layout.fields() {
        let Some(text) = &field.text else { continue };
        let named = &field.info.definition;
        let name = named.index_analyzer.as_deref().or(named.analyzer.as_deref()).unwrap_or(DEFAULT_ANALYZER);
        let analyzer = analysis::analyzer(name, definition)?.text_analyzer();
        let analyzer = if field.info.multi_valued { analysis::multi_value(analyzer) } else { analyzer };
        index.tokenizers().register(&text.name, analyzer);
    }
    Ok(())
}

/// Replaces `index.json` of a generation.
pub(crate) fn write_manifest(folder: &Path, definition: &IndexDefinition, allocation: &SlotAllocation) -> Result<()> {
    let definition = definition.to_json();
    // Random, so that an index that is made anew does not look like the one before.
    let revision = RandomState::new().hash_one(definition.to_string());
    let manifest = Manifest { format: FORMAT, revision, definition, allocation: allocation.clone() };
    let path = folder.join("index.json");
    let bytes = serde_json::to_vec_pretty(&manifest).map_err(io::Error::other).map_err(Error::at(&path))?;
    tutti_wal::replace_file(&path, |file| file.write_all(&bytes)).map_err(Error::at(&path))
}
