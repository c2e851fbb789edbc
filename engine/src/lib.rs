//! The embedded search engine of Tutti: it parses queries, keeps indexes and answers searches. It is synchronous and
//! opens no socket; time and randomness come in as arguments.

mod binding;
mod bytes;
mod error;
pub mod index;
mod kernels;
mod log;
pub mod nearest;
pub mod query;
pub mod search;
pub mod taste;

pub use bytes::write_whole;
pub use error::{Error, Result};
pub use index::{Access, Action, ActionKind, Engine, Index};
