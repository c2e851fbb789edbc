//! The one writer of an index. A batch is checked, merged with what is there, appended to the document log and synced, and only
//! then acknowledged. The same operations go to tantivy's writer, whose next commit carries their log sequence; what a crash
//! takes from that writer the log gives back at the next start.
//!
//! Writes wait for a commit or a rebuild; readers do not ([`super::visible`]).

mod actions;
mod definition_change;
mod operations;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::{IndexWriter, Term};
use tutti_index_schema::IndexDefinition;
use tutti_wal::Log;

pub use actions::{Action, ActionKind, Done, Outcome, Refusal};
use operations::Operation;

use super::bulk::{BulkBuild, BulkOptions};
use super::document::{self, parse};
use super::files::{self, Lock};
use super::generation::{self, Generation};
use super::stored::each_source;
use super::visible::{Pending, PendingWrites, Visible};
use crate::error::{Error, Result};

/// Memory for documents that wait for a commit.
const WRITER_BYTES: usize = 64 << 20;

/// The owner of an index's log and of tantivy's writer.
pub(crate) struct Writer {
    name: String,
    folder: PathBuf,
    log: Log,
    visible: Arc<Visible>,
    /// Held while the definition or the visible state changes; taken before `state`.
    changing: Mutex<()>,
    state: Mutex<State>,
    _lock: Lock,
}

struct State {
    /// tantivy's writer; `None` before the first write and after a failure.
    tantivy: Option<IndexWriter>,
    /// The log sequence that the last commit holds.
    committed: u64,
    /// The index is being removed: nothing is written any more.
    closed: bool,
}

impl Writer {
    /// Opens the log and replays what it holds beyond the last commit.
    pub(super) fn open(name: &str, folder: &Path, visible: Arc<Visible>, lock: Lock) -> Result<Writer> {
        let committed = visible.generation().committed()?;
        let log_folder = folder.join("log");
        let writer = Writer {
            name: name.to_owned(),
            folder: folder.to_owned(),
            log: Log::open(&log_folder, committed).map_err(Error::at(&log_folder))?,
            visible,
            changing: Mutex::default(),
            state: Mutex::new(State { tantivy: None, committed, closed: false }),
            _lock: lock,
        };
        writer.restore(&mut writer.state())?;
        writer.refresh()?;
        files::remove_others(folder, &writer.visible.generation().name)?;
        Ok(writer)
    }

    /// See [`super::Index::write`].
    pub(super) fn write(&self, batch: &[Action]) -> Result<Vec<Outcome>> {
        let (outcomes, sequence) = {
            let mut state = self.state();
            if state.closed {
                return Err(Error::NoSuchIndex(self.name.clone()));
            }
            let generation = self.visible.generation();
            let mut operations: Vec<Operation> = Vec::with_capacity(batch.len());
            let mut staged: HashMap<String, Option<Arc<[u8]>>> = HashMap::new();
            let mut outcomes = Vec::with_capacity(batch.len());
            for action in batch {
                outcomes.push(actions::stage(&generation, |key| self.visible.source(key), &mut staged, &mut operations, action)?);
            }
            if operations.is_empty() {
                return Ok(outcomes);
            }
            let sequence =
                operations::encode(&operations).and_then(|record| self.log.append(&record)).map_err(Error::at(&self.folder.join("log")))?;
            self.visible.add(staged.into_iter().map(|(key, source)| (key, Pending { sequence, source })).collect());
            self.feed(&mut state, &operations)?;
            (outcomes, sequence)
        };
        self.log.sync(sequence).map_err(Error::at(&self.folder.join("log")))?;
        Ok(outcomes)
    }

    /// See [`super::Index::refresh`].
    pub(super) fn refresh(&self) -> Result<bool> {
        let _changing = self.changing();
        self.refresh_while_changing()
    }

    fn refresh_while_changing(&self) -> Result<bool> {
        let swapped = self.take_up()?;
        let generation = self.visible.generation();
        let last = {
            let mut state = self.state();
            if !self.visible.has_pending() || state.closed {
                return Ok(swapped);
            }
            let last = self.log.last();
            self.commit_or_give_up(&mut state, last)?;
            last
        };
        // May take a while after a large merge; writing goes on meanwhile.
        generation.prepare_vectors()?;
        {
            let mut state = self.state();
            // Visible before it is no longer pending: a look-up finds a document in one place or the other.
            generation.reload()?;
            self.visible.forget(last);
            state.committed = last;
        }
        generation.remove_old_vectors()?;
        self.forget_log(last)?;
        Ok(true)
    }

    /// See [`super::Index::update_definition`].
    pub(super) fn update_definition(&self, definition: &IndexDefinition, seen: Option<u64>) -> Result<()> {
        let _changing = self.changing();
        self.refresh_while_changing()?;
        let mut state = self.state();
        if state.closed {
            return Err(Error::NoSuchIndex(self.name.clone()));
        }
        // Also what was written since: a rebuild reads what is committed, and what it makes counts as holding the whole log.
        self.commit_pending(&mut state)?;
        let generation = self.visible.generation();
        if seen.is_some_and(|seen| seen != generation.revision) {
            return Err(Error::Changed(self.name.clone()));
        }
        definition_change::check(&generation.definition, definition)
            .map_err(|what| Error::CannotChange { index: self.name.clone(), what })?;
        state.tantivy = None;
        let fresh = match generation.allocation.refit(definition) {
            Some(allocation) => {
                generation::write_manifest(&generation.folder, definition, &allocation)?;
                Generation::open(&self.name, &generation.folder)?
            }
            None => self.rebuild(&generation, definition)?,
        };
        let name = fresh.name.clone();
        let pending = self.replay(&mut state, &fresh)?;
        self.visible.swap(fresh, pending);
        files::remove_others(&self.folder, &name)
    }

