//! Where taste meets the indexes: which of a model's items an index holds.

use tutti_taste::{ItemSet, Model};

use crate::error::Result;
use crate::index::Index;
use crate::query::ast::Query;

/// The model's items that are documents of an index and match a filter, if there is one. Items and documents go by the same
/// key. O(keys + items): both are in order.
///
/// # Errors
/// What [`Index::each_key`] says.
pub fn items_of(model: &Model, index: &Index, filter: Option<&Query>) -> Result<ItemSet> {
    let mut matcher = model.item_matcher();
    index.each_key(filter, |key| matcher.add(key))?;
    Ok(matcher.finish())
}
