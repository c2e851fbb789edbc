//! Putting a server together: store, accounts, rooms and sockets over one data directory.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use super::serve::{Ground, Joint};
use crate::accounts::{self, Accounts, Secret};
use crate::http::House;
use crate::pictures::Pictures;
use crate::realtime::{self, conformance};
use crate::rooms::{self, Cluster, Limits, Repertoires, Rooms};
use crate::store::{Collection, Joined, JoinedOptions, SharedStore, SledStore, migrations};

/// The folder of the store in a data directory.
const STORE: &str = "store";
/// The folder of a joined server's copies.
const JOINED: &str = "joined";
/// What all keys in Redis begin with.
const PREFIX: &str = "tutti";
/// Time between two words about Redis being away.
const PATIENCE: Duration = Duration::from_secs(5);

/// Everything that is kept in the store.
pub(super) fn collections() -> Vec<Collection> {
    [accounts::COLLECTIONS, rooms::COLLECTIONS, &[migrations::SCHEMA]].concat()
}

/// Puts a server together.
pub(super) async fn furnish(ground: Ground, joint: Joint) -> anyhow::Result<House> {
    let Ground { folder, engine, tastes, keys } = ground;
    let realtime = sockets();
    let secret = Secret::open(&folder, joint.jwt_secret.clone()).context("cannot keep the secret of tokens")?;
    let (store, secret, cluster): (SharedStore, _, _) = match &joint.redis_url {
        None => (Arc::new(alone(&folder).await?), secret, None),
        Some(url) => {
            let store = joined(&folder, url).await?;
            let secret = match joint.jwt_secret {
                Some(_) => secret,
                None => agreed(&store, &secret).await?,
            };
            (Arc::new(store), secret, Some(Cluster::join(&realtime, url).context("cannot join the other servers")?))
        }
    };
    migrations::migrate(&store, migrations::MIGRATIONS).await.context("cannot bring the store up to date")?;
    let accounts = Accounts::open(store.clone(), secret, accounts::Settings::default()).await.context("cannot open accounts")?;
    let watched = Arc::clone(&accounts);
    tokio::spawn(async move { watched.watch(std::future::pending()).await });
    let pictures = Arc::new(Pictures::new(&folder.join("pictures")));
    let repertoires = Repertoires::new(Arc::clone(&engine), Arc::clone(&tastes));
    let rooms = Rooms::new(store, repertoires, pictures, Limits::default(), cluster);
    rooms::serve(&realtime, Arc::clone(&rooms), Arc::clone(&accounts));
    Ok(House { engine, tastes, keys, accounts, rooms, realtime, public: joint.public_url })
}

/// The store of a server that needs no other.
async fn alone(folder: &Path) -> anyhow::Result<SledStore> {
    let path = folder.join(STORE);
    let opened = tokio::task::spawn_blocking(move || SledStore::open(&path, collections().leak())).await?;
    opened.context("cannot open the store")
}

/// The store of one of several servers; waits for Redis.
async fn joined(folder: &Path, url: &str) -> anyhow::Result<Joined> {
    let opened = Joined::open(&folder.join(JOINED), url, PREFIX, collections().leak(), JoinedOptions::default()).await;
    let store = opened.context("cannot open the store")?;
    while tokio::time::timeout(PATIENCE, store.until_joined()).await.is_err() {
        tracing::warn!("waiting for Redis");
    }
    Ok(store)
}

/// The secret of tokens that all servers use.
async fn agreed(store: &Joined, mine: &Secret) -> anyhow::Result<Secret> {
    let agreed = store.shared_secret("tokens", mine.bytes()).await.context("cannot agree on the secret of tokens")?;
    Secret::shared(agreed).context("the secret of tokens that the servers agreed on is none")
}

/// The server of sockets. `TUTTI_CONFORMANCE` serves what the protocol suite (`1`) or the load tool (`bench`) asks for.
fn sockets() -> Arc<realtime::Server> {
    let asked = std::env::var("TUTTI_CONFORMANCE").unwrap_or_default();
    let settings = if asked == "1" { realtime::Settings::conformance() } else { realtime::Settings::default() };
    let server = realtime::Server::new(settings);
    match &*asked {
        "1" => conformance::install(&server),
        "bench" => conformance::install_bench(&server),
        _ => {}
    }
    server
}
