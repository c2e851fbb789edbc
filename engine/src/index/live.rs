//! An open index: searched by many, written by one process.
//!
//! A batch is checked, merged with what is there, appended to the document log and synced, and only then acknowledged.
//! The same operations go to tantivy's writer, whose next commit carries their log sequence; what a crash takes from the
//! writer the log gives back at the next start.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use serde_json::{Map, Value};
use tantivy::{IndexWriter, Term};
use tutti_index_schema::{DocumentError, Field, IndexDefinition};
use tutti_wal::Log;

use super::actions::{Action, ActionKind, Outcome, stage};
use super::analysis::{self, AnalyzeWith, Token};
use super::bulk::{BulkBuild, BulkOptions};
use super::document;
use super::generation::{self, Generation, Lock};
use super::operations::{self, Operation};
use super::stored::{each_source, parse, stored};
use super::synonym_maps::SynonymMaps;
use crate::error::{Error, Result};

/// Memory for documents that wait for a commit.
const WRITER_BYTES: usize = 64 << 20;

/// How an index is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Searches only; what a running server has not committed yet is not seen.
    Read,
    /// Searches and writes; one process at a time.
    Write,
    /// Writes when no other process does, else reads.
    WriteIfFree,
}

/// An open index.
pub struct Index {
    name: String,
    folder: PathBuf,
    current: RwLock<Arc<Generation>>,
    writing: Option<Writing>,
    /// The synonym maps that fields may name.
    pub(crate) synonyms: Arc<SynonymMaps>,
}

struct Writing {
    log: Log,
    /// Held while the definition or the visible state changes; taken before `state`.
    changing: Mutex<()>,
    state: Mutex<State>,
    _lock: Lock,
}

struct State {
    writer: Option<IndexWriter>,
    /// What was written and is not visible yet, by key.
    pending: HashMap<String, Pending>,
    committed: u64,
    /// The index is being removed: nothing is written any more.
    closed: bool,
}

/// The last thing written under a key.
struct Pending {
    /// Where the log has it.
    sequence: u64,
    /// The document's text; `None` is a deletion.
    source: Option<Arc<[u8]>>,
}

impl Index {
    /// Opens the index in `folder`, replaying what its log holds beyond the last commit when it may write.
    pub(crate) fn open(name: &str, folder: &Path, access: Access, synonyms: &Arc<SynonymMaps>) -> Result<Index> {
        let lock = match access {
            Access::Read => None,
            Access::Write | Access::WriteIfFree => Lock::try_take(&folder.join("writer.lock"))?,
        };
        if lock.is_none() && access == Access::Write {
            return Err(Error::ReadOnly(name.to_owned()));
        }
        let generation = open_current(name, folder)?;
        let mut index = Index {
            name: name.to_owned(),
            folder: folder.to_owned(),
            current: RwLock::new(Arc::new(generation)),
            writing: None,
            synonyms: Arc::clone(synonyms),
        };
        if let Some(lock) = lock {
            let committed = index.generation().committed()?;
            let log_folder = folder.join("log");
            let log = Log::open(&log_folder, committed).map_err(Error::at(&log_folder))?;
            let state = State { writer: None, pending: HashMap::new(), committed, closed: false };
            index.writing = Some(Writing { log, changing: Mutex::default(), state: Mutex::new(state), _lock: lock });
            let writing = index.writing()?;
            index.replay(&mut writing.state())?;
            index.refresh()?;
            generation::remove_others(folder, &index.generation().name)?;
        }
        Ok(index)
    }

    /// The index's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The definition in force.
    pub fn definition(&self) -> Arc<IndexDefinition> {
        Arc::clone(&self.generation().definition)
    }

    /// Whether this process may write.
    pub fn is_writable(&self) -> bool {
        self.writing.is_some()
    }

    /// The number of visible documents.
    pub fn count(&self) -> u64 {
        self.generation().searcher().num_docs()
    }

    /// Bytes of the served generation on disk.
    pub fn size(&self) -> Result<u64> {
        let folder = self.generation().folder.clone();
        let mut bytes = 0;
        for entry in std::fs::read_dir(&folder).map_err(Error::at(&folder))? {
            bytes += entry.and_then(|entry| entry.metadata()).map_err(Error::at(&folder))?.len();
        }
        Ok(bytes)
    }

