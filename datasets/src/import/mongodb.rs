//! MongoDB's extended JSON as `mongoexport` writes it: a document a line, one list, or documents with breaks in them
//! (`--pretty`). What its values mean is the conversion's business.

use super::Rows;
use crate::{
    format::{Head, Layout, object},
    read::{Elements, Input, lines_records},
};

/// The objects of a JSON file, whatever stands between them.
pub(crate) fn open(head: &Head, input: Input) -> Rows {
    let elements = match head.layout() {
        Layout::Lines => return Box::new(lines_records(input)),
        Layout::List => Elements::new(input, &[]),
        Layout::Values => Elements::values(input),
    };
    Box::new(elements.map(|element| element.and_then(|(line, value)| object(line, value))))
}
