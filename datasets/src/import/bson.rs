//! The `.bson` files that `mongodump` writes: documents one after the other, each with its length in front. They become extended JSON,
//! so that both are converted in one place.

use std::io::{ErrorKind, Read};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bson::{RawArray, RawBsonRef, RawDocument};
use serde_json::{Map, Number, Value, json};

use super::Rows;
use crate::{Record, RowError, read::Input};

/// What a file of `mongodump --archive` begins with.
pub(crate) const ARCHIVE: [u8; 4] = [0x6d, 0xe2, 0x99, 0x81];
/// MongoDB's largest document, with what the server allows around it.
const MAX_DOCUMENT: u32 = (16 << 20) + (16 << 10);
/// MongoDB's deepest document.
const MAX_DEPTH: usize = 100;

/// Whether the first bytes are those of a document: its length, a type, a name. No text has so small a number in front.
pub(crate) fn is_bson(head: &[u8]) -> bool {
    let Some((prefix, rest)) = head.split_first_chunk() else { return false };
    let sane = (5..=MAX_DOCUMENT).contains(&u32::from_le_bytes(*prefix));
    sane && match rest {
        [0, ..] => u32::from_le_bytes(*prefix) == 5,
        [0x01..=0x13 | 0x7f | 0xff, name @ ..] => name.contains(&0),
        _ => false,
    }
}

/// The documents of a file.
pub(crate) fn open(input: Input) -> Rows {
    Box::new(Documents { input, offset: 0, row: 0, done: false })
}

struct Documents {
    input: Input,
    /// Where the next document begins.
    offset: u64,
    row: u64,
    done: bool,
}

impl Documents {
    /// The bytes of the next document.
    fn framed(&mut self) -> Result<Option<Vec<u8>>, RowError> {
        let mut bytes = self.read(4, Vec::new())?;
        let Ok(prefix) = <[u8; 4]>::try_from(bytes.as_slice()) else {
            return if bytes.is_empty() { Ok(None) } else { Err(self.ends("is cut off")) };
        };
        let length = u32::from_le_bytes(prefix);
        if !(5..=MAX_DOCUMENT).contains(&length) {
            return Err(self.ends(&format!("says that it has {length} bytes, which no document has")));
        }
        bytes = self.read(u64::from(length) - 4, bytes)?;
        if bytes.len() < length as usize { Err(self.ends("is cut off")) } else { Ok(Some(bytes)) }
    }

    fn read(&mut self, count: u64, mut bytes: Vec<u8>) -> Result<Vec<u8>, RowError> {
        match (&mut self.input).take(count).read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                let what = format!("the compressed data ends too early (truncated file), within the document at byte {}", self.offset);
                Err(RowError::fatal(self.row, what))
            }
            Err(error) => Err(RowError::fatal(self.row, format!("cannot read on in the document at byte {}: {error}", self.offset))),
        }
    }

    /// Where one document ends wrongly nothing says where the next one begins.
    fn ends(&self, what: &str) -> RowError {
        RowError::new(self.row, format!("the document at byte {} {what}; the file is read up to there", self.offset), b"")
    }
}

impl Iterator for Documents {
    type Item = Result<Record, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        self.row += 1;
        let bytes = match self.framed() {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return None,
            Err(error) => {
                self.done = true;
                return Some(Err(error));
            }
        };
        let at = self.offset;
        self.offset += bytes.len() as u64;
        let read = RawDocument::from_bytes(&bytes).map_err(|error| error.to_string()).and_then(|document| members(document, 1));
        let refused = |what| RowError::new(self.row, format!("the document at byte {at} cannot be read: {what}"), b"");
        Some(read.map(|document| Record { line: self.row, document }).map_err(refused))
    }
}

fn members(document: &RawDocument, depth: usize) -> Result<Map<String, Value>, String> {
    let mut out = Map::new();
    for element in document {
        let (name, element) = element.map_err(|error| error.to_string())?;
        out.insert(name.as_str().to_owned(), value(element, depth)?);
    }
    Ok(out)
}

fn items(array: &RawArray, depth: usize) -> Result<Vec<Value>, String> {
    array.into_iter().map(|item| value(item.map_err(|error| error.to_string())?, depth)).collect()
}

fn value(element: RawBsonRef<'_>, depth: usize) -> Result<Value, String> {
    if depth > MAX_DEPTH {
        return Err(format!("documents stand more than {MAX_DEPTH} deep in each other"));
    }
    Ok(match element {
        RawBsonRef::Double(number) => Number::from_f64(number).map_or_else(|| json!({"$numberDouble": number.to_string()}), Value::Number),
        RawBsonRef::String(text) => text.into(),
        RawBsonRef::Array(array) => Value::Array(items(array, depth + 1)?),
        RawBsonRef::Document(document) => Value::Object(members(document, depth + 1)?),
        RawBsonRef::Boolean(truth) => truth.into(),
        RawBsonRef::Null => Value::Null,
        RawBsonRef::RegularExpression(regex) => {
            json!({"$regularExpression": {"pattern": regex.pattern.as_str(), "options": regex.options.as_str()}})
        }
        RawBsonRef::JavaScriptCode(code) => json!({"$code": code}),
        RawBsonRef::JavaScriptCodeWithScope(code) => json!({"$code": code.code, "$scope": {}}),
        RawBsonRef::Int32(number) => number.into(),
        RawBsonRef::Int64(number) => number.into(),
        RawBsonRef::Timestamp(moment) => json!({"$timestamp": {"t": moment.time, "i": moment.increment}}),
        RawBsonRef::Binary(binary) => {
            let subtype = format!("{:02x}", u8::from(binary.subtype));
            json!({"$binary": {"base64": BASE64_STANDARD.encode(binary.bytes), "subType": subtype}})
        }
        RawBsonRef::ObjectId(id) => json!({"$oid": id.to_hex()}),
        RawBsonRef::DateTime(date) => json!({"$date": {"$numberLong": date.timestamp_millis().to_string()}}),
        RawBsonRef::Symbol(text) => json!({"$symbol": text}),
        RawBsonRef::Decimal128(decimal) => json!({"$numberDecimal": decimal.to_string()}),
        RawBsonRef::Undefined => json!({"$undefined": true}),
        RawBsonRef::MaxKey => json!({"$maxKey": 1}),
        RawBsonRef::MinKey => json!({"$minKey": 1}),
        RawBsonRef::DbPointer(_) => json!({"$dbPointer": {}}),
    })
}
