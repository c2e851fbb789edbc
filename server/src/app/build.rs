//! Opening everything over one data directory: indexes, taste, store, accounts, rooms, sockets.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tutti_engine::{Access, Engine};
use tutti_realtime::{Origins, conformance};
use tutti_store::migrations::{self, MigrationError};
use tutti_store::{Collection, JoinedOptions, JoinedStore, SharedStore, SledOptions, SledStore, StoreError};

use super::Tasks;
use super::error::AppError;
use super::state::{AppState, Scheme};
use crate::access::api_keys::ApiKeys;
use crate::accounts::{self, Accounts, PrivacyHook, Secret};
use crate::clock::Clock;
use crate::config::{Config, Conformance};
use crate::http::web::Tiles;
use crate::limits::{Rate, RateLimits};
use crate::migrations::MIGRATIONS;
use crate::personal_data::{IndexData, TasteData};
use crate::pictures::Pictures;
use crate::rooms::{self, Cluster, RoomLimits, Rooms, SongCandidates};
use crate::taste::TasteService;
use crate::venues;

/// The folder of the store in a data directory.
pub(crate) const STORE: &str = "store";
/// The folder of a joined server's copies.
const JOINED: &str = "joined";
/// What all keys in Redis begin with.
const PREFIX: &str = "tutti";
/// Time between two warnings about Redis being away.
const REDIS_WARNING: Duration = Duration::from_secs(5);

/// What handlers do not share: the protocol servers.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) realtime: Arc<tutti_realtime::Server>,
    /// Engine.IO alone, for the suite of its protocol.
    pub(crate) engine: Option<Arc<tutti_realtime::Server>>,
}

/// Everything that is kept in the store.
pub(crate) fn collections() -> &'static [Collection] {
    static ALL: OnceLock<Vec<Collection>> = OnceLock::new();
    ALL.get_or_init(|| [accounts::COLLECTIONS, rooms::COLLECTIONS, venues::COLLECTIONS, &[migrations::SCHEMA]].concat())
}

pub(super) async fn build(
    config: &Config,
    scheme: Scheme,
    accounts: accounts::Settings,
    clock: Clock,
) -> Result<(AppState, Services), AppError> {
    let folder = config.server.data_dir.clone();
    let (engine, tastes) = {
        let (folder, clock) = (folder.clone(), clock.clone());
        tokio::task::spawn_blocking(move || open_indexes(&folder, clock)).await.map_err(|error| AppError::Ended(error.to_string()))??
    };
    let keys = ApiKeys::open(&folder, config.security.admin_key.clone(), config.security.query_key.clone()).map_err(AppError::Keys)?;
    let realtime = sockets(config);
    let echo = (config.server.conformance == Conformance::On).then(|| conformance::engine(tutti_realtime::Config::conformance()));
    let (store, secret, cluster) = store(config, &realtime).await?;
    match migrations::migrate(&store, MIGRATIONS).await {
        Err(MigrationError::Store(StoreError::Full)) => {
            tracing::warn!("the disk is full: search goes on, accounts and rooms cannot be written until there is room");
        }
        migrated => drop(migrated?),
    }
    let unlimited = config.server.conformance == Conformance::Bench;
    let limits = Arc::new(RateLimits::new(&rates(config, unlimited)));
    let accounts = Accounts::open(store.clone(), secret, accounts, Arc::clone(&limits), clock.clone()).await?;
    let pictures = Arc::new(Pictures::new(&folder.join("pictures")));
    let candidates = SongCandidates::new(Arc::clone(&engine), Arc::clone(&tastes));
    let room_limits = if unlimited { RoomLimits::unlimited() } else { RoomLimits::default() };
    let styles = venues::Styles::new(store.clone());
    let rooms = Rooms::new(clock.clone(), store, candidates, pictures, room_limits, cluster);
    accounts.register(Arc::new(rooms::RoomsPersonalData(Arc::clone(&rooms))));
    accounts.register(Arc::new(TasteData(Arc::clone(&tastes))));
    accounts.register(Arc::new(IndexData(Arc::clone(&engine))));
    accounts.on_privacy_changed(consent(&tastes));
    let state = AppState {
        engine,
        tastes,
        accounts,
        rooms,
        styles,
        keys: Arc::new(keys),
        limits,
        tasks: Tasks::default(),
        public_url: config.server.public_url.as_deref().map(Arc::from),
        tiles: tiles(config),
        scheme,
        max_body: config.server.max_body,
        definitions: Arc::default(),
        running: Arc::new(tokio::sync::Semaphore::new(config.server.max_requests)),
    };
    Ok((state, Services { realtime, engine: echo }))
}

