//! Accounts through their public face, over a store on disk.

mod entry;
mod erasure;
mod people;
mod private_ids;
mod sessions;
mod tokens;
mod validation;

use std::net::IpAddr;
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::config::Rates;
use crate::limits::{Rate, RateLimits};
use tutti_store::SledStore;

const PASSWORD: &str = "correct horse battery";
const SECRET: &str = "a secret of tests, long enough for all";

/// Accounts over a store of their own.
struct Fixture {
    accounts: Arc<Accounts>,
    store: SharedStore,
    _folder: TempDir,
}

impl Fixture {
    async fn new() -> Fixture {
        Fixture::with(settings()).await
    }

    async fn with(settings: Settings) -> Fixture {
        Fixture::limited(settings, often()).await
    }

    async fn limited(settings: Settings, rates: Rates) -> Fixture {
        let folder = TempDir::new().unwrap();
        let store: SharedStore = Arc::new(SledStore::open(folder.path(), COLLECTIONS).unwrap());
        Fixture { accounts: instance(&store, settings, &rates).await, store, _folder: folder }
    }

    /// Another server over the same store.
    async fn neighbour(&self) -> Arc<Accounts> {
        instance(&self.store, settings(), &often()).await
    }

    async fn user(&self, name: &str) -> (SignedIn, Identity) {
        let signed_in = self.accounts.sign_up(new(name), None, &origin()).await.unwrap();
        let caller = self.accounts.verify(&signed_in.access_token).unwrap();
        (signed_in, caller)
    }
}

async fn instance(store: &SharedStore, settings: Settings, rates: &Rates) -> Arc<Accounts> {
    let secret = Secret::open(std::path::Path::new("unused"), Some(SECRET.to_owned())).unwrap();
    Accounts::open(Arc::clone(store), secret, settings, Arc::new(RateLimits::new(rates)), Clock::System).await.unwrap()
}

/// Hashing that costs next to nothing.
fn settings() -> Settings {
    Settings { cost: Cost { memory: 8, passes: 1, lanes: 1 }, ..Settings::default() }
}

/// Rates that no test meets by chance.
fn often() -> Rates {
    let often = Rate { per_second: 1000.0, burst: 1000.0 };
    Rates { guests: often, sign_ups: often, log_ins: Rate { burst: 2000.0, ..often }, codes: often }
}

fn new(name: &str) -> NewAccount {
    NewAccount { email: email(name), password: PASSWORD.to_owned(), name: name.to_owned() }
}

fn email(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase().replace(' ', "."))
}

fn origin() -> Origin {
    Origin { address: "192.0.2.1".parse::<IpAddr>().unwrap(), agent: Some("test".to_owned()) }
}

#[track_caller]
fn refused<T>(result: Result<T, AccountError>, code: &str) {
    match result {
        Ok(_) => panic!("it was allowed, not {code}"),
        Err(error) => assert_eq!(error.code().as_str(), code, "{error}"),
    }
}
