//! How documents and changes are written as bytes in sled.

use serde_json::Value;

use crate::{Change, Document, StoreError};

/// A document as it is stored.
pub(crate) fn encode(version: u64, body: &Value) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::with_capacity(256);
    bytes.extend_from_slice(&version.to_be_bytes());
    serde_json::to_writer(&mut bytes, body).map_err(|error| StoreError::Refused(format!("a body cannot be written: {error}")))?;
    Ok(bytes)
}

/// The version of a stored document.
///
/// # Errors
/// [`StoreError::Damaged`] when it is cut short.
pub(crate) fn version(bytes: &[u8]) -> Result<u64, StoreError> {
    let number = bytes.first_chunk::<8>().ok_or_else(|| StoreError::Damaged("a document is cut short".to_owned()))?;
    Ok(u64::from_be_bytes(*number))
}

/// A stored document.
///
/// # Errors
/// [`StoreError::Damaged`] when it is not one.
pub(crate) fn decode(bytes: &[u8]) -> Result<Document, StoreError> {
    let version = version(bytes)?;
    let body = serde_json::from_slice(&bytes[8..]).map_err(|error| StoreError::Damaged(format!("a document is not JSON: {error}")))?;
    Ok(Document { version, body })
}

type Row = (u64, Vec<(String, String)>, Vec<String>);

/// The changes of a group of batches.
pub(crate) fn encode_changes(changes: &[Change]) -> Result<Vec<u8>, StoreError> {
    let rows: Vec<_> = changes.iter().map(|change| (change.position, &change.documents, &change.logs)).collect();
    serde_json::to_vec(&rows).map_err(|error| StoreError::Damaged(format!("changes cannot be written: {error}")))
}

/// What [`encode_changes`] wrote.
///
/// # Errors
/// [`StoreError::Damaged`] when it is not that.
pub(crate) fn decode_changes(bytes: &[u8]) -> Result<Vec<Change>, StoreError> {
    let rows: Vec<Row> = serde_json::from_slice(bytes).map_err(|error| StoreError::Damaged(format!("changes are not JSON: {error}")))?;
    Ok(rows.into_iter().map(|(position, documents, logs)| Change { position, documents, logs }).collect())
}