    /// Carries out `batch` in order and returns what became of each action. When it returns, every action that was done
    /// is on disk; a search sees it after [`Index::refresh`].
    ///
    /// # Errors
    /// When the index is open for reading, or the disk fails: then nothing of the batch counts as acknowledged.
    pub fn write(&self, batch: &[Action]) -> Result<Vec<Outcome>> {
        let writing = self.writing()?;
        let (outcomes, sequence) = {
            let mut state = writing.state();
            if state.closed {
                return Err(Error::NoSuchIndex(self.name.clone()));
            }
            let generation = self.generation();
            let mut operations: Vec<Operation> = Vec::with_capacity(batch.len());
            let mut staged: HashMap<String, Option<Arc<[u8]>>> = HashMap::new();
            let mut outcomes = Vec::with_capacity(batch.len());
            for action in batch {
                outcomes.push(stage(&generation, |key| lookup(&generation, &state, key), &mut staged, &mut operations, action)?);
            }
            if operations.is_empty() {
                return Ok(outcomes);
            }
            let sequence = operations::encode(&operations)
                .and_then(|record| writing.log.append(&record))
                .map_err(Error::at(&self.folder.join("log")))?;
            state.pending.extend(staged.into_iter().map(|(key, source)| (key, Pending { sequence, source })));
            self.feed(&mut state, &operations)?;
            (outcomes, sequence)
        };
        writing.log.sync(sequence).map_err(Error::at(&self.folder.join("log")))?;
        Ok(outcomes)
    }

    /// The document with this key as last written, visible to searches or not. `None` when there is none.
    pub fn get(&self, key: &str) -> Result<Option<Map<String, Value>>> {
        let source = match &self.writing {
            Some(writing) => {
                let state = writing.state();
                lookup(&self.generation(), &state, key)?
            }
            None => {
                let generation = self.generation();
                stored(&generation, &generation.searcher(), key)?
            }
        };
        source.map(|source| parse(&self.name, &source)).transpose()
    }

    /// Commits what was written and makes it visible, and takes up a generation that a bulk build swapped in. Cheap when
    /// there is nothing to do. Returns whether anything changed.
    pub fn refresh(&self) -> Result<bool> {
        let Some(writing) = &self.writing else {
            let swapped = self.take_up()?;
            let generation = self.generation();
            let before = generation.searcher().generation().generation_id();
            generation.reload()?;
            return Ok(swapped || generation.searcher().generation().generation_id() != before);
        };
        let _changing = writing.changing();
        self.refresh_while_changing(writing)
    }

    fn refresh_while_changing(&self, writing: &Writing) -> Result<bool> {
        let swapped = self.take_up()?;
        let generation = self.generation();
        let last = {
            let mut state = writing.state();
            if state.pending.is_empty() || state.closed {
                return Ok(swapped);
            }
            let last = writing.log.last();
            self.commit_or_give_up(&mut state, last)?;
            last
        };
        // May take a while after a large merge; writing goes on meanwhile.
        generation.prepare_vectors()?;
        {
            let mut state = writing.state();
            // Visible before it is no longer pending: a look-up finds a document in one place or the other.
            generation.reload()?;
            state.pending.retain(|_, pending| pending.sequence > last);
            state.committed = last;
        }
        generation.remove_old_vectors()?;
        self.forget(last)?;
        Ok(true)
    }

    /// Commits what was written, when there is anything, and makes it visible at once.
    fn commit_pending(&self, writing: &Writing, state: &mut State) -> Result<()> {
        if state.pending.is_empty() || state.closed {
            return Ok(());
        }
        let last = writing.log.last();
        self.commit_or_give_up(state, last)?;
        self.generation().reload()?;
        state.pending.clear();
        state.committed = last;
        Ok(())
    }

    /// Commits; on failure the writer is lost, but the log has everything and the next refresh starts from there.
    fn commit_or_give_up(&self, state: &mut State, last: u64) -> Result<()> {
        let done = self.commit(state, last);
        if done.is_err() {
            state.writer = None;
        }
        done
    }

    /// Bytes of the files that vectors are searched in.
    pub fn vector_bytes(&self) -> Result<u64> {
        self.generation().vectors.bytes()
    }

    /// Ends writing for good, before the files are removed.
    pub(crate) fn close(&self) -> Result<()> {
        let writing = self.writing()?;
        let _changing = writing.changing();
        let mut state = writing.state();
        state.closed = true;
        state.writer = None;
        state.pending.clear();
        Ok(())
    }

    /// A number that is another one after every change of the definition.
    pub fn revision(&self) -> u64 {
        self.generation().revision
    }

