//! The connection to Redis, and the scripts that are run over it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{RedisError, Script, ToRedisArgs};

use crate::{Collection, StoreError};

/// How long Redis may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(1);

macro_rules! scripts {
    ($($name:ident = $file:literal;)*) => {$(
        pub(crate) static $name: LazyLock<Script> = LazyLock::new(|| Script::new(concat!(include_str!("scripts/guard.lua"), include_str!(concat!("scripts/", $file)))));
    )*};
}

scripts! {
    COMMIT = "commit.lua";
    GET = "get.lua";
    SCAN = "scan.lua";
    FIND = "find.lua";
    LATEST = "latest.lua";
    READ = "read.lua";
    LAST = "last.lua";
    LOGS = "logs.lua";
    POSITION = "position.lua";
    CHANGES = "changes.lua";
    JOIN = "join.lua";
    REPLAY = "replay.lua";
    HELD = "held.lua";
    SECRET = "secret.lua";
}

/// A connection that makes itself anew. What is sent from many tasks at once shares round trips.
pub(crate) struct Link {
    connection: ConnectionManager,
    pub(crate) prefix: String,
    pub(crate) collections: &'static [Collection],
    /// What Redis must hold for anything to be done; empty for anything.
    epoch: Mutex<Arc<str>>,
    /// The largest position that was answered.
    seen: AtomicU64,
}

/// What a script answered, behind its first item.
pub(crate) type ScriptReply = std::vec::IntoIter<Vec<u8>>;

impl Link {
    /// Connects when it is first needed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the address makes no sense.
    pub(crate) fn new(url: &str, prefix: &str, collections: &'static [Collection]) -> Result<Link, StoreError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(Some(TIMEOUT))
            .set_number_of_retries(0);
        let client = redis::Client::open(url).map_err(|error| away(&error))?;
        let connection = ConnectionManager::new_lazy_with_config(client, config).map_err(|error| away(&error))?;
        let epoch = Mutex::new(Arc::from(""));
        Ok(Link { connection, prefix: prefix.to_owned(), collections, epoch, seen: AtomicU64::new(0) })
    }

    pub(crate) fn connection(&self) -> ConnectionManager {
        self.connection.clone()
    }

    pub(crate) fn epoch(&self) -> Arc<str> {
        Arc::clone(&self.epoch.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn adopt(&self, epoch: &str) {
        *self.epoch.lock().unwrap_or_else(PoisonError::into_inner) = Arc::from(epoch);
    }

    pub(crate) fn seen(&self) -> u64 {
        self.seen.load(Ordering::Relaxed)
    }

    pub(crate) fn see(&self, position: u64) {
        self.seen.fetch_max(position, Ordering::Relaxed);
    }

    /// Runs a script with the prefix, the epoch and `arguments`.
    pub(crate) async fn run(&self, script: &Script, arguments: &[&[u8]]) -> Result<ScriptReply, StoreError> {
        self.run_in(&self.epoch(), script, arguments).await
    }

    /// Runs a script whatever the epoch is.
    pub(crate) async fn run_always(&self, script: &Script, arguments: &[&[u8]]) -> Result<ScriptReply, StoreError> {
        self.run_in("", script, arguments).await
    }

    async fn run_in(&self, epoch: &str, script: &Script, arguments: &[&[u8]]) -> Result<ScriptReply, StoreError> {
        let mut call = script.prepare_invoke();
        call.arg(&self.prefix).arg(epoch);
        for argument in arguments {
            call.arg(*argument);
        }
        let answer = call.invoke_async::<Vec<Vec<u8>>>(&mut self.connection()).await;
        answer.map_err(|error| away(&error)).and_then(understand)
    }
}

/// Takes the word at the beginning of an answer off.
pub(crate) fn understand(answer: Vec<Vec<u8>>) -> Result<ScriptReply, StoreError> {
    let mut items = answer.into_iter();
    match items.next().as_deref() {
        Some(b"ok") => Ok(items),
        Some(b"conflict") => Err(StoreError::Conflict),
        Some(b"forgotten") => Err(StoreError::Forgotten),
        Some(b"stale") => Err(StoreError::Unavailable("Redis has lost what it held; the servers bring it back".to_owned())),
        Some(b"settling") => Err(StoreError::Unavailable("the servers bring back what Redis has lost".to_owned())),
        _ => Err(StoreError::Damaged("Redis answered something else than was asked".to_owned())),
    }
}

/// What an error of Redis means to a caller.
pub(crate) fn away(error: &RedisError) -> StoreError {
    match error.code() {
        // It is asked before the first write of a script, so that nothing was written.
        Some("OOM") => StoreError::Full,
        _ => StoreError::Unavailable(error.to_string()),
    }
}

/// A number in an answer.
///
/// # Errors
/// [`StoreError::Damaged`] when it is none.
pub(crate) fn number(item: Option<Vec<u8>>) -> Result<u64, StoreError> {
    let text = item.and_then(|bytes| String::from_utf8(bytes).ok());
    text.and_then(|text| text.parse().ok()).ok_or_else(|| StoreError::Damaged("Redis holds something else than a number".to_owned()))
}

/// A text in an answer.
///
/// # Errors
/// [`StoreError::Damaged`] when it is none.
pub(crate) fn text(item: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(item).map_err(|_| StoreError::Damaged("Redis holds something else than text".to_owned()))
}

/// Adds arguments to a command.
pub(crate) fn push(arguments: &mut Vec<Vec<u8>>, more: impl ToRedisArgs) {
    arguments.extend(more.to_redis_args());
}
