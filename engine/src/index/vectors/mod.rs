//! The vectors of an index: for every segment and vector field one file beside tantivy's own, `<segment>.<field>.vectors`,
//! with a [`IvfIndex`] whose ids are the segment's document numbers.
//!
//! Like a segment, such a file is made once and never changed: documents deleted later are left out by the search. It is
//! made from the stored documents, before the segment is served where that can be arranged, else when first asked for; so
//! losing one costs time only. Files of segments that are gone are removed after a commit.

mod source;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;
use tantivy::index::SegmentId;
use tantivy::schema::Field as Slot;
use tantivy::{SegmentReader, TantivyDocument};
use tutti_vectors::{IvfIndex, SMALL};

use crate::error::{Error, Result};
use crate::index::document::source_of;
use crate::index::layout::VectorLayout;

/// Documents read by a thread at a time.
const CHUNK: u32 = 4096;
const EXTENSION: &str = "vectors";

/// The open sets of one generation.
pub(crate) struct Vectors {
    folder: PathBuf,
    source: Slot,
    open: Mutex<HashMap<SegmentId, HashMap<String, Entry>>>,
}

/// A set, or a place for one that is being made.
type Entry = Arc<Mutex<Option<Arc<IvfIndex>>>>;

impl Vectors {
    pub(crate) fn new(folder: &Path, source: Slot) -> Vectors {
        Vectors { folder: folder.to_owned(), source, open: Mutex::default() }
    }

    /// The vectors that the field at `path` has in a segment.
    ///
    /// # Errors
    /// The stored documents cannot be read.
    pub(crate) fn of(&self, reader: &SegmentReader, path: &str, field: &VectorLayout) -> Result<Arc<IvfIndex>> {
        let entry = Arc::clone(locked(&self.open).entry(reader.segment_id()).or_default().entry(path.to_owned()).or_default());
        let mut set = locked(&entry);
        if let Some(set) = &*set {
            return Ok(Arc::clone(set));
        }
        let file = self.file(reader.segment_id(), path);
        let made = match IvfIndex::open(&file) {
            Ok(found) if field.suits(&found) => found,
            _ => self.make(reader, path, field, &file)?,
        };
        Ok(Arc::clone(set.insert(Arc::new(made))))
    }

    fn make(&self, reader: &SegmentReader, path: &str, field: &VectorLayout, file: &Path) -> Result<IvfIndex> {
        let flat = self.read(reader, path, field)?;
        let set = if field.exhaustive || flat.len() < SMALL { flat } else { flat.with_lists() };
        match set.write(file).and_then(|()| IvfIndex::open(file)) {
            Ok(mapped) => Ok(mapped),
            Err(error) => {
                // A reader of an index that another process writes, or a full disk: the set serves from memory, and is made again next time.
                tracing::warn!(file = %file.display(), %error, "a file of vectors could not be written");
                Ok(set)
            }
        }
    }

    /// The vectors in a segment's stored documents.
    fn read(&self, reader: &SegmentReader, path: &str, field: &VectorLayout) -> Result<IvfIndex> {
        let starts: Vec<u32> = (0..reader.max_doc()).step_by(CHUNK as usize).collect();
        let parts = starts.into_par_iter().map(|start| {
            let store = reader.get_store_reader(1).map_err(tantivy::TantivyError::from)?;
            let (mut ids, mut rows) = (Vec::new(), Vec::new());
            let mut vector = Vec::with_capacity(field.dimensions);
            for doc in start..reader.max_doc().min(start + CHUNK) {
                if reader.is_deleted(doc) {
                    continue;
                }
                let document: TantivyDocument = store.get(doc)?;
                let text = source_of(self.source, &document);
                if text.is_some_and(|text| source::read(text, path, &mut vector)) && vector.len() == field.dimensions {
                    ids.push(doc);
                    rows.extend_from_slice(&vector);
                }
            }
            Ok((ids, rows))
        });
        let parts = parts.collect::<Result<Vec<(Vec<u32>, Vec<f32>)>>>()?;
        let (mut ids, mut rows) = (Vec::new(), Vec::new());
        for (some_ids, some_rows) in parts {
            ids.extend(some_ids);
            rows.extend(some_rows);
        }
        Ok(IvfIndex::flat(field.metric, field.dimensions, &ids, &rows))
    }

    /// Closes the sets of segments that are not among `alive`.
    pub(crate) fn retain(&self, alive: &[SegmentId]) {
        locked(&self.open).retain(|segment, _| alive.contains(segment));
    }

    /// Removes the files of segments that are not among `alive`, and what another process left half written.
    pub(crate) fn remove_others(&self, alive: &[SegmentId]) -> Result<()> {
        let being_written = format!(".{}.new", std::process::id());
        for (path, name) in self.files()? {
            let segment = name.split('.').next().unwrap_or_default();
            let stale = !alive.iter().any(|alive| alive.uuid_string() == segment);
            if stale || (name.ends_with(".new") && !name.ends_with(&being_written)) {
                match fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Error::at(&path)(error)),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Bytes of all files of vectors.
    pub(crate) fn bytes(&self) -> Result<u64> {
        let sizes = self.files()?.into_iter().map(|(path, _)| fs::metadata(&path).map_or(0, |metadata| metadata.len()));
        Ok(sizes.sum())
    }

    fn files(&self) -> Result<Vec<(PathBuf, String)>> {
        let mut out = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(Error::at(&self.folder))? {
            let path = entry.map_err(Error::at(&self.folder))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if name.split('.').skip(1).any(|part| part == EXTENSION) {
                out.push((path, name));
            }
        }
        Ok(out)
    }

    fn file(&self, segment: SegmentId, path: &str) -> PathBuf {
        self.folder.join(format!("{}.{}.{EXTENSION}", segment.uuid_string(), path.replace('/', "-")))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
