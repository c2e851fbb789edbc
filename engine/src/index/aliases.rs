//! Other names of indexes, kept in one small file of the data directory and replaced whole at every change.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What an alias stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The index.
    pub index: String,
    /// Another number after every change.
    pub revision: u64,
}

/// The aliases of a data directory.
pub struct Aliases {
    path: PathBuf,
    known: RwLock<BTreeMap<String, Alias>>,
    /// Held while the file is replaced.
    writing: Mutex<()>,
}

impl Aliases {
    pub(crate) fn open(path: &Path) -> Result<Aliases> {
        let known = match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| Error::Damaged { index: "aliases".to_owned(), what: format!("{}: {error}", path.display()) })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(Error::at(path)(error)),
        };
        Ok(Aliases { path: path.to_owned(), known: RwLock::new(known), writing: Mutex::new(()) })
    }

    /// What the alias of this name stands for.
    pub fn get(&self, name: &str) -> Option<Alias> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// All aliases, by name.
    pub fn all(&self) -> BTreeMap<String, Alias> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// An alias that stands for `index`.
    pub(crate) fn of_index(&self, index: &str) -> Option<String> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|(_, alias)| alias.index == index).map(|(name, _)| name.clone())
    }

    /// Makes an alias or points it elsewhere, in one step, on disk before it is seen. The caller has made sure that the index
    /// is there and that no index has the alias's name.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn put(&self, name: &str, index: &str) -> Result<Alias> {
        let alias = Alias { index: index.to_owned(), revision: RandomState::new().hash_one((name, index)) };
        self.change(|known| {
            known.insert(name.to_owned(), alias.clone());
            Ok(())
        })?;
        Ok(alias)
    }

    /// Removes an alias; the index stays.
    ///
    /// # Errors
    /// When there is none, or the file cannot be written.
    pub fn remove(&self, name: &str) -> Result<()> {
        self.change(|known| known.remove(name).map(|_| ()).ok_or_else(|| Error::NoSuchAlias(name.to_owned())))
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, Alias>) -> Result<()>) -> Result<()> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = self.all();
        change(&mut changed)?;
        let bytes = serde_json::to_vec_pretty(&changed).map_err(std::io::Error::other).map_err(Error::at(&self.path))?;
        tutti_wal::replace_file(&self.path, |file| file.write_all(&bytes)).map_err(Error::at(&self.path))?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = changed;
        Ok(())
    }
}