    /// Every mistake in what an action brings: for a delete only the key is looked at.
    pub fn mistakes(&self, action: &Action) -> Vec<DocumentError> {
        let generation = self.generation();
        if action.kind != ActionKind::Delete {
            return generation.checker.check(&action.document).err().unwrap_or_default();
        }
        let key = generation.definition.key_field().map_or("", |field| field.name.as_str());
        let alone: Map<String, Value> =
            action.document.iter().filter(|(name, _)| *name == key).map(|(n, v)| (n.clone(), v.clone())).collect();
        generation.checker.check(&alone).err().unwrap_or_default()
    }

    /// The tokens that an analyzer, a chain of parts or a normalizer makes of a text.
    pub fn analyze(&self, with: &AnalyzeWith, text: &str) -> Result<Vec<Token>> {
        Ok(analysis::analyze(with, text, &self.definition())?)
    }

    /// Changes the definition. Fields may be added, and attributes changed that nothing stored depends on; when the index
    /// has no free slots left it is rebuilt from its stored documents before this returns.
    ///
    /// # Errors
    /// `CannotChange` for anything else; `Changed` when `seen` is given and is not the revision any more.
    pub fn update_definition(&self, definition: &IndexDefinition, seen: Option<u64>) -> Result<()> {
        let writing = self.writing()?;
        self.synonyms.check(definition)?;
        let _changing = writing.changing();
        self.refresh_while_changing(writing)?;
        let mut state = writing.state();
        if state.closed {
            return Err(Error::NoSuchIndex(self.name.clone()));
        }
        // Also what was written since: a rebuild reads what is committed, and what it makes counts as holding the whole log.
        self.commit_pending(writing, &mut state)?;
        let generation = self.generation();
        if seen.is_some_and(|seen| seen != generation.revision) {
            return Err(Error::Changed(self.name.clone()));
        }
        for (path, old) in generation.definition.flattened() {
            let refused =
                |what: &str| Error::CannotChange { index: self.name.clone(), what: format!("field `{path}` {what}; build the index anew") };
            match definition.field(&path) {
                None => return Err(refused("would be removed")),
                Some(new) => fixed_attributes(old, new).map_err(|what| refused(&what))?,
            }
        }
        state.writer = None;
        match generation.board.refit(definition) {
            Some(board) => {
                generation::write_manifest(&generation.folder, definition, &board)?;
                self.set_generation(Generation::open(&self.name, &generation.folder)?);
            }
            None => {
                let mut build = BulkBuild::start(&self.name, &self.folder, definition, &BulkOptions::default())?;
                each_source(&generation, |sources| {
                    let rejected = build.add_sources(sources)?;
                    match rejected.first() {
                        Some(row) => Err(Error::CannotChange {
                            index: self.name.clone(),
                            what: format!("a stored document does not fit: {}", row.reason),
                        }),
                        None => Ok(()),
                    }
                })?;
                build.finish()?;
                self.set_generation(open_current(&self.name, &self.folder)?);
                generation::remove_others(&self.folder, &self.generation().name)?;
            }
        }
        self.replay(&mut state)
    }

