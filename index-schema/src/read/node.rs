//! A JSON value with its pointer, and typed access that reports what does not fit. Knows no rule of a definition.

use serde_json::{Map, Value};

use crate::{
    errors::{DefinitionErrors, join},
    names,
};

/// A value and where it stands.
pub(super) struct Node<'a> {
    pub(super) value: &'a Value,
    pub(super) pointer: String,
}

impl<'a> Node<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Node { value, pointer: String::new() }
    }

    pub(super) fn member_pointer(&self, name: &str) -> String {
        join(&self.pointer, name)
    }

    /// The member `name`; `null` counts as absent, as everywhere in this JSON form.
    pub(super) fn child(&self, name: &str) -> Option<Node<'a>> {
        let value = self.value.get(name)?;
        if value.is_null() { None } else { Some(Node { value, pointer: self.member_pointer(name) }) }
    }

    /// Checks that this is an object of known members. `@odata.*` is always allowed.
    pub(super) fn object(&self, known: &[&str], errors: &mut DefinitionErrors) -> Option<&'a Map<String, Value>> {
        let Some(map) = self.value.as_object() else {
            self.wrong_kind("an object", errors);
            return None;
        };
        for name in map.keys().filter(|name| !name.starts_with("@odata.") && !known.contains(&name.as_str())) {
            errors.add(&self.member_pointer(name), format!("unknown member `{}`", names::shown(name)), names::suggestion(name, known));
        }
        Some(map)
    }

    pub(super) fn wrong_kind(&self, expected: &str, errors: &mut DefinitionErrors) {
        errors.add(&self.pointer, format!("expected {expected}, found {}", kind(self.value)), format!("write {expected}"));
    }

    /// The items of the list member `name`; none when it is absent.
    pub(super) fn items(&self, name: &str, errors: &mut DefinitionErrors) -> Vec<Node<'a>> {
        let Some(node) = self.child(name) else { return Vec::new() };
        let Some(list) = node.value.as_array() else {
            node.wrong_kind("a list", errors);
            return Vec::new();
        };
        list.iter().enumerate().map(|(i, value)| Node { value, pointer: join(&node.pointer, &i.to_string()) }).collect()
    }

    pub(super) fn text(&self, name: &str, errors: &mut DefinitionErrors) -> Option<&'a str> {
        let node = self.child(name)?;
        let text = node.value.as_str();
        if text.is_none() {
            node.wrong_kind("a string", errors);
        }
        text
    }

    pub(super) fn required_text(&self, name: &str, remedy: &str, errors: &mut DefinitionErrors) -> Option<&'a str> {
        if self.child(name).is_none() {
            errors.add(&self.member_pointer(name), format!("`{name}` is missing"), remedy);
            return None;
        }
        self.text(name, errors)
    }

    pub(super) fn texts(&self, name: &str, errors: &mut DefinitionErrors) -> Vec<(String, String)> {
        let mut out = Vec::new();
        for item in self.items(name, errors) {
            match item.value.as_str() {
                Some(text) => out.push((text.to_owned(), item.pointer)),
                None => item.wrong_kind("a string", errors),
            }
        }
        out
    }

    pub(super) fn flag(&self, name: &str, errors: &mut DefinitionErrors) -> Option<bool> {
        let node = self.child(name)?;
        let flag = node.value.as_bool();
        if flag.is_none() {
            node.wrong_kind("true or false", errors);
        }
        flag
    }

    pub(super) fn number(&self, name: &str, errors: &mut DefinitionErrors) -> Option<f64> {
        let node = self.child(name)?;
        let number = node.value.as_f64().filter(|number| number.is_finite());
        if number.is_none() {
            node.wrong_kind("a number", errors);
        }
        number
    }

    /// A whole number within `min..=max`.
    pub(super) fn whole(&self, name: &str, min: u32, max: u32, errors: &mut DefinitionErrors) -> Option<u32> {
        let node = self.child(name)?;
        let found = node.value.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| (min..=max).contains(n));
        if found.is_none() {
            let written = if node.value.is_number() { node.value.to_string() } else { kind(node.value).to_owned() };
            errors.add(&node.pointer, format!("{written} is not a whole number from {min} to {max}"), format!("use {min} to {max}"));
        }
        found
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&self, name: &str, words: &[(&str, T)], errors: &mut DefinitionErrors) -> Option<T> {
        let text = self.text(name, errors)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            errors.add(&self.member_pointer(name), format!("unknown value `{}`", names::shown(text)), names::suggestion(text, &known));
        }
        found.map(|(_, value)| *value)
    }

    /// The `name` of a named part, checked for form and against those `seen` before.
    pub(super) fn component_name(&self, what: &str, seen: &mut Vec<String>, errors: &mut DefinitionErrors) -> Option<String> {
        let name = self.required_text("name", &format!("name the {what}"), errors)?;
        if !names::is_component_name(name) {
            errors.add(
                &self.member_pointer("name"),
                format!("`{}` cannot name a {what}", names::shown(name)),
                "use 1 to 128 letters, digits, spaces, `.`, `-` or `_`, beginning and ending with a letter or digit",
            );
        } else if seen.iter().any(|other| other == name) {
            errors.add(&self.member_pointer("name"), format!("there is another {what} `{name}`"), "give it a name of its own");
        }
        seen.push(name.to_owned());
        Some(name.to_owned())
    }
}

pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
