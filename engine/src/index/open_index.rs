//! An open index: searched by many, written by one process.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};
use tutti_index_schema::{DocumentError, IndexDefinition};

use super::analysis::{self, AnalyzeWith, Token};
use super::document::parse;
use super::files::{self, Lock};
use super::generation::Generation;
use super::rules::RuleStore;
use super::synonyms::SynonymMaps;
use super::visible::Visible;
use super::writer::{Action, ActionKind, Outcome, Writer};
use crate::error::{Error, Result};

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

/// An open index. Readers and the writer do not wait for each other: a search or [`Index::get`] during a commit or a rebuild
/// answers from the state before it.
pub struct Index {
    name: String,
    folder: PathBuf,
    visible: Arc<Visible>,
    writer: Option<Writer>,
    synonyms: Arc<SynonymMaps>,
    rules: RuleStore,
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
        let visible = Arc::new(Visible::new(Generation::open_current(name, folder)?));
        let writer = lock.map(|lock| Writer::open(name, folder, Arc::clone(&visible), lock)).transpose()?;
        let rules = RuleStore::new(name, folder, access != Access::Read);
        Ok(Index { name: name.to_owned(), folder: folder.to_owned(), visible, writer, synonyms: Arc::clone(synonyms), rules })
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
        self.writer.is_some()
    }

    /// The number of visible documents.
    pub fn count(&self) -> u64 {
        self.generation().searcher().num_docs()
    }

    /// Bytes of the served generation on disk.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn size(&self) -> Result<u64> {
        let folder = self.generation().folder.clone();
        let mut bytes = 0;
        for entry in std::fs::read_dir(&folder).map_err(Error::at(&folder))? {
            bytes += entry.and_then(|entry| entry.metadata()).map_err(Error::at(&folder))?.len();
        }
        Ok(bytes)
    }

    /// Bytes of the files that vectors are searched in.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn vector_bytes(&self) -> Result<u64> {
        self.generation().vectors.bytes()
    }

    /// A number that is another one after every change of the definition.
    pub fn revision(&self) -> u64 {
        self.generation().revision
    }

    /// Carries out `batch` in order and returns what became of each action. When it returns, every action that was done
    /// is on disk; a search sees it after [`Index::refresh`].
    ///
    /// # Errors
    /// When the index is open for reading, or the disk fails: then nothing of the batch counts as acknowledged.
    pub fn write(&self, batch: &[Action]) -> Result<Vec<Outcome>> {
        self.writer()?.write(batch)
    }

    /// The document with this key as last written, visible to searches or not. `None` when there is none.
    ///
    /// # Errors
    /// The stored document cannot be read.
    pub fn get(&self, key: &str) -> Result<Option<Map<String, Value>>> {
        self.visible.source(key)?.map(|source| parse(&self.name, &source)).transpose()
    }

    /// Commits what was written and makes it visible, and takes up a generation that a bulk build swapped in. Cheap when
    /// there is nothing to do. Returns whether anything changed.
    ///
    /// # Errors
    /// The disk fails. What was acknowledged is in the log all the same, and the next refresh tries again.
    pub fn refresh(&self) -> Result<bool> {
        if let Some(writer) = &self.writer {
            return writer.refresh();
        }
        let mut swapped = false;
        if files::current(&self.folder)?.is_some_and(|name| name != self.generation().name) {
            self.visible.swap(Generation::open_current(&self.name, &self.folder)?, Default::default());
            swapped = true;
        }
        let generation = self.generation();
        let before = generation.searcher().generation().generation_id();
        generation.reload()?;
        Ok(swapped || generation.searcher().generation().generation_id() != before)
    }

    /// Changes the definition. Fields may be added, and attributes changed that nothing stored depends on; when the index
    /// has no free slots left it is rebuilt from its stored documents before this returns.
    ///
    /// # Errors
    /// `CannotChange` for anything else; `Changed` when `seen` is given and is not the revision any more.
    pub fn update_definition(&self, definition: &IndexDefinition, seen: Option<u64>) -> Result<()> {
        let writer = self.writer()?;
        self.synonyms.check(definition)?;
        writer.update_definition(definition, seen)
    }

    /// Puts booleans, numbers and dates in place of text that reads as one, where a field has their type.
    pub fn read_text_values(&self, document: &mut Map<String, Value>) {
        self.generation().checker.read_text_values(document);
    }

    /// Every error in what an action brings: for a delete only the key is looked at.
    pub fn validation_errors(&self, action: &Action) -> Vec<DocumentError> {
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
    ///
    /// # Errors
    /// A part is unknown or cannot be built.
    pub fn analyze(&self, with: &AnalyzeWith, text: &str) -> Result<Vec<Token>> {
        Ok(analysis::analyze(with, text, &self.definition())?)
    }

    /// Ends writing for good, before the files are removed.
    pub(crate) fn close(&self) -> Result<()> {
        self.writer()?.close();
        Ok(())
    }

    pub(crate) fn generation(&self) -> Arc<Generation> {
        self.visible.generation()
    }

    /// The synonym maps that fields may name.
    pub(crate) fn synonyms(&self) -> &Arc<SynonymMaps> {
        &self.synonyms
    }

    pub(super) fn rule_store(&self) -> &RuleStore {
        &self.rules
    }

    #[cfg(test)]
    pub(super) fn writer_for_tests(&self) -> &Writer {
        self.writer().unwrap()
    }

    fn writer(&self) -> Result<&Writer> {
        self.writer.as_ref().ok_or_else(|| Error::ReadOnly(self.name.clone()))
    }
}
