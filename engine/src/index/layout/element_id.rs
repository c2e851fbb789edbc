//! The numbers of the elements around a value, packed into one: the outermost collection's in the lowest twelve bits, and so
//! on. A document has at most 3,000 elements, and collections of complex values stand at most five deep in each other.

const BITS: u32 = 12;

/// The id of element `number` of a collection at `depth` (from 0) whose own element is `around`.
pub(crate) fn within(around: i64, depth: u32, number: usize) -> i64 {
    around | ((number as i64 & ((1 << BITS) - 1)) << (BITS * depth.min(4)))
}

/// The part of an id that the outer `depth` collections decide.
pub(crate) fn outer(id: i64, depth: u32) -> i64 {
    id & ((1i64 << (BITS * depth.min(5))) - 1)
}
