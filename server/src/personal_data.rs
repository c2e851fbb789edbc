//! Personal data outside of accounts: what taste and the indexes hold about a person, for exports and erasures.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use tutti_engine::search::SearchRequest;
use tutti_engine::{Action, ActionKind, Engine};

use crate::accounts::PersonalData;
use crate::query_parameters::{self, Syntax};
use crate::taste::TasteService;
use tutti_store::{StoreError, StoreFuture};

/// The index whose documents are people.
const USERS: &str = "users";
/// The index whose documents are what people did.
const ACTIVITIES: &str = "activities";
/// Documents read at once.
const PAGE: usize = 1_000;

/// What somebody did with songs and venues.
pub(crate) struct TasteData(pub(crate) Arc<TasteService>);

impl PersonalData for TasteData {
    fn name(&self) -> &'static str {
        "taste"
    }

    fn export(&self, user: &str) -> StoreFuture<Value> {
        let (tastes, user) = (self.0.clone(), user.to_owned());
        blocking(move || {
            let held = tastes.taste.history().table();
            let shown = |done: &tutti_engine::taste::interactions::InteractionRow| json!({"item": held.item(done.item), "venue": held.item(done.venue), "kind": done.kind.name(), "at": done.at, "times": done.times});
            let done: Vec<Value> = held.of(&user).iter().map(shown).collect();
            Ok(json!({"nearby": tastes.taste.consents(&user), "interactions": done}))
        })
    }

    fn erase(&self, user: &str) -> StoreFuture<()> {
        let (tastes, user) = (self.0.clone(), user.to_owned());
        blocking(move || tastes.taste.forget(&user).map_err(|error| StoreError::Unavailable(error.to_string())))
    }
}

/// Documents about somebody.
pub(crate) struct IndexData(pub(crate) Arc<Engine>);

impl PersonalData for IndexData {
    fn name(&self) -> &'static str {
        "indexes"
    }

    fn export(&self, user: &str) -> StoreFuture<Value> {
        let (engine, user) = (self.0.clone(), user.to_owned());
        blocking(move || {
            let own = engine.index(USERS).and_then(|index| index.get(&user)).unwrap_or_default();
            let did = activities(&engine, &user).map_err(|error| unavailable(&error))?;
            Ok(json!({"user": own, "activities": did}))
        })
    }

    fn erase(&self, user: &str) -> StoreFuture<()> {
        let (engine, user) = (self.0.clone(), user.to_owned());
        blocking(move || {
            loop {
                let did = activities(&engine, &user).map_err(|error| unavailable(&error))?;
                let ids: Vec<String> = did.iter().filter_map(|one| one["id"].as_str().map(str::to_owned)).collect();
                if ids.is_empty() {
                    break;
                }
                remove(&engine, ACTIVITIES, &ids).map_err(|error| unavailable(&error))?;
            }
            remove(&engine, USERS, &[user]).map_err(|error| unavailable(&error))
        })
    }
}

/// What somebody did, as the index of activities has it; a page of it.
fn activities(engine: &Engine, user: &str) -> Result<Vec<Map<String, Value>>, tutti_engine::Error> {
    let filter = query_parameters::filter(&format!("actor_id eq '{}'", user.replace('\'', "''"))).unwrap_or_default();
    let Ok(query) = query_parameters::query("", Syntax::default()) else { return Ok(Vec::new()) };
    let request = SearchRequest { query, filter, top: PAGE, count: false, ..SearchRequest::default() };
    match engine.index(ACTIVITIES) {
        Ok(index) => Ok(index.search(&request)?.hits.into_iter().map(|hit| hit.document).collect()),
        Err(tutti_engine::Error::NoSuchIndex(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn remove(engine: &Engine, index: &str, ids: &[String]) -> Result<(), tutti_engine::Error> {
    let index = match engine.index(index) {
        Ok(index) => index,
        Err(tutti_engine::Error::NoSuchIndex(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let delete = |id: &String| Action { kind: ActionKind::Delete, document: Map::from_iter([("id".to_owned(), json!(id))]) };
    index.write(&ids.iter().map(delete).collect::<Vec<_>>())?;
    index.refresh().map(drop)
}

fn unavailable(error: &tutti_engine::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, StoreError> + Send + 'static) -> StoreFuture<T> {
    Box::pin(async move { tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Unavailable(error.to_string()))? })
}