    /// Builds the index anew from its stored documents.
    fn rebuild(&self, generation: &Generation, definition: &IndexDefinition) -> Result<Generation> {
        let mut build = BulkBuild::start(&self.name, &self.folder, definition, &BulkOptions::default())?;
        each_source(generation, &generation.searcher(), |sources| {
            let rejected = build.add_sources(sources)?;
            match rejected.first() {
                Some(row) => {
                    Err(Error::CannotChange { index: self.name.clone(), what: format!("a stored document does not fit: {}", row.reason) })
                }
                None => Ok(()),
            }
        })?;
        build.finish()?;
        Generation::open_current(&self.name, &self.folder)
    }

    /// See [`super::Index::close`].
    pub(super) fn close(&self) {
        let _changing = self.changing();
        let mut state = self.state();
        state.closed = true;
        state.tantivy = None;
        self.visible.clear();
    }

    /// Commits what was written, when there is anything, and makes it visible at once.
    fn commit_pending(&self, state: &mut State) -> Result<()> {
        if !self.visible.has_pending() || state.closed {
            return Ok(());
        }
        let last = self.log.last();
        self.commit_or_give_up(state, last)?;
        self.visible.generation().reload()?;
        self.visible.clear();
        state.committed = last;
        Ok(())
    }

    /// Commits; on failure tantivy's writer is lost, but the log has everything and the next refresh starts from there.
    fn commit_or_give_up(&self, state: &mut State, last: u64) -> Result<()> {
        let done = self.commit(state, last);
        if done.is_err() {
            state.tantivy = None;
        }
        done
    }

    fn commit(&self, state: &mut State, sequence: u64) -> Result<()> {
        if state.tantivy.is_none() {
            self.restore(state)?;
        }
        if let Some(writer) = &mut state.tantivy {
            let mut commit = writer.prepare_commit()?;
            commit.set_payload(&sequence.to_string());
            commit.commit()?;
        }
        Ok(())
    }

    /// Opens the generation that CURRENT names now when it is another one, with what was written since its build began.
    fn take_up(&self) -> Result<bool> {
        if files::current(&self.folder)?.is_none_or(|name| name == self.visible.generation().name) {
            return Ok(false);
        }
        let fresh = Generation::open_current(&self.name, &self.folder)?;
        let name = fresh.name.clone();
        tracing::info!(index = %self.name, generation = %name, documents = fresh.searcher().num_docs(), "a new build is served");
        {
            let mut state = self.state();
            state.tantivy = None;
            state.committed = fresh.committed()?;
            let pending = self.replay(&mut state, &fresh)?;
            self.visible.swap(fresh, pending);
        }
        files::remove_others(&self.folder, &name)?;
        Ok(true)
    }

    /// Hands operations to tantivy's writer; one that was lost is made anew from the log, which holds these operations already.
    fn feed(&self, state: &mut State, operations: &[Operation]) -> Result<()> {
        if state.tantivy.is_none() {
            return self.restore(state);
        }
        if let Err(error) = self.apply(state, &self.visible.generation(), operations) {
            tracing::warn!(index = %self.name, %error, "the writer failed; the log keeps what was written");
            state.tantivy = None;
        }
        Ok(())
    }

    /// Gives tantivy's writer and the readers what the log holds beyond the last commit.
    fn restore(&self, state: &mut State) -> Result<()> {
        let pending = self.replay(state, &self.visible.generation())?;
        self.visible.add(pending);
        Ok(())
    }

    /// Feeds tantivy's writer of a generation what the log holds beyond the last commit, and returns it.
    fn replay(&self, state: &mut State, generation: &Generation) -> Result<PendingWrites> {
        let folder = self.folder.join("log");
        let mut pending = PendingWrites::new();
        let mut failure = None;
        let replayed = tutti_wal::replay(&folder, state.committed, |sequence, record| {
            let operations = operations::decode(record)?;
            for operation in &operations {
                let (key, source) = match operation {
                    Operation::Put { key, source } => (key, Some(Arc::clone(source))),
                    Operation::Delete { key } => (key, None),
                };
                pending.insert(key.clone(), Pending { sequence, source });
            }
            self.apply(state, generation, &operations).map_err(|error| {
                let text = error.to_string();
                failure = Some(error);
                std::io::Error::other(text)
            })
        });
        match (replayed, failure) {
            (_, Some(error)) => Err(error),
            (Err(error), None) => Err(Error::at(&folder)(error)),
            (Ok(_), None) => Ok(pending),
        }
    }

    fn apply(&self, state: &mut State, generation: &Generation, operations: &[Operation]) -> Result<()> {
        if state.tantivy.is_none() {
            state.tantivy = Some(generation.index.writer_with_num_threads(1, WRITER_BYTES)?);
        }
        let Some(writer) = &state.tantivy else { return Ok(()) };
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

    /// Drops log files that are committed, unless a bulk build is running that may still need them.
    fn forget_log(&self, committed: u64) -> Result<()> {
        if Lock::try_take(&self.folder.join("build.lock"))?.is_some() {
            let folder = self.folder.join("log");
            self.log.rotate().and_then(|()| self.log.forget(committed)).map_err(Error::at(&folder))?;
        }
        Ok(())
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
