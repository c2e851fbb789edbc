//! Who agreed to be counted near venues: a log of decisions, and the set of users they leave.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{PoisonError, RwLock};

use tutti_wal::Log;

use crate::{Result, TasteError};

/// Who agreed to be counted near venues.
#[derive(Debug)]
pub(super) struct Consents {
    log: Log,
    users: RwLock<HashSet<String>>,
}

impl Consents {
    pub(super) fn open(folder: &Path) -> Result<Consents> {
        let log = Log::open(folder, 0).map_err(TasteError::at(folder))?;
        let mut users = HashSet::new();
        tutti_wal::replay(folder, 0, |_, record| {
            if let Some((agrees, user)) = record.split_first() {
                let user = String::from_utf8_lossy(user).into_owned();
                if *agrees == 1 {
                    users.insert(user);
                } else {
                    users.remove(&user);
                }
            }
            Ok(())
        })
        .map_err(TasteError::at(folder))?;
        Ok(Consents { log, users: RwLock::new(users) })
    }

    pub(super) fn set(&self, user: &str, agrees: bool) -> Result<()> {
        let failed = || TasteError::at(Path::new("consents"));
        let record: Vec<u8> = std::iter::once(u8::from(agrees)).chain(user.bytes()).collect();
        let sequence = {
            let mut users = self.users.write().unwrap_or_else(PoisonError::into_inner);
            let sequence = self.log.append(&record).map_err(failed())?;
            if agrees {
                users.insert(user.to_owned())
            } else {
                users.remove(user)
            };
            sequence
        };
        self.log.sync(sequence).map_err(failed())
    }

    pub(super) fn contains(&self, user: &str) -> bool {
        self.users.read().unwrap_or_else(PoisonError::into_inner).contains(user)
    }
}
