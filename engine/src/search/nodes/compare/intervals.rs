//! Tests of values as sets of intervals over the numbers of a column; for strings, over the ordinals of its dictionary. Such sets
//! are closed under and, or and not, so every test is exact.

use std::ops::RangeInclusive;

use tantivy::columnar::StrColumn;
use tantivy::{TantivyError, f64_to_u64, i64_to_u64};

use crate::binding::plan::ValueTest;
use crate::error::Result;
use crate::index::layout::Kind;
use crate::query::ast::{CompareOp, Literal};

/// Disjoint ascending intervals of column numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::search) struct Intervals(Vec<RangeInclusive<u64>>);

impl Intervals {
    fn one(low: u64, high: u64) -> Intervals {
        Intervals(if low <= high { vec![low..=high] } else { Vec::new() })
    }

    fn union(mut self, other: Intervals) -> Intervals {
        self.0.extend(other.0);
        Intervals::joined(self.0)
    }

    /// The intervals that these make up.
    fn joined(mut intervals: Vec<RangeInclusive<u64>>) -> Intervals {
        intervals.sort_unstable_by_key(|interval| *interval.start());
        let mut out: Vec<RangeInclusive<u64>> = Vec::with_capacity(intervals.len());
        for interval in intervals {
            match out.last_mut() {
                Some(last) if *interval.start() <= last.end().saturating_add(1) => *last = *last.start()..=*last.end().max(interval.end()),
                _ => out.push(interval),
            }
        }
        Intervals(out)
    }

    fn complement(&self) -> Intervals {
        let mut out = Vec::new();
        let mut next = Some(0u64);
        for interval in &self.0 {
            if let Some(from) = next.filter(|from| from < interval.start()) {
                out.push(from..=interval.start() - 1);
            }
            next = interval.end().checked_add(1);
        }
        out.extend(next.map(|from| from..=u64::MAX));
        Intervals(out)
    }

    fn intersection(self, other: &Intervals) -> Intervals {
        self.complement().union(other.complement()).complement()
    }

    /// Whether nothing lies in it.
    pub(in crate::search) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `value` lies in it.
    #[inline]
    pub(in crate::search) fn contains(&self, value: u64) -> bool {
        match self.0.as_slice() {
            [] => false,
            [only] => only.contains(&value),
            many => {
                let at = many.partition_point(|interval| *interval.end() < value);
                many.get(at).is_some_and(|interval| *interval.start() <= value)
            }
        }
    }
}

/// What a column's numbers stand for.
pub(in crate::search) enum Domain<'a> {
    I64,
    F64,
    Strings(&'a StrColumn),
}

impl<'a> Domain<'a> {
    pub(in crate::search) fn of(kind: Kind, strings: Option<&'a StrColumn>) -> Domain<'a> {
        match (strings, kind) {
            (Some(strings), _) => Domain::Strings(strings),
            (None, Kind::F64 | Kind::F64Column) => Domain::F64,
            (None, _) => Domain::I64,
        }
    }
}

/// The numbers of a column that pass a test.
pub(in crate::search) fn intervals(test: &ValueTest, domain: &Domain<'_>) -> Result<Intervals> {
    Ok(match test {
        ValueTest::Compare(op, value) => compare(domain, *op, value)?,
        ValueTest::OneOf(values) => match domain {
            Domain::Strings(column) => ordinals(column, values)?,
            Domain::I64 | Domain::F64 => Intervals::default(),
        },
        ValueTest::And(parts) => {
            let mut out = Intervals::one(0, u64::MAX);
            for part in parts {
                out = out.intersection(&intervals(part, domain)?);
            }
            out
        }
        ValueTest::Or(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(intervals(part, domain)?.0);
            }
            Intervals::joined(all)
        }
        ValueTest::Not(inner) => intervals(inner, domain)?.complement(),
    })
}

