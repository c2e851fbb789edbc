//! Carries batches out in memory, one after the other, each on top of those before it, and gathers what is to be written.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use serde_json::Value;
use sled::{IVec, Tree};

use crate::{Batch, Change, Check, Collection, StoreError, Write, keys, names, rows};

/// New values by key; none removes.
pub(crate) type Values = BTreeMap<Vec<u8>, Option<IVec>>;

/// Last numbers of logs.
pub(crate) type Numbers = HashMap<String, u64>;

/// A row that is written without asking what it means.
pub(crate) enum Row {
    /// Gives a key a value, or takes it away.
    Set(Vec<u8>, Option<Vec<u8>>),
    /// Takes a key away if it still has this value.
    Forget(Vec<u8>, Vec<u8>),
    /// Takes all keys from the first on, before the second, away.
    Clear(Vec<u8>, Vec<u8>),
}

/// Batches that are written together.
pub(crate) struct Group<'a> {
    tree: &'a Tree,
    collections: &'static [Collection],
    known: &'a Numbers,
    /// What is to be written.
    pub(crate) values: Values,
    /// Last numbers of the logs that were looked at.
    pub(crate) numbers: Numbers,
    /// What the batches touch, by position.
    pub(crate) changes: Vec<Change>,
    /// Bytes to be written, roughly.
    pub(crate) size: usize,
}

impl<'a> Group<'a> {
    pub(crate) fn new(tree: &'a Tree, collections: &'static [Collection], known: &'a Numbers) -> Group<'a> {
        Group { tree, collections, known, values: Values::new(), numbers: Numbers::new(), changes: Vec::new(), size: 0 }
    }

    /// Adds a batch that will have this position.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a condition does not hold and [`StoreError::Refused`] for what no store takes; the
    /// group is then as it was.
    pub(crate) fn add(&mut self, position: u64, batch: &Batch) -> Result<(), StoreError> {
        names::check_batch(self.collections, batch)?;
        let mut draft = self.draft(position);
        draft.check(&batch.checks)?;
        for write in &batch.writes {
            draft.write(write)?;
        }
        let (values, numbers, change) = (draft.values, draft.numbers, draft.change);
        self.take(values, numbers, change);
        Ok(())
    }

    /// Adds rows that will have this position.
    ///
    /// # Errors
    /// When the tree cannot be read.
    pub(crate) fn add_rows(&mut self, position: u64, rows: Vec<Row>) -> Result<(), StoreError> {
        let mut draft = self.draft(position);
        for row in rows {
            match row {
                Row::Set(key, value) => {
                    draft.values.insert(key, value.map(IVec::from));
                }
                Row::Forget(key, value) => {
                    if draft.get(&key)?.as_deref() == Some(value.as_slice()) {
                        draft.values.insert(key, None);
                    }
                }
                Row::Clear(from, to) => {
                    draft.clear(&from, &to)?;
                }
            }
        }
        let (values, numbers, change) = (draft.values, draft.numbers, draft.change);
        self.take(values, numbers, change);
        Ok(())
    }

    fn draft<'g>(&'g self, position: u64) -> Draft<'g, 'a> {
        let change = Change { position, documents: Vec::new(), logs: Vec::new() };
        Draft { group: self, values: Values::new(), numbers: Numbers::new(), change }
    }

    fn take(&mut self, values: Values, numbers: Numbers, change: Change) {
        self.size += values.iter().map(|(key, value)| key.len() + value.as_ref().map_or(0, |value| value.len())).sum::<usize>();
        self.values.extend(values);
        self.numbers.extend(numbers);
        self.changes.push(change);
    }
}

/// One batch on its way into a group.
struct Draft<'g, 'a> {
    group: &'g Group<'a>,
    values: Values,
    numbers: Numbers,
    change: Change,
}

impl Draft<'_, '_> {
    fn check(&self, checks: &[Check]) -> Result<(), StoreError> {
        for check in checks {
            let holds = match check {
                Check::Absent(collection, key) => self.get(&keys::document(collection, key))?.is_none(),
                Check::Version(collection, key, version) => match self.get(&keys::document(collection, key))? {
                    Some(bytes) => rows::version(&bytes)? == *version,
                    None => false,
                },
            };
            if !holds {
                return Err(StoreError::Conflict);
            }
        }
        Ok(())
    }

    fn write(&mut self, write: &Write) -> Result<(), StoreError> {
        match write {
            Write::Put(collection, key, body) => self.put(collection, key, Some(body)),
            Write::Delete(collection, key) => self.put(collection, key, None),
            Write::Append { log, after, entries } => {
                if self.last(log)? != *after {
                    return Err(StoreError::Conflict);
                }
                for (number, entry) in (after + 1..).zip(entries) {
                    self.values.insert(keys::entry(log, number), Some(IVec::from(entry.as_ref())));
                }
                if !entries.is_empty() {
                    self.numbers.insert(log.clone(), after + entries.len() as u64);
                    self.touch(log);
                }
                Ok(())
            }
            Write::Begin { log, after } => {
                if self.last(log)? != 0 {
                    return Err(StoreError::Conflict);
                }
                if *after > 0 {
                    self.values.insert(keys::number(log), Some(IVec::from(&after.to_be_bytes())));
                    self.numbers.insert(log.clone(), *after);
                    self.touch(log);
                }
                Ok(())
            }
            Write::Amend(log, number, entry) => {
                let key = keys::entry(log, *number);
                if self.get(&key)?.is_some() {
                    self.values.insert(key, Some(IVec::from(entry.as_ref())));
                    self.touch(log);
                }
                Ok(())
            }
            Write::Trim(log, below) => self.trim(log, *below),
            Write::Drop(log) => {
                let known = self.last(log)? > 0;
                self.clear(&keys::log(log), &keys::behind(&keys::log(log)))?;
                self.values.insert(keys::number(log), None);
                self.numbers.insert(log.clone(), 0);
                if known {
                    self.touch(log);
                }
                Ok(())
            }
        }
    }

