//! Booleans, numbers and dates that come as text, as JSON made of tables has them: Azure takes `"false"` for `false`.

use serde_json::{Map, Number, Value};

use super::{DocumentChecker, Level, Rule};
use crate::{date::date_time_micros, definition::ValueType};

impl DocumentChecker {
    /// Puts the value in place of a text that reads as one, where the field is of a boolean, number or date; inside collections and
    /// complex fields too. A text that reads as none stays and is refused by [`DocumentChecker::check`].
    pub fn read_text_values(&self, document: &mut Map<String, Value>) {
        self.root.read_text_values(document);
    }
}

impl Level {
    fn read_text_values(&self, object: &mut Map<String, Value>) {
        for (name, value) in object {
            if let Some(rule) = self.rules.get(name) {
                rule.read_text_values(value);
            }
        }
    }
}

impl Rule {
    fn read_text_values(&self, value: &mut Value) {
        match value {
            Value::Array(items) if self.field_type.collection => items.iter_mut().for_each(|item| self.read_text_value(item)),
            value => self.read_text_value(value),
        }
    }

    fn read_text_value(&self, value: &mut Value) {
        match value {
            Value::Object(object) => self.parts.read_text_values(object),
            Value::String(text) => {
                if let Some(read) = value_of(self.field_type.value, text.trim()) {
                    *value = read;
                }
            }
            _ => {}
        }
    }
}

fn value_of(of: ValueType, text: &str) -> Option<Value> {
    match of {
        ValueType::Boolean if text.eq_ignore_ascii_case("true") => Some(Value::Bool(true)),
        ValueType::Boolean if text.eq_ignore_ascii_case("false") => Some(Value::Bool(false)),
        ValueType::Int32 | ValueType::Int64 => text.parse::<i64>().ok().map(Value::from),
        // `NaN` and `INF` are written as text in JSON, too.
        ValueType::Double | ValueType::Single if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => {
            text.parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number)
        }
        ValueType::DateTimeOffset if text.len() == 10 => {
            let midnight = format!("{text}T00:00:00Z");
            date_time_micros(&midnight).map(|_| Value::String(midnight))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{DocumentChecker, IndexDefinition};

    #[test]
    fn text_that_reads_as_a_value_is_taken_for_it() {
        let definition = json!({"name": "hotels", "fields": [
            {"name": "id", "type": "Edm.String", "key": true},
            {"name": "parking", "type": "Edm.Boolean"}, {"name": "rooms", "type": "Edm.Int32"}, {"name": "rate", "type": "Edm.Double"},
            {"name": "renovated", "type": "Edm.DateTimeOffset"}, {"name": "years", "type": "Collection(Edm.Int64)"},
            {"name": "suites", "type": "Collection(Edm.ComplexType)", "fields": [{"name": "smoking", "type": "Edm.Boolean"}]}]});
        let checker = DocumentChecker::new(&IndexDefinition::from_json(definition.to_string().as_bytes()).unwrap());
        let read = |document: Value| {
            let Value::Object(mut document) = document else { panic!("an object") };
            checker.read_text_values(&mut document);
            checker.check(&document).map(|()| Value::Object(document))
        };
        let text = json!({"id": "1", "parking": "False", "rooms": "12", "rate": "-1.5e2", "renovated": "2024-05-01", "years": ["1999", 2001],
            "suites": [{"smoking": "true"}]});
        let values = json!({"id": "1", "parking": false, "rooms": 12, "rate": -150.0, "renovated": "2024-05-01T00:00:00Z", "years": [1999, 2001],
            "suites": [{"smoking": true}]});
        assert_eq!(read(text).unwrap(), values);
        for wrong in [
            json!({"parking": "no"}),
            json!({"rooms": "12.5"}),
            json!({"rooms": ""}),
            json!({"rate": "cheap"}),
            json!({"renovated": "2024-13-01"}),
        ] {
            let mut document = wrong.clone();
            document["id"] = json!("1");
            assert!(read(document).is_err(), "{wrong}");
        }
    }
}
