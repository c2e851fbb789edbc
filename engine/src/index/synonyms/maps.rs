//! The synonym maps of a data directory: `synonymmaps/NAME.json`, replaced in one step. Fields name them, searches apply
//! them ([`super::table`]); what they say never touches what is indexed.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use tutti_index_schema::{IndexDefinition, SynonymMap};

use crate::error::{Error, Result};
use crate::index::files::sync_folder;

const FORMAT: u32 = 1;
/// Errors of a map reported at once.
const MAX_ERRORS: usize = 10;

/// A synonym map as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSynonymMap {
    /// The name fields refer to.
    pub name: String,
    /// The rules as written, comments and all.
    pub text: String,
    /// Counts the times a map of this name was written.
    pub revision: u64,
    /// The rules as read.
    pub map: SynonymMap,
}

impl StoredSynonymMap {
    /// A number that is another one with every write and for every other text.
    pub fn etag(&self) -> u64 {
        self.revision << 32 | u64::from(crc32fast::hash(self.text.as_bytes()))
    }
}

/// What a file holds.
#[derive(Serialize, Deserialize)]
struct Manifest {
    format: u32,
    name: String,
    revision: u64,
    synonyms: String,
}

/// When a file was last replaced, as far as its metadata tells.
type Stamp = (Option<SystemTime>, u64);

/// The maps of one data directory, each read when first asked for and again when its file has changed.
#[derive(Debug, Default)]
pub(crate) struct SynonymMaps {
    folder: PathBuf,
    known: RwLock<HashMap<String, (Stamp, Arc<StoredSynonymMap>)>>,
    writing: Mutex<()>,
}

impl SynonymMaps {
    pub(crate) fn new(data: &Path) -> SynonymMaps {
        SynonymMaps { folder: data.join("synonymmaps"), ..SynonymMaps::default() }
    }

    /// The names of all maps, sorted.
    pub(crate) fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(names),
            Err(error) => return Err(Error::at(&self.folder)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(Error::at(&self.folder))?;
            names.extend(entry.file_name().to_str().and_then(|name| name.strip_suffix(".json")).map(str::to_owned));
        }
        names.sort_unstable();
        Ok(names)
    }

    /// The map of this name.
    pub(crate) fn get(&self, name: &str) -> Result<Arc<StoredSynonymMap>> {
        let none = || Error::NoSuchSynonymMap(name.to_owned());
        let path = self.path(name).ok_or_else(none)?;
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(none()),
            Err(error) => return Err(Error::at(&path)(error)),
        };
        let stamp = stamp_of(&metadata);
        if let Some((known, map)) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(name)
            && *known == stamp
        {
            return Ok(Arc::clone(map));
        }
        let map = Arc::new(read(name, &path)?);
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), (stamp, Arc::clone(&map)));
        Ok(map)
    }

    /// Makes or replaces a map. When it returns, the map is on disk and the next query uses it.
    pub(crate) fn put(&self, name: &str, text: &str) -> Result<Arc<StoredSynonymMap>> {
        let map = SynonymMap::parse(name, text).map_err(|errors| {
            let told: Vec<_> = errors.iter().take(MAX_ERRORS).map(ToString::to_string).collect();
            Error::BadRequest(format!("synonym map `{name}`: {}", told.join("; ")))
        })?;
        let path = self.path(name).ok_or_else(|| Error::BadRequest(format!("`{name}` cannot name a synonym map")))?;
        let _alone = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let revision = match self.get(name) {
            Ok(before) => before.revision + 1,
            Err(Error::NoSuchSynonymMap(_) | Error::Damaged { .. }) => 1,
            Err(error) => return Err(error),
        };
        fs::create_dir_all(&self.folder).map_err(Error::at(&self.folder))?;
        let manifest = Manifest { format: FORMAT, name: name.to_owned(), revision, synonyms: text.to_owned() };
        let bytes = serde_json::to_vec_pretty(&manifest).map_err(io::Error::other).map_err(Error::at(&path))?;
        tutti_wal::replace_file(&path, |file| file.write_all(&bytes)).map_err(Error::at(&path))?;
        let stamp = stamp_of(&fs::metadata(&path).map_err(Error::at(&path))?);
        let stored = Arc::new(StoredSynonymMap { name: name.to_owned(), text: text.to_owned(), revision, map });
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), (stamp, Arc::clone(&stored)));
        Ok(stored)
    }

    /// Removes a map, whether or not a field names it.
    pub(crate) fn delete(&self, name: &str) -> Result<()> {
        let none = || Error::NoSuchSynonymMap(name.to_owned());
        let path = self.path(name).ok_or_else(none)?;
        let _alone = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.known.write().unwrap_or_else(PoisonError::into_inner).remove(name);
        match fs::remove_file(&path) {
            Ok(()) => sync_folder(&self.folder),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(none()),
            Err(error) => Err(Error::at(&path)(error)),
        }
    }

    /// Every map that fields of a definition name must be there.
    pub(crate) fn check(&self, definition: &IndexDefinition) -> Result<()> {
        for (path, field) in definition.flattened() {
            for name in &field.synonym_maps {
                match self.get(name) {
                    Err(Error::NoSuchSynonymMap(_)) => {
                        return Err(Error::BadRequest(format!(
                            "field `{path}` names the synonym map `{name}`, which does not exist; make the map first"
                        )));
                    }
                    other => other?,
                };
            }
        }
        Ok(())
    }

    /// The file of a map; `None` for what cannot be the name of one.
    fn path(&self, name: &str) -> Option<PathBuf> {
        let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        ((2..=128).contains(&name.len()) && name.bytes().all(letters)).then(|| self.folder.join(format!("{name}.json")))
    }
}

fn stamp_of(metadata: &Metadata) -> Stamp {
    (metadata.modified().ok(), metadata.len())
}

fn read(name: &str, path: &Path) -> Result<StoredSynonymMap> {
    let damaged = |what: String| Error::Damaged { index: format!("synonymmaps/{name}"), what };
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(Error::NoSuchSynonymMap(name.to_owned())),
        Err(error) => return Err(Error::at(path)(error)),
    };
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
    if manifest.format != FORMAT {
        return Err(damaged(format!("its format is {}, this program reads {FORMAT}", manifest.format)));
    }
    let map = SynonymMap::parse(name, &manifest.synonyms)
        .map_err(|errors| damaged(errors.first().map(ToString::to_string).unwrap_or_default()))?;
    Ok(StoredSynonymMap { name: manifest.name, text: manifest.synonyms, revision: manifest.revision, map })
}
