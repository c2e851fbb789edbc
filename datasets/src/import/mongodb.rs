//! MongoDB's extended JSON as `mongoexport` writes it: a document a line, one list, or documents with breaks in them
//! (`--pretty`). What its values mean is the conversion's business.

use std::path::Path;

use super::Rows;
use crate::{
    Error,
    format::{Layout, layout, object},
    read::{Elements, lines_records, open_input},
};

/// The objects of a JSON file, whatever stands between them.
pub(crate) fn open(path: &Path) -> Result<Rows, Error> {
    let elements = match layout(path)? {
        Layout::Lines => return Ok(Box::new(lines_records(open_input(path)?))),
        Layout::List => Elements::new(open_input(path)?, &[]),
        Layout::Values => Elements::values(open_input(path)?),
    };
    Ok(Box::new(elements.map(|element| element.and_then(|(line, value)| object(line, value)))))
}
