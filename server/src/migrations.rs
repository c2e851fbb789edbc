//! What happened to the shape of stored documents from version to version of this program. The machinery is in
//! [`tutti_store::migrations`]; a changed document of rooms, accounts or venues is a new [`Migration`] here.

use tutti_store::migrations::Migration;

/// Every migration, ascending. The first version needs no step.
pub(crate) const MIGRATIONS: &[Migration] = &[Migration { version: 1, steps: &[] }];
