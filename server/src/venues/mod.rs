//! Venues as their owners run them: the style of a venue, kept in the store. Who comes and what suits them is `taste`'s; routes are
//! `http/taste/venues`.

mod style;

use serde_json::Value;

pub(crate) use style::Style;

use tutti_store::{Batch, Collection, SharedStore, StoreError, Write};

/// Styles by venue.
const STYLES: Collection = Collection { name: "venue_styles", indexes: &[] };
/// What venues keep in the store.
pub(crate) const COLLECTIONS: &[Collection] = &[STYLES];

/// The styles of all venues.
#[derive(Clone)]
pub(crate) struct Styles {
    store: SharedStore,
}

impl Styles {
    pub(crate) fn new(store: SharedStore) -> Styles {
        Styles { store }
    }

    /// The style of a venue; the usual one where its owner has set none.
    ///
    /// # Errors
    /// When the store cannot be read now.
    pub(crate) async fn of(&self, venue: &str) -> Result<Style, StoreError> {
        let kept = self.store.get(STYLES.name, venue).await?;
        Ok(kept.and_then(|document| serde_json::from_value(document.body).ok()).unwrap_or_default())
    }

    /// Keeps a style that was checked; durable when it returns.
    ///
    /// # Errors
    /// When the store cannot be written now.
    pub(crate) async fn set(&self, venue: &str, style: &Style) -> Result<(), StoreError> {
        let body = serde_json::to_value(style).unwrap_or(Value::Null);
        self.store.commit(Batch { checks: Vec::new(), writes: vec![Write::Put(STYLES.name, venue.to_owned(), body)] }).await.map(drop)
    }
}
