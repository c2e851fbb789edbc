//! Putting a server together: store, accounts, rooms and sockets over one data directory.

use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context as _;
use axum::http::HeaderMap;

use super::serve::{Ground, Joint};
use crate::accounts::{self, Accounts, PrivacyHook, Secret};
use crate::holders::{IndexHolder, TasteHolder};
use crate::http::House;
use crate::http::web::Tiles;
use crate::limits::Rate;
use crate::migrations::MIGRATIONS;
use crate::pictures::Pictures;
use crate::rooms::{self, Cluster, RoomLimits, Rooms, SongCandidates};
use crate::taste::Tastes;
use crate::venues;
use tutti_realtime::{ClientAddress, Origins, conformance};
use tutti_store::migrations::MigrationError;
use tutti_store::{Collection, JoinedOptions, JoinedStore, SharedStore, SledOptions, SledStore, StoreError, migrations};

/// The folder of the store in a data directory.
pub(super) const STORE: &str = "store";
/// The folder of a joined server's copies.
const JOINED: &str = "joined";
/// What all keys in Redis begin with.
const PREFIX: &str = "tutti";
/// Time between two words about Redis being away.
const PATIENCE: Duration = Duration::from_secs(5);

/// Everything that is kept in the store.
pub(super) fn collections() -> &'static [Collection] {
    static ALL: OnceLock<Vec<Collection>> = OnceLock::new();
    ALL.get_or_init(|| [accounts::COLLECTIONS, rooms::COLLECTIONS, venues::COLLECTIONS, &[migrations::SCHEMA]].concat())
}

/// Puts a server together.
pub(super) async fn furnish(ground: Ground, joint: Joint) -> anyhow::Result<House> {
    let Ground { folder, engine, tastes, keys } = ground;
    let realtime = sockets(&joint);
    let secret = Secret::open(&folder, joint.jwt_secret.clone()).context("cannot keep the secret of tokens")?;
    let sled = SledOptions { cache: joint.store_cache << 20, ..SledOptions::default() };
    // Set and empty is as good as not set.
    let redis = joint.redis_url.as_ref().filter(|url| !url.is_empty());
    let (store, secret, cluster): (SharedStore, _, _) = match redis {
        None => (Arc::new(alone(&folder, sled).await?), secret, None),
        Some(url) => {
            let store = joined(&folder, url, sled).await?;
            let secret = match joint.jwt_secret {
                Some(_) => secret,
                None => agreed(&store, &secret).await?,
            };
            (Arc::new(store), secret, Some(Cluster::join(&realtime, url).context("cannot join the other servers")?))
        }
    };
    match migrations::migrate(&store, MIGRATIONS).await {
        Err(MigrationError::Store(StoreError::Full)) => {
            tracing::warn!("the disk is full: search goes on, accounts and rooms cannot be written until there is room");
        }
        migrated => drop(migrated.context("cannot bring the store up to date")?),
    }
    let accounts = Accounts::open(store.clone(), secret, account_settings()).await.context("cannot open accounts")?;
    let pictures = Arc::new(Pictures::new(&folder.join("pictures")));
    let candidates = SongCandidates::new(Arc::clone(&engine), Arc::clone(&tastes));
    let limits = if bench() { RoomLimits::unlimited() } else { RoomLimits::default() };
    let styles = venues::Styles::new(store.clone());
    let rooms = Rooms::new(store, candidates, pictures, limits, cluster);
    accounts.register(Arc::new(rooms::RoomsPersonalData(Arc::clone(&rooms))));
    accounts.register(Arc::new(TasteHolder(Arc::clone(&tastes))));
    accounts.register(Arc::new(IndexHolder(Arc::clone(&engine))));
    accounts.on_privacy_changed(consent(&tastes));
    let watched = Arc::clone(&accounts);
    tokio::spawn(async move { watched.watch(std::future::pending()).await });
    tokio::spawn(Arc::clone(&rooms).write_interactions(Arc::clone(&accounts), Arc::clone(&tastes)));
    rooms::serve(&realtime, Arc::clone(&rooms), Arc::clone(&accounts));
    let tiles = joint.tile_url.map(|url| Tiles { url, credit: joint.tile_credit });
    Ok(House { engine, tastes, keys, accounts, rooms, styles, realtime, public: joint.public_url, tiles })
}

