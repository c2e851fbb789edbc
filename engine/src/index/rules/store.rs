//! The file of an index's rules: `rules.json` beside its generations, replaced in one step, read again when it has changed. Processes
//! that change it wait for each other (`rules.lock`).

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use tutti_index_schema::is_index_name;

use super::resolve::{Rules, StoredRule};
use super::rule::{Rule, RuleError};
use crate::error::{Error, Result};
use crate::index::files::Lock;

const FORMAT: u32 = 1;
/// Rules of an index.
const MOST: usize = 1000;

/// What the file holds.
#[derive(Serialize, Deserialize)]
struct Manifest {
    format: u32,
    /// Counts the writes.
    revision: u64,
    rules: Vec<StoredRule>,
}

/// When the file was last replaced, as far as its metadata tells; `None` when there is none.
type Stamp = Option<(Option<SystemTime>, u64)>;

/// The rules of one index, read when first asked for and again when the file has changed.
#[derive(Debug)]
pub(crate) struct RuleStore {
    index: String,
    folder: PathBuf,
    writable: bool,
    known: RwLock<Option<(Stamp, Arc<Rules>)>>,
    writing: Mutex<()>,
}

impl RuleStore {
    pub(crate) fn new(index: &str, folder: &Path, writable: bool) -> RuleStore {
        RuleStore { index: index.to_owned(), folder: folder.to_owned(), writable, known: RwLock::default(), writing: Mutex::default() }
    }

    pub(super) fn get(&self) -> Result<Arc<Rules>> {
        let stamp = self.stamp()?;
        if let Some((known, rules)) = &*self.known.read().unwrap_or_else(PoisonError::into_inner)
            && *known == stamp
        {
            return Ok(Arc::clone(rules));
        }
        let rules = Arc::new(Rules::new(&self.read()?.1));
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some((stamp, Arc::clone(&rules)));
        Ok(rules)
    }

    pub(super) fn put(&self, name: &str, rule: Rule) -> std::result::Result<StoredRule, RuleError> {
        if !is_index_name(name) {
            return Err(RuleError::Shape(format!(
                "`{name}` cannot name a rule: use 2 to 128 lower-case letters, digits, `-` or `_`, starting with a letter or digit, no two dashes or underscores in a row"
            )));
        }
        let mut put = Err(RuleError::Shape(format!("index `{}` has {MOST} rules already; remove one first", self.index)));
        self.change(|revision, rules| {
            if !rules.contains_key(name) && rules.len() >= MOST {
                return false;
            }
            let stored = StoredRule { name: name.to_owned(), revision, rule };
            rules.insert(name.to_owned(), stored.clone());
            put = Ok(stored);
            true
        })?;
        put
    }

    pub(super) fn delete(&self, name: &str) -> Result<bool> {
        self.change(|_, rules| rules.remove(name).is_some())
    }

    /// Changes the rules and writes them when that says so; what comes first is the revision they will have. Returns what it said.
    fn change(&self, change: impl FnOnce(u64, &mut BTreeMap<String, StoredRule>) -> bool) -> Result<bool> {
        if !self.writable {
            return Err(Error::ReadOnly(self.index.clone()));
        }
        let _alone = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let _others = Lock::take(&self.folder.join("rules.lock"))?;
        let (revision, mut rules) = self.read()?;
        let revision = revision + 1;
        if !change(revision, &mut rules) {
            return Ok(false);
        }
        let path = self.path();
        let manifest = Manifest { format: FORMAT, revision, rules: rules.values().cloned().collect() };
        let bytes = serde_json::to_vec(&manifest).map_err(io::Error::other).map_err(Error::at(&path))?;
        tutti_wal::replace_file(&path, |file| file.write_all(&bytes)).map_err(Error::at(&path))?;
        let stamp = self.stamp()?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some((stamp, Arc::new(Rules::new(&rules))));
        Ok(true)
    }

    fn path(&self) -> PathBuf {
        self.folder.join("rules.json")
    }

    fn stamp(&self) -> Result<Stamp> {
        match fs::metadata(self.path()) {
            Ok(metadata) => Ok(Some((metadata.modified().ok(), metadata.len()))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::at(&self.path())(error)),
        }
    }

    fn read(&self) -> Result<(u64, BTreeMap<String, StoredRule>)> {
        let path = self.path();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok((0, BTreeMap::new())),
            Err(error) => return Err(Error::at(&path)(error)),
        };
        let damaged = |what: String| Error::Damaged { index: self.index.clone(), what: format!("rules.json: {what}") };
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if manifest.format != FORMAT {
            return Err(damaged(format!("its format is {}, this program reads {FORMAT}", manifest.format)));
        }
        Ok((manifest.revision, manifest.rules.into_iter().map(|stored| (stored.name.clone(), stored)).collect()))
    }
}