/// The numbers that compare so with a constant.
fn compare(domain: &Domain<'_>, op: CompareOp, value: &Literal) -> Result<Intervals> {
    if op == CompareOp::Ne {
        return Ok(compare(domain, CompareOp::Eq, value)?.complement());
    }
    let Some((from, to)) = stands(domain, value)? else { return Ok(Intervals::default()) };
    // NaN stands above infinity in the column and is comparable with nothing.
    let top = if matches!(domain, Domain::F64) { f64_to_u64(f64::INFINITY) } else { u64::MAX };
    let below = |end: u128| match end.checked_sub(1) {
        Some(last) => Intervals::one(0, u64::try_from(last).unwrap_or(u64::MAX)),
        None => Intervals::default(),
    };
    let above = |start: u128| u64::try_from(start).map_or_else(|_| Intervals::default(), |start| Intervals::one(start, top));
    Ok(match op {
        CompareOp::Eq => below(to).intersection(&above(from)),
        CompareOp::Lt => below(from),
        CompareOp::Le => below(to),
        CompareOp::Gt => above(to),
        CompareOp::Ge => above(from),
        CompareOp::Ne => Intervals::default(),
    })
}

/// Where a constant stands among the column's numbers: everything below the first number is less, everything from the second on
/// is greater. `None` is comparable with nothing.
fn stands(domain: &Domain<'_>, value: &Literal) -> Result<Option<(u128, u128)>> {
    Ok(Some(match (domain, value) {
        (Domain::Strings(column), Literal::String(text)) => {
            let found = column.dictionary().term_ord(text.as_bytes()).map_err(TantivyError::from)?;
            match found {
                Some(ord) => around(ord),
                None => between(insertion(column, text.as_bytes())?),
            }
        }
        (Domain::I64, Literal::Int(number) | Literal::DateTime(number)) => around(i64_to_u64(*number)),
        (Domain::I64, Literal::Bool(truth)) => around(i64_to_u64(i64::from(*truth))),
        (Domain::I64 | Domain::F64, Literal::Double(number)) if number.is_nan() => return Ok(None),
        (Domain::I64, Literal::Double(number)) => {
            let (floor, ceiling) = (number.floor(), number.ceil());
            if ceiling >= i64::MAX as f64 {
                (BEYOND, BEYOND)
            } else if floor < i64::MIN as f64 {
                between(0)
            } else if floor == ceiling {
                around(i64_to_u64(floor as i64))
            } else {
                between(i64_to_u64(ceiling as i64))
            }
        }
        (Domain::F64, Literal::Int(number)) => around(f64_to_u64(*number as f64)),
        // Both zeros are equal; columns hold the positive one.
        (Domain::F64, Literal::Double(number)) => around(f64_to_u64(if *number == 0.0 { 0.0 } else { *number })),
        _ => return Ok(None),
    }))
}

/// The ordinals of those `values` that the column has. A long list is looked up in the order of the dictionary.
fn ordinals(column: &StrColumn, values: &[String]) -> Result<Intervals> {
    let mut sorted: Vec<&str> = values.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut found = Vec::new();
    if sorted.len() > column.num_terms() {
        let mut terms = column.dictionary().stream().map_err(TantivyError::from)?;
        while terms.advance() {
            if sorted.binary_search_by(|value| value.as_bytes().cmp(terms.key())).is_ok() {
                found.push(terms.term_ord()..=terms.term_ord());
            }
        }
    } else {
        for value in sorted {
            let ord = column.dictionary().term_ord(value.as_bytes()).map_err(TantivyError::from)?;
            found.extend(ord.map(|ord| ord..=ord));
        }
    }
    Ok(Intervals::joined(found))
}

/// Past every number a column can hold.
const BEYOND: u128 = 1 << 64;

/// A constant that is the column's number: from it, and from the next one on.
fn around(number: u64) -> (u128, u128) {
    (u128::from(number), u128::from(number) + 1)
}

/// A constant that lies just below the column's number.
fn between(number: u64) -> (u128, u128) {
    (u128::from(number), u128::from(number))
}

/// The ordinal of the first term not less than `text`: a binary search, one dictionary look-up a step.
fn insertion(column: &StrColumn, text: &[u8]) -> Result<u64> {
    let (mut low, mut high) = (0, column.num_terms() as u64);
    let mut term = Vec::new();
    while low < high {
        let middle = low + (high - low) / 2;
        column.dictionary().ord_to_term(middle, &mut term).map_err(TantivyError::from)?;
        if term.as_slice() < text {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

#[cfg(test)]
mod tests;