    /// Puts or removes a document and keeps the indexes in step.
    fn put(&mut self, name: &str, key: &str, body: Option<&Value>) -> Result<(), StoreError> {
        let collection = names::collection(self.group.collections, name)?;
        let place = keys::document(name, key);
        let before = self.get(&place)?;
        if body.is_none() && before.is_none() {
            return Ok(());
        }
        if !collection.indexes.is_empty()
            && let Some(bytes) = before
        {
            for place in index_keys(collection, key, &rows::decode(&bytes)?.body) {
                self.values.insert(place, None);
            }
        }
        match body {
            Some(body) => {
                let bytes = rows::encode(self.change.position, body)?;
                self.values.insert(place, Some(bytes.into()));
                for place in index_keys(collection, key, body) {
                    self.values.insert(place, Some(IVec::default()));
                }
            }
            None => {
                self.values.insert(place, None);
            }
        }
        if !self.change.documents.iter().any(|(c, k)| c == name && k == key) {
            self.change.documents.push((name.to_owned(), key.to_owned()));
        }
        Ok(())
    }

    fn trim(&mut self, log: &str, below: u64) -> Result<(), StoreError> {
        let last = self.last(log)?;
        if self.clear(&keys::log(log), &keys::entry(log, below))? {
            self.touch(log);
        }
        if last > 0 && below > last {
            self.values.insert(keys::number(log), Some(IVec::from(&last.to_be_bytes())));
        }
        Ok(())
    }

    /// Removes all keys from `from` on, before `to`; tells whether there was one.
    fn clear(&mut self, from: &[u8], to: &[u8]) -> Result<bool, StoreError> {
        let mut doomed = Vec::new();
        for item in self.group.tree.range(from..to) {
            let (key, _) = item.map_err(broken)?;
            if !self.group.values.contains_key(key.as_ref()) && !self.values.contains_key(key.as_ref()) {
                doomed.push(key.to_vec());
            }
        }
        let range = (Bound::Included(from), Bound::Excluded(to));
        for (key, value) in self.group.values.range::<[u8], _>(range) {
            if value.is_some() && !self.values.contains_key(key) {
                doomed.push(key.clone());
            }
        }
        for (key, value) in self.values.range::<[u8], _>(range) {
            if value.is_some() {
                doomed.push(key.clone());
            }
        }
        let any = !doomed.is_empty();
        self.values.extend(doomed.into_iter().map(|key| (key, None)));
        Ok(any)
    }

    fn get(&self, key: &[u8]) -> Result<Option<IVec>, StoreError> {
        if let Some(value) = self.values.get(key).or_else(|| self.group.values.get(key)) {
            return Ok(value.clone());
        }
        self.group.tree.get(key).map_err(broken)
    }

    fn last(&mut self, log: &str) -> Result<u64, StoreError> {
        let known = self.numbers.get(log).or_else(|| self.group.numbers.get(log)).or_else(|| self.group.known.get(log));
        if let Some(number) = known {
            return Ok(*number);
        }
        let number = last_number(self.group.tree, log)?;
        self.numbers.insert(log.to_owned(), number);
        Ok(number)
    }

    fn touch(&mut self, log: &str) {
        if !self.change.logs.iter().any(|known| known == log) {
            self.change.logs.push(log.to_owned());
        }
    }
}

/// The number of a log's last entry as the tree has it.
///
/// # Errors
/// When the tree cannot be read.
pub(crate) fn last_number(tree: &Tree, log: &str) -> Result<u64, StoreError> {
    if let Some((key, _)) = tree.scan_prefix(keys::log(log)).next_back().transpose().map_err(broken)? {
        return keys::trailing_number(&key);
    }
    match tree.get(keys::number(log)).map_err(broken)? {
        Some(bytes) => keys::trailing_number(&bytes),
        None => Ok(0),
    }
}

/// The places in the indexes where a document is found.
pub(crate) fn index_keys(collection: &Collection, key: &str, body: &Value) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for index in collection.indexes {
        for value in names::index_values(body, index) {
            let mut place = keys::index(collection.name, index, value);
            place.extend_from_slice(key.as_bytes());
            found.push(place);
        }
    }
    found
}

/// What an error of sled means to a caller.
pub(crate) fn broken(error: sled::Error) -> StoreError {
    match error {
        sled::Error::Io(io) if io.kind() == std::io::ErrorKind::StorageFull => StoreError::Full,
        sled::Error::Corruption { .. } => StoreError::Damaged(error.to_string()),
        other => StoreError::Unavailable(other.to_string()),
    }
}
