//! The files around generations: which one is served, the step from one to the next, locks. What is in a generation is not
//! known here.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::error::{Error, Result};

/// The served generation's folder name, or `None` when the index was never finished.
pub(crate) fn current(folder: &Path) -> Result<Option<String>> {
    let path = folder.join("CURRENT");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::at(&path)(error)),
    }
}

/// Makes a finished folder the served generation, in one step.
pub(crate) fn swap_in(folder: &Path, building: &Path) -> Result<String> {
    let number = numbers(folder)?.last().copied().unwrap_or(0) + 1;
    let name = format!("gen-{number:06}");
    let target = folder.join(&name);
    sync_folder(building)?;
    fs::rename(building, &target).map_err(Error::at(&target))?;
    sync_folder(folder)?;
    let path = folder.join("CURRENT");
    tutti_wal::replace_file(&path, |file| file.write_all(name.as_bytes())).map_err(Error::at(&path))?;
    Ok(name)
}

/// Removes generations other than `keep` and, when no build runs, what a killed build left.
pub(crate) fn remove_others(folder: &Path, keep: &str) -> Result<()> {
    let build = Lock::try_take(&folder.join("build.lock"))?;
    for entry in fs::read_dir(folder).map_err(Error::at(folder))? {
        let path = entry.map_err(Error::at(folder))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        // A finished generation that is not CURRENT may be one that is about to be: only a builder makes those.
        let stale = name.starts_with("gen-") && name != keep && build.is_some() && current(folder)?.as_deref() == Some(keep);
        if stale {
            fs::remove_dir_all(&path).map_err(Error::at(&path))?;
        }
    }
    Ok(())
}

/// Whether there is a generation with a smaller number than the served one.
pub(crate) fn has_older(folder: &Path) -> Result<bool> {
    let current = current(folder)?.and_then(|name| name.strip_prefix("gen-")?.parse::<u64>().ok());
    Ok(current.is_some_and(|current| numbers(folder).is_ok_and(|numbers| numbers.first().is_some_and(|first| *first < current))))
}

fn numbers(folder: &Path) -> Result<Vec<u64>> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::at(folder))? {
        let name = entry.map_err(Error::at(folder))?.file_name();
        out.extend(name.to_str().and_then(|name| name.strip_prefix("gen-")).and_then(|number| number.parse::<u64>().ok()));
    }
    out.sort_unstable();
    Ok(out)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|handle| handle.sync_all()).map_err(Error::at(folder))
}

/// A lock that the operating system drops with the process.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, or returns `None` when another process has it.
    pub(crate) fn try_take(path: &Path) -> Result<Option<Lock>> {
        let file = File::options().create(true).truncate(false).write(true).open(path).map_err(Error::at(path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(Error::at(path)(error)),
        }
    }

    /// Takes the lock, waiting for the process that has it.
    pub(crate) fn take(path: &Path) -> Result<Lock> {
        let file = File::options().create(true).truncate(false).write(true).open(path).map_err(Error::at(path))?;
        file.lock().map_err(Error::at(path))?;
        Ok(Lock { _file: file })
    }
}
