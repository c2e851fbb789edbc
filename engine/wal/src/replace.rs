//! Replacing a file so that nobody ever sees a part of it.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Writes a file under another name in the same folder, syncs it, and renames it to `path`. A crash leaves the old file,
/// none, or the new one, never a part.
///
/// # Errors
/// Whatever `write` returns, or the disk; the file at `path` is then unchanged.
pub fn replace_file(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let temporary = path.with_added_extension(format!("{}.new", std::process::id()));
    let mut file = File::create(&temporary)?;
    let written = write(&mut file).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
