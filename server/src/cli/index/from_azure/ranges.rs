//! How an index of any size is read by filters: a service skips at most 100,000 documents and compares no strings by range, so a
//! larger one is cut along the values of a number or date. Dates, whole numbers and others have one order here, of `i64`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_index_schema::{Field, IndexDefinition, ValueType, date_time_micros, date_time_text};

/// What a service skips at most.
pub(super) const MAX_SKIP: u64 = 100_000;

/// A field that an index can be cut along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RangeField {
    pub(super) path: String,
    pub(super) sortable: bool,
    axis: ValueType,
}

/// Some of the documents: the filter that leaves them, or all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Range {
    pub(super) filter: Option<String>,
}

/// The fields of a definition that can serve, in its order.
pub(super) fn candidates(definition: &IndexDefinition) -> Vec<RangeField> {
    definition.flattened().into_iter().filter_map(|(path, field)| candidate(definition, &path, field)).collect()
}

fn candidate(definition: &IndexDefinition, path: &str, field: &Field) -> Option<RangeField> {
    let axis = field.field_type.value;
    let ordered = matches!(axis, ValueType::Int32 | ValueType::Int64 | ValueType::Double | ValueType::DateTimeOffset);
    let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
    let single = ends.filter_map(|end| definition.field(path.get(..end)?)).all(|field| !field.field_type.collection);
    (ordered && single && field.filterable).then(|| RangeField { path: path.to_owned(), sortable: field.sortable, axis })
}

impl RangeField {
    pub(super) fn position(&self, value: &Value) -> Option<i64> {
        match self.axis {
            ValueType::DateTimeOffset => date_time_micros(value.as_str()?),
            ValueType::Double => Some(ordered(value.as_f64()?.to_bits())),
            _ => value.as_i64(),
        }
    }

    fn literal(&self, position: i64) -> String {
        match self.axis {
            ValueType::DateTimeOffset => date_time_text(position),
            ValueType::Double => format!("{:?}", f64::from_bits(ordered(position as u64) as u64)),
            _ => position.to_string(),
        }
    }

    /// The least and the greatest position that any value has.
    pub(super) fn domain(&self) -> (i64, i64) {
        match self.axis {
            ValueType::Int32 => (i32::MIN.into(), i32::MAX.into()),
            ValueType::DateTimeOffset => {
                let at = |text| date_time_micros(text).unwrap_or_default();
                (at("0001-01-01T00:00:00Z"), at("9999-12-31T23:59:59Z"))
            }
            ValueType::Double => (ordered(f64::MIN.to_bits()), ordered(f64::MAX.to_bits())),
            _ => (i64::MIN, i64::MAX),
        }
    }