/// Where tiles of maps come from.
fn tiles(config: &Config) -> Option<Arc<Tiles>> {
    let url = config.web.tile_url.clone()?;
    Some(Arc::new(Tiles { url, credit: config.web.tile_credit.clone() }))
}

/// The rates of a server; for the load tool, next to none.
fn rates(config: &Config, unlimited: bool) -> crate::config::Rates {
    if unlimited { crate::config::Rates { guests: Rate { per_second: 1e6, burst: 1e6 }, ..config.rates } } else { config.rates }
}

/// Opens the indexes and taste of a data directory for serving, with the shipped indexes in it.
///
/// # Errors
/// When one cannot be opened or made.
pub(crate) fn open_indexes(folder: &Path, clock: Clock) -> Result<(Arc<Engine>, Arc<TasteService>), AppError> {
    let engine = Engine::open(folder, Access::Write)?;
    for name in tutti_index_schema::shipped_names() {
        match engine.index(name) {
            Ok(_) => {}
            Err(tutti_engine::Error::NoSuchIndex(_)) => {
                if let Some(definition) = tutti_index_schema::shipped(name) {
                    engine.create_index(&definition)?;
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    for name in engine.index_names()? {
        engine.index(&name)?;
    }
    Ok((Arc::new(engine), Arc::new(TasteService::open(folder, clock)?)))
}

/// The store: embedded, or joined with others by Redis; the secret of tokens; the other servers.
async fn store(config: &Config, realtime: &Arc<tutti_realtime::Server>) -> Result<(SharedStore, Secret, Option<Cluster>), AppError> {
    let folder = &config.server.data_dir;
    let given = config.security.jwt_secret.clone();
    let secret = Secret::open(folder, given.clone()).map_err(|error| AppError::Secret(error.to_string()))?;
    let sled = SledOptions { cache: config.store.cache, ..SledOptions::default() };
    let Some(url) = &config.redis.url else {
        let path = folder.join(STORE);
        let opened = tokio::task::spawn_blocking(move || SledStore::open_with(&path, collections(), sled)).await;
        let store = opened.map_err(|error| AppError::Ended(error.to_string()))??;
        return Ok((Arc::new(store), secret, None));
    };
    let options = JoinedOptions { sled, ..JoinedOptions::default() };
    let store = JoinedStore::open(&folder.join(JOINED), url, PREFIX, collections(), options).await?;
    while tokio::time::timeout(REDIS_WARNING, store.until_joined()).await.is_err() {
        tracing::warn!("waiting for Redis");
    }
    let secret = if given.is_some() { secret } else { shared_secret(&store, &secret).await? };
    Ok((Arc::new(store), secret, Some(Cluster::join(realtime, url)?)))
}

/// The secret of tokens that all servers use.
async fn shared_secret(store: &JoinedStore, mine: &Secret) -> Result<Secret, AppError> {
    let shared = store.shared_secret("tokens", mine.bytes()).await?;
    Secret::shared(shared).map_err(|error| AppError::Secret(error.to_string()))
}

/// Somebody's presence is counted near venues when the account shares it.
fn consent(tastes: &Arc<TasteService>) -> PrivacyHook {
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

/// The server of sockets, with the suites' handlers when they are asked for.
fn sockets(config: &Config) -> Arc<tutti_realtime::Server> {
    let suite = config.server.conformance;
    let times = if suite == Conformance::On { tutti_realtime::Config::conformance() } else { tutti_realtime::Config::default() };
    let allowed = &config.security.allow_origin;
    let origins = if allowed.is_empty() { Origins::Any } else { Origins::Only(allowed.clone()) };
    // Forwarded addresses are resolved for all of HTTP before a request comes here.
    let server = tutti_realtime::Server::new(tutti_realtime::Config { origins, ..times });
    match suite {
        Conformance::Off => {}
        Conformance::On => conformance::install(&server),
        Conformance::Client => conformance::install_client(&server),
        Conformance::Bench => conformance::install_bench(&server),
    }
    server
}