fn account_settings() -> accounts::Settings {
    let mut settings = accounts::Settings::default();
    if bench() {
        settings.rates.guests = Rate { per_second: 1e6, burst: 1e6 };
    }
    settings
}

/// Who shares his presence is counted near venues; who does not, is not.
fn consent(tastes: &Arc<Tastes>) -> PrivacyHook {
    let tastes = Arc::clone(tastes);
    Box::new(move |user, privacy| {
        let (tastes, user) = (Arc::clone(&tastes), user.to_owned());
        Box::pin(async move {
            let set = tokio::task::spawn_blocking(move || tastes.taste.set_consent(&user, privacy.presence)).await;
            let set = set.map_err(|error| StoreError::Unavailable(error.to_string()))?;
            set.map_err(|error| StoreError::Unavailable(error.to_string()))
        })
    })
}

/// The store of a server that needs no other.
async fn alone(folder: &Path, sled: SledOptions) -> anyhow::Result<SledStore> {
    let path = folder.join(STORE);
    let opened = tokio::task::spawn_blocking(move || SledStore::open_with(&path, collections(), sled)).await?;
    opened.context("cannot open the store")
}

/// The store of one of several servers; waits for Redis.
async fn joined(folder: &Path, url: &str, sled: SledOptions) -> anyhow::Result<JoinedStore> {
    let opened =
        JoinedStore::open(&folder.join(JOINED), url, PREFIX, collections(), JoinedOptions { sled, ..JoinedOptions::default() }).await;
    let store = opened.context("cannot open the store")?;
    while tokio::time::timeout(PATIENCE, store.until_joined()).await.is_err() {
        tracing::warn!("waiting for Redis");
    }
    Ok(store)
}

/// The secret of tokens that all servers use.
async fn agreed(store: &JoinedStore, mine: &Secret) -> anyhow::Result<Secret> {
    let agreed = store.shared_secret("tokens", mine.bytes()).await.context("cannot agree on the secret of tokens")?;
    Secret::shared(agreed).context("the secret of tokens that the servers agreed on is none")
}

/// Whether the load tool is at work: it needs more of one connection than any person.
fn bench() -> bool {
    std::env::var("TUTTI_CONFORMANCE").is_ok_and(|asked| asked == "bench")
}

/// The server of sockets. `TUTTI_CONFORMANCE` serves what the protocol suite (`1`) or the load tool (`bench`) asks for.
fn sockets(joint: &Joint) -> Arc<tutti_realtime::Server> {
    let asked = std::env::var("TUTTI_CONFORMANCE").unwrap_or_default();
    let times = if asked == "1" { tutti_realtime::Config::conformance() } else { tutti_realtime::Config::default() };
    let origins = if joint.allow_origin.is_empty() { Origins::Any } else { Origins::Only(joint.allow_origin.clone()) };
    let client_address = if joint.trust_forwarded { ClientAddress::by(forwarded) } else { ClientAddress::peer() };
    let server = tutti_realtime::Server::new(tutti_realtime::Config { origins, client_address, ..times });
    match &*asked {
        "1" => conformance::install(&server),
        "bench" => conformance::install_bench(&server),
        _ => {}
    }
    server
}

/// The last address of `X-Forwarded-For`, which the nearest proxy wrote; the peer's without one.
fn forwarded(headers: &HeaderMap, peer: IpAddr) -> IpAddr {
    let last = headers.get("x-forwarded-for").and_then(|list| list.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    last.unwrap_or(peer)
}
