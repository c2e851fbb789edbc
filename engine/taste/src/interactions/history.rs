//! Everything that was done, on disk and in memory.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use super::{Interaction, Kind, codec};
use crate::{Result, TasteError};
use tutti_wal::Log;

/// Interactions in a batch of a bulk import.
pub const BULK: usize = 1 << 16;

/// Something that was done, with numbers for ids.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InteractionRow {
    /// The song's or the venue's number.
    pub item: u32,
    /// The number of the venue where it was; `u32::MAX` for nowhere.
    pub venue: u32,
    /// Seconds since 1970.
    pub at: i64,
    /// How often.
    pub times: f32,
    /// What.
    pub kind: Kind,
}

/// The interactions of a data directory.
#[derive(Debug)]
pub struct History {
    folder: PathBuf,
    log: Log,
    table: RwLock<InteractionTable>,
    /// Held while this process may append.
    _lock: File,
}

/// What is in memory.
#[derive(Debug, Default)]
pub struct InteractionTable {
    users: Numbers,
    /// Songs and venues.
    items: Numbers,
    of_user: Vec<Vec<InteractionRow>>,
    last: u64,
}

#[derive(Debug, Default)]
struct Numbers {
    by_id: HashMap<Box<str>, u32>,
    ids: Vec<Box<str>>,
}

impl Numbers {
    fn number(&mut self, id: &str) -> u32 {
        if let Some(number) = self.by_id.get(id) {
            return *number;
        }
        let number = self.ids.len() as u32;
        self.by_id.insert(id.into(), number);
        self.ids.push(id.into());
        number
    }
}

impl InteractionTable {
    fn add(&mut self, record: &[u8], sequence: u64) -> std::io::Result<()> {
        codec::decode(record, |user, item, venue, kind, at, times| {
            let user = self.users.number(user) as usize;
            let events = InteractionRow {
                item: self.items.number(item),
                venue: venue.map_or(u32::MAX, |venue| self.items.number(venue)),
                at,
                times,
                kind,
            };
            if self.of_user.len() <= user {
                self.of_user.resize_with(user + 1, Vec::new);
            }
            self.of_user[user].push(events);
        })?;
        self.last = sequence;
        Ok(())
    }

    /// The sequence of the last batch.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Everybody with what they did, in the order of first appearance.
    pub fn users(&self) -> impl Iterator<Item = (&str, &[InteractionRow])> {
        self.users.ids.iter().map(AsRef::as_ref).zip(self.of_user.iter().map(Vec::as_slice))
    }

    /// What a user did, oldest batch first.
    pub fn of(&self, user: &str) -> &[InteractionRow] {
        self.users.by_id.get(user).and_then(|number| self.of_user.get(*number as usize)).map_or(&[], Vec::as_slice)
    }

    /// Whether a user did anything.
    pub fn knows(&self, user: &str) -> bool {
        self.users.by_id.contains_key(user)
    }

    /// The id of a song's or a venue's number.
    pub fn item(&self, number: u32) -> Option<&str> {
        self.items.ids.get(number as usize).map(AsRef::as_ref)
    }

    /// How many interactions there are.
    pub fn len(&self) -> usize {
        self.of_user.iter().map(Vec::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.of_user.is_empty()
    }
}

impl History {
    /// Opens the interactions in `folder`, which one process may do at a time, and reads them. O(all of them).
    ///
    /// # Errors
    /// [`TasteError::Busy`] while another process has them open, [`TasteError::Io`] when they cannot be read.
    pub fn open(folder: &Path) -> Result<History> {
        std::fs::create_dir_all(folder).map_err(TasteError::at(folder))?;
        let lock_path = folder.join("lock");
        let lock = File::options().create(true).truncate(false).write(true).open(&lock_path).map_err(TasteError::at(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(TasteError::Busy(folder.to_owned())),
            Err(TryLockError::Error(error)) => return Err(TasteError::at(&lock_path)(error)),
        }
        let log = Log::open(folder, 0).map_err(TasteError::at(folder))?;
        let table = read(folder)?;
        Ok(History { folder: folder.to_owned(), log, table: RwLock::new(table), _lock: lock })
    }

    /// Appends a batch; once this returns it is on disk. Returns its sequence.
    ///
    /// # Errors
    /// [`TasteError::Io`] when it cannot be written.
    pub fn append(&self, batch: &[Interaction]) -> Result<u64> {
        if batch.is_empty() {
            return Ok(self.table().last);
        }
        let record = codec::encode(batch);
        let failed = || TasteError::at(&self.folder);
        let sequence = {
            // Memory follows the order of the log.
            let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
            let sequence = self.log.append(&record).map_err(failed())?;
            table.add(&record, sequence).map_err(failed())?;
            sequence
        };
        self.log.sync(sequence).map_err(failed())?;
        Ok(sequence)
    }

    /// Forgets everything a user did, on disk and in memory; a model knows it until it is trained again. O(all interactions).
    /// What broke off may be called again.
    ///
    /// # Errors
    /// [`TasteError::Io`] when it cannot be rewritten; what was done of it may be done again.
    pub fn erase(&self, user: &str) -> Result<()> {
        let failed = || TasteError::at(&self.folder);
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        self.log.rewrite(|record| codec::without(record, user)).map_err(failed())?;
        let last = table.last;
        *table = InteractionTable { last, ..read(&self.folder)? };
        Ok(())
    }

    /// What is in memory.
    pub fn table(&self) -> RwLockReadGuard<'_, InteractionTable> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads without appending: for a process beside the one that has them open.
///
/// # Errors
/// [`TasteError::Io`] when the files cannot be read.
pub fn read(folder: &Path) -> Result<InteractionTable> {
    let mut table = InteractionTable::default();
    tutti_wal::replay(folder, 0, |sequence, record| table.add(record, sequence)).map_err(TasteError::at(folder))?;
    Ok(table)
}
