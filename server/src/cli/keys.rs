//! `tutti keys`: the API keys of a data directory.

use anyhow::Context;

use super::Data;
use crate::access::api_keys::{ApiKeys, Which};

/// Show the API keys of a data directory, or make one anew.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tutti keys
  tutti keys --rotate query

A running server keeps the keys it started with: start it again after a change. Keys given to `tutti serve` by
TUTTI_ADMIN_KEY and TUTTI_QUERY_KEY take the place of the kept ones and are not shown here.")]
pub(super) struct Keys {
    #[command(flatten)]
    data: Data,
    /// Make this key anew; the old one opens nothing any more
    #[arg(long, value_name = "KEY")]
    rotate: Option<Which>,
}

impl Keys {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let folder = &self.data.folder;
        let keys = match self.rotate {
            Some(which) => ApiKeys::rotate(folder, which),
            None => ApiKeys::open(folder, None, None),
        };
        let keys = keys.with_context(|| format!("cannot keep keys in {}", folder.display()))?;
        println!("admin {}\nquery {}", keys.admin, keys.query);
        Ok(())
    }
}
