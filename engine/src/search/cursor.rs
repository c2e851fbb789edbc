//! Where a page ended, as a token that later requests hand back.
//!
//! It names the last hit by its sort values and its key. The key finds where the hit is now, so paging goes on
//! rightly after commits and merges; its address is kept for the case that the hit was deleted meanwhile.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use tantivy::{DocAddress, Searcher};

use super::found::{After, Found, SortValue};
use super::keys::address_of;
use super::snapshot::Snapshot;
use crate::error::{Error, Result};

#[derive(Serialize, Deserialize)]
struct Token {
    score: u32,
    values: Vec<TokenValue>,
    key: String,
    segment: String,
    doc: u32,
}

#[derive(Serialize, Deserialize)]
enum TokenValue {
    Missing,
    Score(u32),
    Number(u64),
    Text(Vec<u8>),
}

/// The token of a page that ends with `last`.
pub(crate) fn write(searcher: &Searcher, last: &Found, key: &str) -> String {
    let values = last.values.iter().map(|value| match value {
        SortValue::Missing => TokenValue::Missing,
        SortValue::Score(score) => TokenValue::Score(score.to_bits()),
        SortValue::Number(number) => TokenValue::Number(*number),
        SortValue::Text(text) => TokenValue::Text(text.clone()),
    });
    let token = Token {
        score: last.score.to_bits(),
        values: values.collect(),
        key: key.to_owned(),
        segment: searcher.segment_reader(last.address.segment_ord).segment_id().uuid_string(),
        doc: last.address.doc_id,
    };
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&token).unwrap_or_default())
}

/// Reads a token back and finds where it points now. `keys` is how many sort keys the request has.
pub(crate) fn read(snapshot: &Snapshot, text: &str, keys: usize) -> Result<After> {
    let wrong = || Error::BadRequest("the cursor is not one this search gave; start again without it".to_owned());
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
    let token: Token = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
    if token.values.len() != keys {
        return Err(wrong());
    }
    let values = token.values.into_iter().map(|value| match value {
        TokenValue::Missing => SortValue::Missing,
        TokenValue::Score(bits) => SortValue::Score(f32::from_bits(bits)),
        TokenValue::Number(number) => SortValue::Number(number),
        TokenValue::Text(text) => SortValue::Text(text),
    });
    let segment = snapshot.segments.segment_readers().iter().position(|reader| reader.segment_id().uuid_string() == token.segment);
    let address = match (address_of(snapshot, &token.key)?, segment) {
        (Some(address), _) => address,
        (None, Some(ord)) => DocAddress::new(ord as u32, token.doc),
        (None, None) => DocAddress::new(u32::MAX, u32::MAX),
    };
    Ok(After { score: f32::from_bits(token.score), values: values.collect(), address })
}
