//! The embedded search engine of Tutti: it parses queries, keeps indexes and answers searches. It is synchronous and
//! opens no socket; time and randomness come in as arguments.

mod error;
pub mod index;
pub mod query;
pub mod search;
mod taste_items;

pub use error::{Error, Result};
pub use index::{Access, Action, ActionKind, Engine, Index};
pub use taste_items::items_of;
pub use tutti_taste as taste;
pub use tutti_vectors as vectors;
pub use tutti_wal::replace_file;
