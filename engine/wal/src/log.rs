//! The log: a folder of files named by the sequence number of their first record.
//!
//! A record is one batch, so a batch is there whole or not at all: `length u32 | crc32 u32 | sequence u64 | body`, little-endian;
//! the checksum covers the sequence and the body. A torn record can only be the last one and is cut off at the next start.
//! Nothing here knows what a body means.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

/// A file is closed, and may be dropped once committed, when it has grown past this many bytes.
const ROTATE_BYTES: u64 = 16 << 20;
const HEADER: usize = 16;
/// No batch is larger than this; a length beyond it is damage, not data.
const MAX_RECORD: usize = 1 << 30;

/// A log that is open for appending by one process. All methods may be called from several threads.
#[derive(Debug)]
pub struct Log {
    folder: PathBuf,
    writer: Mutex<Writer>,
    /// Sequence of the last record known to be on disk. Held while syncing, so that one sync serves all who wait.
    synced: Mutex<u64>,
}

#[derive(Debug)]
struct Writer {
    file: Arc<File>,
    path: PathBuf,
    bytes: u64,
    last: u64,
    /// Set when the file may end in something that is neither a record nor nothing: no more appends.
    broken: Option<String>,
}

/// What a log holds after `after`, oldest first, handed to `apply` record by record. Returns the last sequence seen (or
/// `after`) and cuts nothing: a torn tail is not read. A missing folder is an empty log.
///
/// # Errors
/// A file cannot be read, or `apply` fails.
pub fn replay(folder: &Path, after: u64, mut apply: impl FnMut(u64, &[u8]) -> io::Result<()>) -> io::Result<u64> {
    let mut last = after;
    let files = files(folder)?;
    for (i, (_, path)) in files.iter().enumerate() {
        if files.get(i + 1).is_some_and(|(next_first, _)| *next_first <= after + 1) {
            continue;
        }
        read_file(path, |sequence, body| {
            if sequence > last {
                apply(sequence, body)?;
                last = sequence;
            }
            Ok(())
        })?;
    }
    Ok(last)
}

/// The sequence of the last whole record in `folder`, 0 when there is none.
///
/// # Errors
/// A file cannot be read.
pub fn last_sequence(folder: &Path) -> io::Result<u64> {
    let mut last = 0;
    if let Some((first, path)) = files(folder)?.last() {
        last = first.saturating_sub(1);
        read_file(path, |sequence, _| {
            last = sequence;
            Ok(())
        })?;
    }
    Ok(last)
}

impl Log {
    /// Opens the log in `folder`, cutting off a torn record at its end. `at_least` is a sequence known to be
    /// used: numbering continues after it even when the files are gone.
    ///
    /// # Errors
    /// The folder or a file in it cannot be read or written.
    pub fn open(folder: &Path, at_least: u64) -> io::Result<Log> {
        fs::create_dir_all(folder)?;
        let last_file = files(folder)?.pop();
        let writer = match last_file {
            Some((first, path)) => {
                let mut last = first.saturating_sub(1);
                let whole = read_file(&path, |sequence, _| {
                    last = sequence;
                    Ok(())
                })?;
                let file = OpenOptions::new().append(true).open(&path)?;
                if file.metadata()?.len() > whole {
                    tracing::warn!(file = %path.display(), at = whole, "cut off a batch that was never acknowledged");
                    file.set_len(whole)?;
                    file.sync_all()?;
                }
                if last < at_least {
                    create(folder, at_least)?
                } else {
                    Writer { file: Arc::new(file), path, bytes: whole, last, broken: None }
                }
            }
            None => create(folder, at_least)?,
        };
        let synced = writer.last;
        Ok(Log { folder: folder.to_owned(), writer: Mutex::new(writer), synced: Mutex::new(synced) })
    }

    /// Appends one batch and returns its sequence. It is durable only after [`Log::sync`].
    ///
    /// # Errors
    /// The disk is full (the log is then put back as it was), the record is larger than 1 GiB, or an earlier failure left
    /// the log closed.
    pub fn append(&self, body: &[u8]) -> io::Result<u64> {
        let mut writer = lock(&self.writer);
        if let Some(why) = &writer.broken {
            return Err(io::Error::other(format!("the log is closed after an earlier error: {why}")));
        }
        let sequence = writer.last + 1;
        let record = framed(sequence, body)?;
        if let Err(error) = (&*writer.file).write_all(&record) {
            if let Err(second) = writer.file.set_len(writer.bytes) {
                writer.broken = Some(second.to_string());
            }
            return Err(error);
        }
        writer.bytes += record.len() as u64;
        writer.last = sequence;
        if writer.bytes >= ROTATE_BYTES {
            writer.file.sync_data()?;
            match create(&self.folder, sequence) {
                Ok(fresh) => *writer = fresh,
                Err(error) => tracing::warn!(%error, "the log goes on in its old file"),
            }
        }
        Ok(sequence)
    }