    fn filter(&self, from: Option<i64>, to: Option<i64>) -> String {
        let from = from.map(|from| format!("{} ge {}", self.path, self.literal(from)));
        let to = to.map(|to| format!("{} lt {}", self.path, self.literal(to)));
        match (from, to) {
            (Some(from), Some(to)) => format!("{from} and {to}"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => format!("{} ne null", self.path),
        }
    }

    /// Ranges of at most `limit` documents each that together are all of them; `None` when some value has more, or some documents
    /// are in no range (a number that is none).
    pub(super) fn cut<E>(
        &self,
        limit: u64,
        bounds: impl FnOnce() -> Result<(i64, i64), E>,
        mut count: impl FnMut(&str) -> Result<u64, E>,
    ) -> Result<Option<Vec<Range>>, E> {
        let nulls = format!("{} eq null", self.path);
        if count(&nulls)? > limit {
            return Ok(None);
        }
        let mut ranges = vec![Range { filter: Some(nulls) }];
        let all = count(&self.filter(None, None))?;
        if all <= limit {
            ranges.push(Range { filter: Some(self.filter(None, None)) });
            return Ok(Some(ranges));
        }
        let (least, greatest) = bounds()?;
        let mut found = 0;
        // The lower part is on top; an end that is open stands with the bound that it is cut by.
        let mut open = vec![((None, least), (None, greatest.saturating_add(1)), all)];
        while let Some(((from, low), (to, high), held)) = open.pop() {
            if held <= limit {
                found += held;
                if held > 0 {
                    ranges.push(Range { filter: Some(self.filter(from, to)) });
                }
                continue;
            }
            let middle = i64::midpoint(low, high);
            if middle <= low || middle >= high {
                return Ok(None);
            }
            let middle_end = (Some(middle), middle);
            let (below, above) = (count(&self.filter(from, Some(middle)))?, count(&self.filter(Some(middle), to))?);
            open.push((middle_end, (to, high), above));
            open.push(((from, low), middle_end, below));
        }
        Ok((self.axis != ValueType::Double || found == all).then_some(ranges))
    }
}

/// Bits of a number as one that is ordered as the number is; the other way it is the same.
fn ordered(bits: u64) -> i64 {
    let bits = bits as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn field(axis: ValueType) -> RangeField {
        RangeField { path: "f".to_owned(), sortable: true, axis }
    }

    /// Counts by the words of the filters that are made here.
    fn matches(field: &RangeField, filter: &str, value: Option<i64>) -> bool {
        filter.split(" and ").all(|part| {
            let words: Vec<&str> = part.split(' ').collect();
            let literal = || field.position(&serde_json::from_str(words[2]).unwrap_or_else(|_| json!(words[2]))).unwrap();
            match (words[1], words[2], value) {
                ("eq", "null", value) => value.is_none(),
                ("ne", "null", value) => value.is_some(),
                ("ge", _, Some(value)) => value >= literal(),
                ("lt", _, Some(value)) => value < literal(),
                _ => false,
            }
        })
    }

    fn cut(field: &RangeField, values: &[Option<i64>], limit: u64) -> Option<Vec<Range>> {
        let some = || values.iter().flatten().copied();
        let bounds = || Ok::<_, ()>((some().min().unwrap_or(0), some().max().unwrap_or(0)));
        field.cut(limit, bounds, |filter| Ok(values.iter().filter(|value| matches(field, filter, **value)).count() as u64)).unwrap()
    }

    proptest! {
        #[test]
        fn every_document_is_in_one_range(values in prop::collection::vec(prop::option::weighted(0.9, -1000_i64..1000), 0..200), limit in 5_u64..40) {
            let field = field(ValueType::Int64);
            let most = |key: Option<i64>| values.iter().filter(|value| **value == key).count() as u64;
            let fits = values.iter().all(|value| most(*value) <= limit);
            match cut(&field, &values, limit) {
                Some(ranges) => {
                    for value in &values {
                        let count = ranges.iter().filter(|range| matches(&field, range.filter.as_deref().unwrap(), *value)).count();
                        prop_assert_eq!(count, 1, "{:?} of {:?}", value, ranges);
                    }
                }
                None => prop_assert!(!fits),
            }
        }

        #[test]
        fn doubles_keep_their_order(a in any::<f64>(), b in any::<f64>()) {
            prop_assume!(a.is_finite() && b.is_finite() && a != b);
            let field = field(ValueType::Double);
            let at = |number: f64| field.position(&json!(number)).unwrap();
            prop_assert_eq!(at(a) < at(b), a < b);
            prop_assert_eq!(field.literal(at(a)).parse::<f64>().unwrap(), a);
        }
    }

    #[test]
    fn dates_are_cut_as_dates() {
        let field = field(ValueType::DateTimeOffset);
        assert_eq!(field.filter(Some(0), Some(1_500_000)), "f ge 1970-01-01T00:00:00Z and f lt 1970-01-01T00:00:01.5Z");
    }

    #[test]
    fn only_single_filterable_numbers_and_dates_can_serve() {
        let definition = IndexDefinition::from_value(&json!({"name": "things", "fields": [
            {"name": "id", "type": "Edm.String", "key": true},
            {"name": "year", "type": "Edm.Int32", "filterable": true}, {"name": "hidden", "type": "Edm.Int32", "filterable": false},
            {"name": "marks", "type": "Collection(Edm.Int32)", "filterable": true},
            {"name": "maker", "type": "Edm.ComplexType", "fields": [{"name": "founded", "type": "Edm.Int32", "filterable": true}]},
            {"name": "stops", "type": "Collection(Edm.ComplexType)", "fields": [{"name": "cost", "type": "Edm.Double", "filterable": true}]},
            {"name": "released", "type": "Edm.DateTimeOffset", "filterable": true}]})).unwrap();
        let paths: Vec<String> = candidates(&definition).into_iter().map(|field| field.path).collect();
        assert_eq!(paths, ["year", "maker/founded", "released"]);
    }
}
