//! `tutti serve`: a server until a signal ends it.

use anyhow::Context as _;

use super::Diagnostics;
use crate::app::{App, CancellationToken, runtime, start_log};
use crate::config::flags::Flags;
use crate::config::{Config, Loaded, unknown_variables};

/// Serve the indexes of a data directory over HTTP.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tutti serve
  tutti serve --data /var/lib/tutti --listen 0.0.0.0:7070
  tutti serve --listen 0.0.0.0:7070 --tls-cert fullchain.pem --tls-key privkey.pem
  tutti serve --config /etc/tutti.toml
  TUTTI_LOG=tutti_server=debug,tower_http=debug tutti serve --log-json

Every flag is a key of the configuration file and a variable of the environment, too; a flag is stronger than a variable, and that
than the file. `tutti config print --defaults` writes a file with every key, `tutti config explain KEY` says all about one.

The shipped indexes (songs, artists, users, venues, playlists, activities) are made empty when they are missing.
Fill them with `tutti index`, also while this runs, or with POST /v1/{index}/documents.
Ctrl-C or SIGTERM ends it: requests under way are answered, what was written is committed.")]
pub(super) struct Serve {
    #[command(flatten)]
    flags: Flags,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let sources = self.flags.sources();
        let config = Loaded::from(&sources).map_err(|error| Diagnostics(error.to_string()))?.config;
        start_log(&config.log);
        for name in unknown_variables(&sources) {
            tracing::warn!("a variable that nobody reads is set: {name}");
        }
        serve(config, |app| println!("listening on {}", app.base()))
    }
}

/// Serves until a signal ends it; `ready` is told once the port is bound.
pub(super) fn serve(config: Config, ready: impl FnOnce(&App)) -> anyhow::Result<()> {
    runtime().context("cannot start the runtime")?.block_on(async {
        let app = App::build(config).await?;
        ready(&app);
        let stop = CancellationToken::new();
        let stopper = stop.clone();
        tokio::spawn(async move {
            end_signal().await;
            stopper.cancel();
        });
        Ok(app.run(stop).await?)
    })
}

async fn end_signal() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupted.await;
        return;
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