    /// Returns when every record up to `sequence` is on disk. Waiting callers share one sync.
    ///
    /// # Errors
    /// The disk failed; nothing is appended from then on.
    pub fn sync(&self, sequence: u64) -> io::Result<()> {
        let mut synced = lock(&self.synced);
        if *synced >= sequence {
            return Ok(());
        }
        let (file, last) = {
            let writer = lock(&self.writer);
            (Arc::clone(&writer.file), writer.last)
        };
        if let Err(error) = file.sync_data() {
            // After a failed sync the kernel may have dropped the pages: nothing later may be acknowledged.
            lock(&self.writer).broken = Some(error.to_string());
            return Err(error);
        }
        *synced = last;
        Ok(())
    }

    /// The sequence of the last record.
    pub fn last(&self) -> u64 {
        lock(&self.writer).last
    }

    /// Removes files whose records are all at or before `committed`. The file being written stays.
    ///
    /// # Errors
    /// A file cannot be removed.
    pub fn forget(&self, committed: u64) -> io::Result<()> {
        let current = lock(&self.writer).path.clone();
        let files = files(&self.folder)?;
        for (i, (_, path)) in files.iter().enumerate() {
            let next_first = files.get(i + 1).map(|(first, _)| *first);
            if *path != current && next_first.is_some_and(|first| first <= committed + 1) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Replaces the bodies of records that are there. `change` gives a record's new body, or none to leave it. Each file is
    /// replaced whole, so a call that fails midway may be repeated. Nothing may be appended meanwhile.
    ///
    /// # Errors
    /// A file cannot be read or replaced, or `change` fails.
    pub fn rewrite(&self, mut change: impl FnMut(&[u8]) -> io::Result<Option<Vec<u8>>>) -> io::Result<()> {
        self.rotate()?;
        let current = lock(&self.writer).path.clone();
        for (_, path) in files(&self.folder)?.into_iter().filter(|(_, path)| *path != current) {
            let (mut out, mut changed) = (Vec::new(), false);
            read_file(&path, |sequence, body| {
                let new = change(body)?;
                changed |= new.is_some();
                out.extend(framed(sequence, new.as_deref().unwrap_or(body))?);
                Ok(())
            })?;
            if changed {
                crate::replace_file(&path, |file| file.write_all(&out))?;
            }
        }
        Ok(())
    }

    /// Starts a new file unless the current one is empty, so that [`Log::forget`] can remove the old one.
    ///
    /// # Errors
    /// The old file cannot be synced or the new one not created.
    pub fn rotate(&self) -> io::Result<()> {
        let mut writer = lock(&self.writer);
        if writer.bytes > 0 && writer.broken.is_none() {
            writer.file.sync_data()?;
            let last = writer.last;
            *writer = create(&self.folder, last)?;
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn create(folder: &Path, last: u64) -> io::Result<Writer> {
    let path = folder.join(format!("{:020}.log", last + 1));
    let file = OpenOptions::new().append(true).create(true).open(&path)?;
    let bytes = file.metadata()?.len();
    File::open(folder)?.sync_all()?;
    Ok(Writer { file: Arc::new(file), path, bytes, last, broken: None })
}

/// The log files with the sequence of their first record, oldest first.
fn files(folder: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut out = Vec::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(out),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "log")
            && let Some(first) = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok())
        {
            out.push((first, path));
        }
    }
    out.sort_unstable();
    Ok(out)
}

/// Reads the whole records of a file; returns how many bytes they take.
fn read_file(path: &Path, mut each: impl FnMut(u64, &[u8]) -> io::Result<()>) -> io::Result<u64> {
    let mut file = io::BufReader::with_capacity(1 << 20, File::open(path)?);
    let mut whole = 0u64;
    let mut body = Vec::new();
    loop {
        let mut header = [0u8; HEADER];
        if !read_full(&mut file, &mut header)? {
            return Ok(whole);
        }
        let word = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let (length, checksum) = (word(0) as usize, word(4));
        let sequence = u64::from(word(8)) | (u64::from(word(12)) << 32);
        if length > MAX_RECORD {
            return Ok(whole);
        }
        body.resize(length, 0);
        if !read_full(&mut file, &mut body)? {
            return Ok(whole);
        }
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&header[8..]);
        hasher.update(&body);
        if hasher.finalize() != checksum {
            return Ok(whole);
        }
        each(sequence, &body)?;
        whole += (HEADER + length) as u64;
    }
}

/// Fills `buffer`; `false` when the file ends first.
fn read_full(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// A body with its header.
fn framed(sequence: u64, body: &[u8]) -> io::Result<Vec<u8>> {
    if body.len() > MAX_RECORD {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a batch is larger than 1 GiB"));
    }
    let mut out = vec![0u8; HEADER];
    out[8..].copy_from_slice(&sequence.to_le_bytes());
    out.extend_from_slice(body);
    let checksum = crc32fast::hash(&out[8..]);
    out[..4].copy_from_slice(&(body.len() as u32).to_le_bytes());
    out[4..8].copy_from_slice(&checksum.to_le_bytes());
    Ok(out)
}

#[cfg(test)]
mod tests;
