//! Pictures on disk: `FOLDER/<room>/<id>`, each written whole or not at all. What they are is read from how they begin.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::Semaphore;

use super::{Checked, Kind, PictureError, check};

/// Pictures decoded at once: each may take [`super::MEMORY`].
const AT_ONCE: usize = 2;
/// Pictures that may wait for that.
const WAITING: usize = 64;

/// A picture that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    /// Its content type.
    pub(crate) mime: &'static str,
    /// The picture.
    pub(crate) bytes: Bytes,
}

/// The pictures of all rooms. What touches the disk blocks its thread.
pub(crate) struct Pictures {
    folder: PathBuf,
    working: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Pictures {
    /// Pictures in a folder, which is made with the first of them.
    pub(crate) fn new(folder: &Path) -> Pictures {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Pictures { folder: folder.to_owned(), working: semaphore(AT_ONCE), waiting: semaphore(AT_ONCE + WAITING) }
    }

    /// As [`check`], on a blocking thread and a few at a time.
    ///
    /// # Errors
    /// What is wrong with the picture; [`PictureError::Busy`] when too many wait.
    pub(crate) async fn checked(&self, mime: &str, bytes: Bytes) -> Result<Checked, PictureError> {
        let place = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| PictureError::Busy)?;
        let turn = Arc::clone(&self.working).acquire_owned().await.map_err(|_| PictureError::Busy)?;
        let mime = mime.to_owned();
        let done = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            check(&mime, &bytes)
        });
        done.await.unwrap_or(Err(PictureError::Busy))
    }

    /// Keeps a picture that was checked, in place of one with the same name. Durable when it returns.
    ///
    /// # Errors
    /// When a name is none ([`io::ErrorKind::InvalidInput`]), or the disk refuses.
    pub(crate) fn put(&self, room: &str, id: &str, picture: &Checked) -> io::Result<()> {
        let (folder, path) = (self.of_room(room)?, self.path(room, id)?);
        if !folder.is_dir() {
            fs::create_dir_all(&folder)?;
            // The new names must outlive a crash as the picture does.
            for made in [Some(self.folder.as_path()), self.folder.parent()].into_iter().flatten() {
                File::open(made)?.sync_all()?;
            }
        }
        tutti_engine::replace_file(&path, |file| file.write_all(&picture.bytes))
    }

    /// A picture, or none.
    ///
    /// # Errors
    /// As [`Pictures::put`].
    pub(crate) fn get(&self, room: &str, id: &str) -> io::Result<Option<Picture>> {
        let Some(bytes) = unless_gone(fs::read(self.path(room, id)?))? else { return Ok(None) };
        let kind = Kind::ALL.into_iter().find(|kind| kind.begins(&bytes));
        let kind = kind.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("picture {id} of room {room} is none")))?;
        Ok(Some(Picture { mime: kind.mime(), bytes: bytes.into() }))
    }

    /// Removes a picture, if there is one.
    ///
    /// # Errors
    /// As [`Pictures::put`].
    pub(crate) fn delete(&self, room: &str, id: &str) -> io::Result<()> {
        unless_gone(fs::remove_file(self.path(room, id)?)).map(|_| ())
    }

    fn of_room(&self, room: &str) -> io::Result<PathBuf> {
        Ok(self.folder.join(name(room)?))
    }

    fn path(&self, room: &str, id: &str) -> io::Result<PathBuf> {
        Ok(self.of_room(room)?.join(name(id)?))
    }
}

/// The content type of a picture that was checked, by how it begins.
pub(crate) fn mime_of(bytes: &[u8]) -> Option<&'static str> {
    Kind::ALL.into_iter().find(|kind| kind.begins(bytes)).map(Kind::mime)
}

/// An id as the name of a file: 1 to 64 of `[A-Za-z0-9_-]`, so that no path leaves its folder.
fn name(id: &str) -> io::Result<&str> {
    let letters = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if letters && (1..=64).contains(&id.len()) {
        return Ok(id);
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no id"))
}

fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}
