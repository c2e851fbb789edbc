//! What every [`Store`](super::Store) must do, as tests that know only the trait. An implementation brings a [`Place`]
//! and one line: `contract!(ItsPlace);`.

pub(crate) mod batches;
pub(crate) mod documents;
pub(crate) mod feed;
pub(crate) mod logs;
pub(crate) mod model;

use std::future::Future;

use bytes::Bytes;
use serde_json::Value;

use crate::{Batch, Check, Collection, Position, SharedStore, StoreError, Write};

/// The kinds of documents that the tests use.
pub(crate) static COLLECTIONS: &[Collection] =
    &[Collection { name: "songs", indexes: &["tag", "artist.name"] }, Collection { name: "plain", indexes: &[] }];

/// Where one test keeps its store: empty at first, and the same on every opening.
pub(crate) trait Place: Sized + Send + Sync {
    /// A new one.
    fn new() -> impl Future<Output = Self> + Send;
    /// The store that is kept there. Only one is open at a time.
    fn open(&self) -> impl Future<Output = SharedStore> + Send;
}

pub(crate) fn put(collection: &'static str, key: &str, body: Value) -> Write {
    Write::Put(collection, key.to_owned(), body)
}

pub(crate) fn append(log: &str, after: u64, entries: &[&str]) -> Write {
    Write::Append { log: log.to_owned(), after, entries: entries.iter().map(|entry| Bytes::copy_from_slice(entry.as_bytes())).collect() }
}

pub(crate) async fn commit(store: &SharedStore, writes: Vec<Write>) -> Position {
    store.commit(Batch { checks: Vec::new(), writes }).await.unwrap()
}

pub(crate) async fn attempt(store: &SharedStore, checks: Vec<Check>, writes: Vec<Write>) -> Result<Position, StoreError> {
    store.commit(Batch { checks, writes }).await
}

pub(crate) async fn keys(store: &SharedStore, prefix: &str, after: Option<&str>, limit: usize) -> Vec<String> {
    store.scan("songs", prefix, after, limit).await.unwrap().into_iter().map(|(key, _)| key).collect()
}

pub(crate) async fn tagged(store: &SharedStore, tag: &str) -> Vec<String> {
    store.find("songs", "tag", tag, None, 100).await.unwrap().into_iter().map(|(key, _)| key).collect()
}

pub(crate) async fn entries(store: &SharedStore, log: &str, from: u64) -> Vec<(u64, String)> {
    let found = store.read(log, from, 1000).await.unwrap();
    found.into_iter().map(|(number, entry)| (number, String::from_utf8(entry.to_vec()).unwrap())).collect()
}

macro_rules! contract {
    ($place:ty) => {
        $crate::contract::contract!($place:
            documents::a_document_is_read_as_it_was_written,
            documents::every_write_changes_the_version,
            documents::scans_go_by_prefix_in_byte_order,
            documents::the_latest_is_the_last_at_or_before_a_key,
            documents::indexes_follow_the_documents,
            documents::only_strings_and_lists_of_strings_are_found,
            documents::finding_goes_on_behind_a_key,
            documents::any_text_is_a_name,
            documents::what_no_store_takes_is_refused,
            documents::large_values_are_kept_whole,
            batches::checks_decide,
            batches::a_conflict_leaves_nothing,
            batches::writes_of_a_batch_build_on_each_other,
            batches::batches_are_carried_out_in_the_order_they_were_handed_over,
            batches::one_of_many_wins,
            logs::entries_are_numbered,
            logs::concurrent_writers_win_their_own_numbers,
            logs::an_entry_is_amended,
            logs::a_trimmed_log_keeps_its_number,
            logs::a_dropped_log_begins_again,
            logs::logs_do_not_mix,
            logs::a_log_begins_behind_a_number,
            logs::all_logs_are_listed,
            feed::positions_grow_and_changes_are_told,
            feed::unknown_positions_are_forgotten,
        );
        $crate::contract::contract!(@place $place: feed::everything_survives_reopening, model::random_batches_do_what_the_model_does,);
    };
    ($place:ty: $($module:ident::$test:ident,)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            let place = <$place as $crate::contract::Place>::new().await;
            $crate::contract::$module::$test($crate::contract::Place::open(&place).await).await;
        }
    )*};
    (@place $place:ty: $($module:ident::$test:ident,)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            $crate::contract::$module::$test::<$place>().await;
        }
    )*};
}
pub(crate) use contract;
