//! A write-ahead log of opaque records, and atomic file replacement: the two ways in which Tutti makes something durable.
//!
//! [`Log`] appends records and syncs them, [`replay`] reads them back in order after a restart. [`replace_file`] replaces a
//! whole file, so that a crash leaves the old one or the new one. What a record or a file means is the caller's business.
//!
//! ```
//! # fn main() -> std::io::Result<()> {
//! let folder = tempfile::tempdir()?;
//! let log = tutti_wal::Log::open(folder.path(), 0)?;
//! let sequence = log.append(b"the first record")?;
//! log.sync(sequence)?;
//! drop(log);
//!
//! let mut seen = Vec::new();
//! tutti_wal::replay(folder.path(), 0, |sequence, body| {
//!     seen.push((sequence, body.to_vec()));
//!     Ok(())
//! })?;
//! assert_eq!(seen, [(1, b"the first record".to_vec())]);
//! # Ok(())
//! # }
//! ```

mod log;
mod replace;

pub use log::{Log, last_sequence, replay};
pub use replace::replace_file;