    pub(crate) fn generation(&self) -> Arc<Generation> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set_generation(&self, generation: Generation) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(generation);
    }

    fn writing(&self) -> Result<&Writing> {
        self.writing.as_ref().ok_or_else(|| Error::ReadOnly(self.name.clone()))
    }

    /// Opens the generation that CURRENT names now when it is another one, with what was written since its build began.
    fn take_up(&self) -> Result<bool> {
        if generation::current(&self.folder)?.is_none_or(|name| name == self.generation().name) {
            return Ok(false);
        }
        let fresh = open_current(&self.name, &self.folder)?;
        tracing::info!(index = %self.name, generation = %fresh.name, documents = fresh.searcher().num_docs(), "a new build is served");
        match &self.writing {
            None => self.set_generation(fresh),
            Some(writing) => {
                let mut state = writing.state();
                state.writer = None;
                state.pending.clear();
                state.committed = fresh.committed()?;
                self.set_generation(fresh);
                self.replay(&mut state)?;
                let keep = self.generation().name.clone();
                drop(state);
                generation::remove_others(&self.folder, &keep)?;
            }
        }
        Ok(true)
    }

    /// Feeds the writer what the log holds beyond the last commit.
    fn replay(&self, state: &mut State) -> Result<()> {
        let folder = self.folder.join("log");
        let mut failure = None;
        let replayed = tutti_wal::replay(&folder, state.committed, |sequence, record| {
            let operations = operations::decode(record)?;
            for operation in &operations {
                let (key, source) = match operation {
                    Operation::Put { key, source } => (key, Some(Arc::clone(source))),
                    Operation::Delete { key } => (key, None),
                };
                state.pending.insert(key.clone(), Pending { sequence, source });
            }
            self.apply(state, &operations).map_err(|error| {
                let text = error.to_string();
                failure = Some(error);
                std::io::Error::other(text)
            })
        });
        match (replayed, failure) {
            (_, Some(error)) => Err(error),
            (Err(error), None) => Err(Error::at(&folder)(error)),
            (Ok(_), None) => Ok(()),
        }
    }

    /// Hands operations to the writer; one that was lost is made anew from the log, which holds these operations already.
    fn feed(&self, state: &mut State, operations: &[Operation]) -> Result<()> {
        if state.writer.is_none() {
            return self.replay(state);
        }
        if let Err(error) = self.apply(state, operations) {
            tracing::warn!(index = %self.name, %error, "the writer failed; the log keeps what was written");
            state.writer = None;
        }
        Ok(())
    }

    fn apply(&self, state: &mut State, operations: &[Operation]) -> Result<()> {
        let generation = self.generation();
        if state.writer.is_none() {
            state.writer = Some(generation.index.writer_with_num_threads(1, WRITER_BYTES)?);
        }
        let Some(writer) = &state.writer else { return Ok(()) };
        for operation in operations {
            match operation {
                Operation::Put { key, source } => {
                    writer.delete_term(Term::from_field_text(generation.layout.key, key));
                    let document = parse(&self.name, source)?;
                    writer.add_document(document::build(&generation.layout, key, &document, source))?;
                }
                Operation::Delete { key } => {
                    writer.delete_term(Term::from_field_text(generation.layout.key, key));
                }
            }
        }
        Ok(())
    }

    fn commit(&self, state: &mut State, sequence: u64) -> Result<()> {
        if state.writer.is_none() {
            self.replay(state)?;
        }
        if let Some(writer) = &mut state.writer {
            let mut commit = writer.prepare_commit()?;
            commit.set_payload(&sequence.to_string());
            commit.commit()?;
        }
        Ok(())
    }

    /// Drops log files that are committed, unless a bulk build is running that may still need them.
    fn forget(&self, committed: u64) -> Result<()> {
        let writing = self.writing()?;
        if Lock::try_take(&self.folder.join("build.lock"))?.is_some() {
            let folder = self.folder.join("log");
            writing.log.rotate().and_then(|()| writing.log.forget(committed)).map_err(Error::at(&folder))?;
        }
        Ok(())
    }
}

impl Writing {
    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens the generation CURRENT names; a swap between the two steps is tried again.
fn open_current(name: &str, folder: &Path) -> Result<Generation> {
    let mut tries = 0;
    loop {
        let current = generation::current(folder)?.ok_or_else(|| Error::NoSuchIndex(name.to_owned()))?;
        match Generation::open(name, &folder.join(&current)) {
            Err(_) if tries < 3 && generation::current(folder)?.is_some_and(|now| now != current) => tries += 1,
            other => return other,
        }
    }
}

/// What of a field may not change while documents are stored, and would.
fn fixed_attributes(old: &Field, new: &Field) -> std::result::Result<(), String> {
    if new.field_type != old.field_type || new.dimensions != old.dimensions {
        return Err(format!("would change its type from {} to {}", old.field_type, new.field_type));
    }
    let flags = |field: &Field| {
        [
            ("key", field.key),
            ("searchable", field.searchable),
            ("filterable", field.filterable),
            ("sortable", field.sortable),
            ("facetable", field.facetable),
        ]
    };
    if let Some((name, _)) = flags(old).into_iter().zip(flags(new)).find(|(old, new)| old != new).map(|(old, _)| old) {
        return Err(format!("would change `{name}`"));
    }
    let indexing = |field: &Field| (field.analyzer.clone().or_else(|| field.index_analyzer.clone()), field.normalizer.clone());
    if indexing(old) != indexing(new) {
        return Err("would change how its text is analysed".to_owned());
    }
    Ok(())
}

fn lookup(generation: &Generation, state: &State, key: &str) -> Result<Option<Arc<[u8]>>> {
    match state.pending.get(key) {
        Some(known) => Ok(known.source.clone()),
        None => stored(generation, &generation.searcher(), key),
    }
}
