//! `tutti store`: what is kept besides indexes and taste, out to files and back.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;

use super::Data;
use crate::app::{STORE, collections};
use crate::migrations::MIGRATIONS;
use tutti_store::transfer::{self, Target, Transferred};
use tutti_store::{SharedStore, SledStore, migrations};

/// Export or import accounts and rooms as files that MongoDB takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tutti store export backup
  tutti store import backup --data another-directory

One file NAME.ndjson for each collection, a document of MongoDB extended JSON on each line, and logs.ndjson with the
rooms' logs; `mongoimport --collection NAME NAME.ndjson` takes them. The server must not be running.")]
pub(super) struct Store {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Write everything into files
    Export {
        /// The folder for the files
        files: PathBuf,
        #[command(flatten)]
        data: Data,
    },
    /// Read files that were exported
    Import {
        /// The folder with the files
        files: PathBuf,
        #[command(flatten)]
        data: Data,
        /// Read into a store that is not empty: documents replace those of the same key
        #[arg(long)]
        merge: bool,
    },
}

impl Store {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
        let (carried, done, files) = runtime.block_on(async {
            match self.what {
                What::Export { files, data } => {
                    let store = open(&data).await?;
                    anyhow::Ok((transfer::export(&store, collections(), &files).await?, "exported", files))
                }
                What::Import { files, data, merge } => {
                    let store = open(&data).await?;
                    let into = if merge { Target::Merge } else { Target::Empty };
                    Ok((transfer::import(&store, collections(), &files, into).await?, "imported", files))
                }
            }
        })?;
        let Transferred { documents, entries } = carried;
        println!("{done} {documents} documents and {entries} log entries ({})", files.display());
        Ok(())
    }
}

async fn open(data: &Data) -> anyhow::Result<SharedStore> {
    let path = data.folder.join(STORE);
    let opened = tokio::task::spawn_blocking(move || SledStore::open(&path, collections())).await?;
    let store: SharedStore = Arc::new(opened.context("cannot open the store; is a server running?")?);
    migrations::migrate(&store, MIGRATIONS).await.context("cannot bring the store up to date")?;
    Ok(store)
}
