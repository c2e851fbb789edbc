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
pub struct Done {
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
    held: RwLock<Held>,
    /// Held while this process may append.
    _lock: File,
}

/// What is in memory.
#[derive(Debug, Default)]
pub struct Held {
    people: Numbers,
    /// Songs and venues.
    items: Numbers,
    of_person: Vec<Vec<Done>>,
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

impl Held {
    fn add(&mut self, record: &[u8], sequence: u64) -> std::io::Result<()> {
        codec::decode(record, |person, item, venue, kind, at, times| {
            let person = self.people.number(person) as usize;
            let done =
                Done { item: self.items.number(item), venue: venue.map_or(u32::MAX, |venue| self.items.number(venue)), at, times, kind };
            if self.of_person.len() <= person {
                self.of_person.resize_with(person + 1, Vec::new);
            }
            self.of_person[person].push(done);
        })?;
        self.last = sequence;
        Ok(())
    }

    /// The sequence of the last batch.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Everybody with what they did, in the order of first appearance.
    pub fn people(&self) -> impl Iterator<Item = (&str, &[Done])> {
        self.people.ids.iter().map(AsRef::as_ref).zip(self.of_person.iter().map(Vec::as_slice))
    }

    /// What a person did, oldest batch first.
    pub fn of(&self, person: &str) -> &[Done] {
        self.people.by_id.get(person).and_then(|number| self.of_person.get(*number as usize)).map_or(&[], Vec::as_slice)
    }

    /// Whether a person did anything.
    pub fn knows(&self, person: &str) -> bool {
        self.people.by_id.contains_key(person)
    }

    /// The id of a song's or a venue's number.
    pub fn item(&self, number: u32) -> Option<&str> {
        self.items.ids.get(number as usize).map(AsRef::as_ref)
    }

    /// How many interactions there are.
    pub fn len(&self) -> usize {
        self.of_person.iter().map(Vec::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.of_person.is_empty()
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
        let held = read(folder)?;
        Ok(History { folder: folder.to_owned(), log, held: RwLock::new(held), _lock: lock })
    }

    /// Appends a batch; once this returns it is on disk. Returns its sequence.
    pub fn append(&self, batch: &[Interaction]) -> Result<u64> {
        if batch.is_empty() {
            return Ok(self.held().last);
        }
        let record = codec::encode(batch);
        let failed = || TasteError::at(&self.folder);
        let sequence = {
            // Memory follows the order of the log.
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            let sequence = self.log.append(&record).map_err(failed())?;
            held.add(&record, sequence).map_err(failed())?;
            sequence
        };
        self.log.sync(sequence).map_err(failed())?;
        Ok(sequence)
    }

    /// Forgets everything a person did, on disk and in memory; a model knows it until it is trained again. O(all interactions).
    /// What broke off may be called again.
    pub fn erase(&self, person: &str) -> Result<()> {
        let failed = || TasteError::at(&self.folder);
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        self.log.rewrite(|record| codec::without(record, person)).map_err(failed())?;
        let last = held.last;
        *held = Held { last, ..read(&self.folder)? };
        Ok(())
    }

    /// What is in memory.
    pub fn held(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads without appending: for a process beside the one that has them open.
pub fn read(folder: &Path) -> Result<Held> {
    let mut held = Held::default();
    tutti_wal::replay(folder, 0, |sequence, record| held.add(record, sequence)).map_err(TasteError::at(folder))?;
    Ok(held)
}
