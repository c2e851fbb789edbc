//! The task that looks after Redis: whether it is there, and whether it holds what it should.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::TryRngCore as _;
use rand::rngs::OsRng;

use super::{Health, Shared, copies, repair, replay, sweep};
use crate::redis::{RedisStore, link};
use crate::sled::staging::Row;
use crate::{StoreError, redis};

/// How often Redis is asked.
const PROBE: Duration = Duration::from_millis(500);
/// How often copies that others keep too are forgotten.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// Works until it is aborted. `known` is the epoch that was last joined.
pub(crate) async fn watch(shared: Arc<Shared>, store: RedisStore, mut known: String) {
    let mut swept = Instant::now();
    loop {
        let mut pause = PROBE;
        match look(&shared, &store, &mut known).await {
            Ok(true) => {
                if shared.health.send_replace(Health::Joined) != Health::Joined {
                    tracing::info!(epoch = %known, "joined the other servers");
                }
                if swept.elapsed() >= SWEEP {
                    swept = Instant::now();
                    if let Err(error) = sweep::sweep(&shared).await {
                        tracing::warn!(%error, "old copies were not all forgotten");
                    }
                }
            }
            Ok(false) => pause = shared.settle.min(PROBE) / 4,
            Err(error) => {
                if shared.degrade() {
                    tracing::warn!(%error, "Redis is away");
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = shared.failed.notified() => {}
        }
    }
}

/// Asks Redis how it is, and offers copies to an epoch that has not had them. Tells whether all is well.
async fn look(shared: &Shared, store: &RedisStore, known: &mut String) -> Result<bool, StoreError> {
    let link = &shared.link;
    let (seen, settle) = (link.seen().to_string(), shared.settle.as_millis().max(1).to_string());
    let fresh = fresh_epoch()?;
    let arguments = [known.as_bytes(), seen.as_bytes(), fresh.as_bytes(), settle.as_bytes()];
    let mut answer = link.run_always(&link::JOIN, &arguments).await?;
    let epoch = redis::link::text(answer.next().unwrap_or_default())?;
    let settling = redis::link::number(answer.next())? == 1;
    if epoch != *known {
        shared.degrade();
        tracing::warn!(%epoch, settling, "Redis begins a new epoch; offering what is kept here");
        // What Redis answered before must be in the folder before the folder is offered.
        store.commits().barrier().await.unwrap_or_else(|_| Err(StoreError::Unavailable("it is closed".to_owned())))?;
        for what in replay::replay(shared, &epoch).await? {
            shared.note_conflict(what);
        }
        let position = redis::link::number(link.run_always(&link::POSITION, &[]).await?.next())?;
        link.see(position);
        let joined = Row::Set(copies::epoch(), Some(epoch.clone().into_bytes()));
        shared.local.write_rows(vec![joined, copies::reach(position)]).await?;
        known.clone_from(&epoch);
        link.adopt(&epoch);
        return Ok(false);
    }
    link.adopt(&epoch);
    if !settling && *shared.health.borrow() != Health::Joined {
        // Commits that are still on their way to the folder are not what is missing there.
        store.commits().barrier().await.unwrap_or_else(|_| Err(StoreError::Unavailable("it is closed".to_owned())))?;
        repair::repair(shared, store).await?;
    }
    Ok(!settling)
}

fn fresh_epoch() -> Result<String, StoreError> {
    let number = OsRng.try_next_u64().map_err(|error| StoreError::Unavailable(error.to_string()))?;
    Ok(format!("{number:016x}"))
}
