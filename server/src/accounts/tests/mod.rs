//! Accounts through their public face, over a store on disk.

mod entry;
mod erasure;
mod guard;
mod people;
mod sessions;
mod tokens;
mod words;

use std::net::IpAddr;
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::limits::Rate;
use tutti_store::SledStore;

const PASSWORD: &str = "correct horse battery";
const SECRET: &str = "a secret of tests, long enough for all";

/// Accounts over a store of their own.
struct House {
    accounts: Arc<Accounts>,
    store: SharedStore,
    _folder: TempDir,
}

impl House {
    async fn new() -> House {
        House::with(settings()).await
    }

    async fn with(settings: Settings) -> House {
        let folder = TempDir::new().unwrap();
        let store: SharedStore = Arc::new(SledStore::open(folder.path(), COLLECTIONS).unwrap());
        House { accounts: instance(&store, settings).await, store, _folder: folder }
    }

    /// Another server over the same store.
    async fn neighbour(&self) -> Arc<Accounts> {
        instance(&self.store, settings()).await
    }

    async fn user(&self, name: &str) -> (SignedIn, Caller) {
        let signed_in = self.accounts.sign_up(new(name), None, &origin()).await.unwrap();
        let caller = self.accounts.verify(&signed_in.access_token).unwrap();
        (signed_in, caller)
    }
}

async fn instance(store: &SharedStore, settings: Settings) -> Arc<Accounts> {
    let secret = Secret::open(std::path::Path::new("unused"), Some(SECRET.to_owned())).unwrap();
    Accounts::open(Arc::clone(store), secret, settings).await.unwrap()
}

/// Hashing that costs next to nothing, and rates that no test meets by chance.
fn settings() -> Settings {
    let often = Rate { per_second: 1000.0, burst: 1000.0 };
    let rates = Rates { guests: often, sign_ups: often, failures_of_address: often, failures_of_account: often };
    Settings { cost: Cost { memory: 8, passes: 1, lanes: 1 }, rates, ..Settings::default() }
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
        Err(error) => assert_eq!(error.code(), code, "{error}"),
    }
}
