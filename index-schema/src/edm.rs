//! The written names of types (`Collection(Edm.String)`).

use std::fmt;

use crate::definition::{FieldType, ValueType};

impl ValueType {
    /// Every type of a value.
    pub const ALL: [ValueType; 9] = [
        ValueType::String,
        ValueType::Int32,
        ValueType::Int64,
        ValueType::Double,
        ValueType::Single,
        ValueType::Boolean,
        ValueType::DateTimeOffset,
        ValueType::GeographyPoint,
        ValueType::Complex,
    ];

    /// The name in the Entity Data Model, such as `Edm.String`.
    pub const fn edm_name(self) -> &'static str {
        match self {
            ValueType::String => "Edm.String",
            ValueType::Int32 => "Edm.Int32",
            ValueType::Int64 => "Edm.Int64",
            ValueType::Double => "Edm.Double",
            ValueType::Single => "Edm.Single",
            ValueType::Boolean => "Edm.Boolean",
            ValueType::DateTimeOffset => "Edm.DateTimeOffset",
            ValueType::GeographyPoint => "Edm.GeographyPoint",
            ValueType::Complex => "Edm.ComplexType",
        }
    }
}

impl FieldType {
    /// The type written as `Edm.X` or `Collection(Edm.X)`.
    pub fn from_edm(text: &str) -> Option<FieldType> {
        let (inner, collection) = match text.strip_prefix("Collection(") {
            Some(rest) => (rest.strip_suffix(')')?, true),
            None => (text, false),
        };
        let value = ValueType::ALL.into_iter().find(|value| value.edm_name() == inner)?;
        Some(FieldType { value, collection })
    }

    /// Whether this is a vector: `Collection(Edm.Single)`.
    pub fn is_vector(self) -> bool {
        self.value == ValueType::Single && self.collection
    }
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.collection { write!(f, "Collection({})", self.value.edm_name()) } else { f.write_str(self.value.edm_name()) }
    }
}
