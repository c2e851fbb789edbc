//! Parquet by its row API. Dates and timestamps become RFC 3339 text, bytes lower-case hex, decimals numbers. The `parquet` crate
//! (60.1) panics on some damaged pages; such a panic is caught here and becomes the error it should have been.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use parquet::{
    errors::ParquetError,
    file::reader::{FileReader, SerializedFileReader},
    record::{Field, Row, reader::RowIter},
};
use serde_json::{Map, Number, Value};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::Record;
use crate::{Error, RowError};

pub(crate) struct Columnar {
    rows: RowIter<'static>,
    line: u64,
    done: bool,
}

impl Columnar {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        let damaged = |what: String| Error::Content { path: path.to_owned(), what: format!("not a sound Parquet file: {what}") };
        let opened = guarded(|| {
            let reader = SerializedFileReader::new(file)?;
            // The crate's row iterator fails on files without columns; they have no rows to give.
            let done = reader.metadata().file_metadata().schema_descr().num_columns() == 0;
            Ok(Columnar { rows: RowIter::from_file_into(Box::new(reader)), line: 0, done })
        });
        opened.map_err(damaged)
    }
}

impl Iterator for Columnar {
    type Item = Result<Record, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let rows = &mut self.rows;
        match guarded(|| rows.next().transpose()) {
            Ok(row) => {
                let row = row?;
                self.line += 1;
                Some(Ok(Record { line: self.line, document: object(&row) }))
            }
            Err(error) => {
                self.done = true;
                Some(Err(RowError::fatal(self.line, format!("cannot read on: {error}; read up to row {}", self.line))))
            }
        }
    }
}

/// What `read` returns, with its panics as errors. After one the reader is not asked again.
fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("the pages are damaged".to_owned()),
    }
}

fn object(row: &Row) -> Map<String, Value> {
    row.get_column_iter().map(|(name, field)| (name.clone(), value(field))).collect()
}

fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(b) => Value::Bool(*b),
        Field::Byte(n) => (*n).into(),
        Field::Short(n) => (*n).into(),
        Field::Int(n) => (*n).into(),
        Field::Long(n) => (*n).into(),
        Field::UByte(n) => (*n).into(),
        Field::UShort(n) => (*n).into(),
        Field::UInt(n) => (*n).into(),
        Field::ULong(n) => (*n).into(),
        Field::Float16(n) => float(f64::from(*n)),
        // By way of its decimal form: 0.1 stays 0.1.
        Field::Float(n) => n.to_string().parse().map_or(Value::Null, float),
        Field::Double(n) => float(*n),
        Field::Decimal(_) => field.to_string().parse().map_or(Value::Null, float),
        Field::Str(text) => Value::String(text.clone()),
        Field::Bytes(bytes) => match std::str::from_utf8(bytes.data()) {
            Ok(text) => Value::String(text.to_owned()),
            Err(_) => Value::String(bytes.data().iter().map(|b| format!("{b:02x}")).collect()),
        },
        Field::Date(days) => moment(Duration::days(i64::from(*days))),
        Field::TimeMillis(n) => (*n).into(),
        Field::TimeMicros(n) => (*n).into(),
        Field::TimestampMillis(n) => moment(Duration::milliseconds(*n)),
        Field::TimestampMicros(n) => moment(Duration::microseconds(*n)),
        Field::Group(row) => Value::Object(object(row)),
        Field::ListInternal(list) => Value::Array(list.elements().iter().map(value).filter(|v| !v.is_null()).collect()),
        Field::MapInternal(map) => Value::Object(map.entries().iter().map(|(k, v)| (key(k), value(v))).collect()),
    }
}

fn key(field: &Field) -> String {
    match field {
        Field::Str(text) => text.clone(),
        other => other.to_string(),
    }
}

fn float(n: f64) -> Value {
    Number::from_f64(n).map_or(Value::Null, Value::Number)
}

fn moment(since_epoch: Duration) -> Value {
    let moment = OffsetDateTime::UNIX_EPOCH.checked_add(since_epoch);
    moment.and_then(|moment| moment.format(&Rfc3339).ok()).map_or(Value::Null, Value::String)
}
