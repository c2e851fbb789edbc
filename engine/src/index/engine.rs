//! The indexes of one data directory, opened when first asked for.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tutti_index_schema::{IndexDefinition, is_index_name};

use super::aliases::Aliases;
use super::bulk::{BulkBuild, BulkOptions};
use super::fields::Fields;
use super::files;
use super::generation::Generation;
use super::open_index::{Access, Index};
use super::synonyms::{StoredSynonymMap, SynonymMaps};
use crate::error::{Error, Result};

/// Part of the name of a folder that was an index; no index can be called so.
const REMOVED: &str = ".removed-";

/// The engine over one data directory.
pub struct Engine {
    folder: PathBuf,
    access: Access,
    aliases: Aliases,
    open: RwLock<HashMap<String, Arc<Index>>>,
    synonyms: Arc<SynonymMaps>,
}

impl Engine {
    /// Opens the data directory, making it when it may be written. Indexes open when first used.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub fn open(data: &Path, access: Access) -> Result<Engine> {
        let folder = data.join("indexes");
        if access != Access::Read && !folder.is_dir() {
            fs::create_dir_all(&folder).map_err(Error::at(&folder))?;
        }
        let aliases = Aliases::open(&data.join("aliases.json"))?;
        let engine = Engine { folder, access, aliases, open: RwLock::default(), synonyms: Arc::new(SynonymMaps::new(data)) };
        if access != Access::Read {
            engine.sweep()?;
        }
        Ok(engine)
    }

    /// The names of all indexes, sorted.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn index_names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(names),
            Err(error) => return Err(Error::at(&self.folder)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(Error::at(&self.folder))?;
            let removed = entry.file_name().to_str().is_some_and(|name| name.contains(REMOVED));
            if !removed && entry.path().join("CURRENT").is_file() {
                names.extend(entry.file_name().to_str().map(str::to_owned));
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// The index of this name.
    ///
    /// # Errors
    /// No index has this name; it is damaged, or another process writes it and this one asked to.
    pub fn index(&self, name: &str) -> Result<Arc<Index>> {
        if let Some(index) = self.open.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Ok(Arc::clone(index));
        }
        let folder = self.folder_of(name)?;
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = open.get(name) {
            return Ok(Arc::clone(index));
        }
        if files::current(&folder)?.is_none() {
            return Err(Error::NoSuchIndex(name.to_owned()));
        }
        let index = Arc::new(Index::open(name, &folder, self.access, &self.synonyms)?);
        open.insert(name.to_owned(), Arc::clone(&index));
        Ok(index)
    }

    /// The index of this name, or the one an alias of this name stands for.
    ///
    /// # Errors
    /// Those of [`Engine::index`].
    pub fn index_or_alias(&self, name: &str) -> Result<Arc<Index>> {
        match self.aliases.get(name) {
            Some(alias) => self.index(&alias.index),
            None => self.index(name),
        }
    }

    /// Other names of indexes.
    pub fn aliases(&self) -> &Aliases {
        &self.aliases
    }

    /// The indexes that are open now.
    pub fn opened(&self) -> Vec<Arc<Index>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Makes an empty index.
    ///
    /// # Errors
    /// An index of this name is there already, an analyzer cannot be built, a synonym map does not exist, the engine is open for reading
    /// only.
    pub fn create_index(&self, definition: &IndexDefinition) -> Result<Arc<Index>> {
        let folder = self.folder_of(&definition.name)?;
        if self.access == Access::Read {
            return Err(Error::ReadOnly(definition.name.clone()));
        }
        if files::current(&folder)?.is_some() {
            return Err(Error::IndexExists(definition.name.clone()));
        }
        self.synonyms.check(definition)?;
        fs::create_dir_all(&folder).map_err(Error::at(&folder))?;
        let building = folder.join("gen-empty.building");
        if building.exists() {
            fs::remove_dir_all(&building).map_err(Error::at(&building))?;
        }
        Generation::create(&building, &Fields::new(&Arc::new(definition.clone()))?)?;
        files::swap_in(&folder, &building)?;
        self.index(&definition.name)
    }

    /// Begins a bulk build of the index that `definition` names. What is served stays until the build is finished.
    ///
    /// # Errors
    /// Another build of this index is running, an analyzer cannot be built, a synonym map does not exist.
    pub fn build_index(&self, definition: &IndexDefinition, options: &BulkOptions) -> Result<BulkBuild> {
        self.synonyms.check(definition)?;
        BulkBuild::start(&definition.name, &self.folder_of(&definition.name)?, definition, options)
    }

    /// Whether a generation before the present one is still on disk: whoever serves the index removes it when it takes the
    /// present one up.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn has_older_generation(&self, name: &str) -> Result<bool> {
        files::has_older(&self.folder_of(name)?)
    }

    /// Removes an index and everything in it.
    ///
    /// # Errors
    /// No index has this name, an alias stands for it, or it is open for reading only.
    pub fn delete_index(&self, name: &str) -> Result<()> {
        let index = self.index(name)?;
        if !index.is_writable() {
            return Err(Error::ReadOnly(name.to_owned()));
        }
        if let Some(alias) = self.aliases.of_index(name) {
            return Err(Error::IndexHasAlias { index: name.to_owned(), alias });
        }
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        index.close()?;
        open.remove(name);
        let folder = self.folder_of(name)?;
        // Moved aside in one step: from here on the index does not exist, however far the rest gets. Searches under way
        // keep the files they have open; what cannot be removed now goes at the next start.
        let aside = self.folder.join(format!("{name}{REMOVED}{}", index.revision()));
        fs::rename(&folder, &aside).map_err(Error::at(&folder))?;
        files::sync_folder(&self.folder)?;
        drop(open);
        if let Err(error) = fs::remove_dir_all(&aside) {
            tracing::debug!(index = name, %error, "some files of a removed index are left for the next start");
        }
        Ok(())
    }

    /// Removes what earlier removals left.
    fn sweep(&self) -> Result<()> {
        for entry in fs::read_dir(&self.folder).map_err(Error::at(&self.folder))? {
            let entry = entry.map_err(Error::at(&self.folder))?;
            if entry.file_name().to_str().is_some_and(|name| name.contains(REMOVED)) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        Ok(())
    }

    /// The names of all synonym maps, sorted.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn synonym_map_names(&self) -> Result<Vec<String>> {
        self.synonyms.names()
    }

    /// The synonym map of this name.
    ///
    /// # Errors
    /// No synonym map has this name, or its file is damaged.
    pub fn synonym_map(&self, name: &str) -> Result<Arc<StoredSynonymMap>> {
        self.synonyms.get(name)
    }

    /// Makes or replaces a synonym map from rules in Solr's format, one a line. The next search uses it.
    ///
    /// # Errors
    /// A name that is none, rules that are none: the caller's, with line and column.
    pub fn put_synonym_map(&self, name: &str, rules: &str) -> Result<Arc<StoredSynonymMap>> {
        if self.access == Access::Read {
            return Err(Error::ReadOnly(name.to_owned()));
        }
        self.synonyms.put(name, rules)
    }

    /// Removes a synonym map. Searches in fields that still name it fail with [`Error::NoSuchSynonymMap`].
    ///
    /// # Errors
    /// No synonym map has this name, or the engine is open for reading only.
    pub fn delete_synonym_map(&self, name: &str) -> Result<()> {
        if self.access == Access::Read {
            return Err(Error::ReadOnly(name.to_owned()));
        }
        self.synonyms.delete(name)
    }

    fn folder_of(&self, name: &str) -> Result<PathBuf> {
        if is_index_name(name) { Ok(self.folder.join(name)) } else { Err(Error::BadIndexName(name.to_owned())) }
    }
}
