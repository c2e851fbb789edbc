//! Custom analyzers, tokenizers and filters: names, types, options.

use serde_json::{Map, Value};

use super::node::{Node, kind};
use crate::{
    analysis::{
        ANALYZER_TYPES, ANALYZERS, CHAR_FILTER_TYPES, CHAR_FILTERS, ComponentType, FLAGS, Kind, NORMALIZER_TYPES, NORMALIZERS,
        ODATA_PREFIX, TOKEN_FILTER_TYPES, TOKEN_FILTERS, TOKENIZER_TYPES, TOKENIZERS,
    },
    definition::{Component, CustomAnalyzer, CustomNormalizer},
    errors::{DefinitionErrors, join},
    names,
};

/// The custom parts of text analysis.
pub(super) struct Analysis {
    pub(super) analyzers: Vec<CustomAnalyzer>,
    pub(super) tokenizers: Vec<Component>,
    pub(super) token_filters: Vec<Component>,
    pub(super) char_filters: Vec<Component>,
    pub(super) normalizers: Vec<CustomNormalizer>,
    /// Names of all custom analyzers, those with errors too.
    pub(super) names: Vec<String>,
}

pub(super) fn read(root: &Node<'_>, errors: &mut DefinitionErrors) -> Analysis {
    let (tokenizers, tokenizer_names) = components(root, "tokenizers", "tokenizer", TOKENIZER_TYPES, TOKENIZERS, errors);
    let (token_filters, filter_names) = components(root, "tokenFilters", "token filter", TOKEN_FILTER_TYPES, TOKEN_FILTERS, errors);
    let (char_filters, char_names) = components(root, "charFilters", "character filter", CHAR_FILTER_TYPES, CHAR_FILTERS, errors);
    let normalizers = read_normalizers(root, &filter_names, &char_names, errors);
    let mut names = Vec::new();
    let mut analyzers = Vec::new();
    for node in root.items("analyzers", errors) {
        let Some(component) = component(&node, "analyzer", ANALYZER_TYPES, ANALYZERS, &mut names, errors) else { continue };
        let mut options = component.options;
        let custom = component.odata_type.ends_with(".CustomAnalyzer");
        let tokenizer = node.text("tokenizer", errors).filter(|_| custom).map(str::to_owned);
        let token_filters = if custom { node.texts("tokenFilters", errors) } else { Vec::new() };
        let char_filters = if custom { node.texts("charFilters", errors) } else { Vec::new() };
        if custom {
            for member in ["tokenizer", "tokenFilters", "charFilters"] {
                options.shift_remove(member);
            }
            match &tokenizer {
                Some(name) => refer(&node.member_pointer("tokenizer"), name, "tokenizer", TOKENIZERS, &tokenizer_names, errors),
                None if node.child("tokenizer").is_none() => {
                    errors.add(&node.member_pointer("tokenizer"), "`tokenizer` is missing", "name one, such as `standard_v2`");
                }
                None => {}
            }
            for (name, pointer) in &token_filters {
                refer(pointer, name, "token filter", TOKEN_FILTERS, &filter_names, errors);
            }
            for (name, pointer) in &char_filters {
                refer(pointer, name, "character filter", CHAR_FILTERS, &char_names, errors);
            }
        }
        analyzers.push(CustomAnalyzer {
            name: component.name,
            odata_type: component.odata_type,
            tokenizer,
            token_filters: token_filters.into_iter().map(|(name, _)| name).collect(),
            char_filters: char_filters.into_iter().map(|(name, _)| name).collect(),
            options,
        });
    }
    Analysis { analyzers, tokenizers, token_filters, char_filters, normalizers, names }
}

fn read_normalizers(
    root: &Node<'_>,
    filter_names: &[String],
    char_names: &[String],
    errors: &mut DefinitionErrors,
) -> Vec<CustomNormalizer> {
    let mut names = Vec::new();
    let mut out = Vec::new();
    for node in root.items("normalizers", errors) {
        let Some(component) = component(&node, "normalizer", NORMALIZER_TYPES, NORMALIZERS, &mut names, errors) else { continue };
        let token_filters = node.texts("tokenFilters", errors);
        let char_filters = node.texts("charFilters", errors);
        for (name, pointer) in &token_filters {
            refer(pointer, name, "token filter", TOKEN_FILTERS, filter_names, errors);
        }
        for (name, pointer) in &char_filters {
            refer(pointer, name, "character filter", CHAR_FILTERS, char_names, errors);
        }
        out.push(CustomNormalizer {
            name: component.name,
            token_filters: token_filters.into_iter().map(|(name, _)| name).collect(),
            char_filters: char_filters.into_iter().map(|(name, _)| name).collect(),
        });
    }
    out
}

fn refer(pointer: &str, name: &str, what: &str, predefined: &[&str], custom: &[String], errors: &mut DefinitionErrors) {
    if !predefined.contains(&name) && !custom.iter().any(|other| other == name) {
        let known: Vec<&str> = predefined.iter().copied().chain(custom.iter().map(String::as_str)).collect();
        errors.add(pointer, format!("unknown {what} `{}`", names::shown(name)), names::suggestion(name, &known));
    }
}

fn components(
    root: &Node<'_>,
    member: &str,
    what: &str,
    types: &[ComponentType],
    predefined: &[&str],
    errors: &mut DefinitionErrors,
) -> (Vec<Component>, Vec<String>) {
    let mut names = Vec::new();
    let mut out = Vec::new();
    for node in root.items(member, errors) {
        out.extend(component(&node, what, types, predefined, &mut names, errors));
    }
    (out, names)
}

fn component(
    node: &Node<'_>,
    what: &str,
    types: &[ComponentType],
    predefined: &[&str],
    names: &mut Vec<String>,
    errors: &mut DefinitionErrors,
) -> Option<Component> {
    let Some(map) = node.value.as_object() else {
        node.wrong_kind("an object", errors);
        return None;
    };
    let name = node.component_name(what, names, errors);
    if let Some(name) = name.as_deref().filter(|name| predefined.contains(name)) {
        errors.add(&node.member_pointer("name"), format!("`{name}` is predefined"), "give the custom one a name of its own");
    }
    let known: Vec<String> = types.iter().map(|known| format!("{ODATA_PREFIX}{}", known.name)).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let written = node.required_text("@odata.type", &format!("write the type, such as `{}`", known[0]), errors)?;
    let found = written.strip_prefix(ODATA_PREFIX).and_then(|short| types.iter().find(|known| known.name == short));
    let Some(found) = found else {
        let pointer = node.member_pointer("@odata.type");
        errors.add(&pointer, format!("unknown type of {what} `{}`", names::shown(written)), names::suggestion(written, &known));
        return None;
    };
    let options = options(node, map, found, errors);
    Some(Component { name: name?, odata_type: written.to_owned(), options })
}

fn options(node: &Node<'_>, map: &Map<String, Value>, component: &ComponentType, errors: &mut DefinitionErrors) -> Map<String, Value> {
    let mut allowed: Vec<&str> = vec!["name"];
    match component.name {
        "CustomAnalyzer" => allowed.extend(["tokenizer", "tokenFilters", "charFilters"]),
        "CustomNormalizer" => allowed.extend(["tokenFilters", "charFilters"]),
        _ => {}
    }
    allowed.extend(component.options.iter().map(|rule| rule.name));
    node.object(&allowed, errors);
    let mut out = Map::new();
    for (member, value) in map {
        if member == "name" || member.starts_with("@odata.") || value.is_null() {
            continue;
        }
        if let Some(rule) = component.options.iter().find(|rule| rule.name == member) {
            check_option(&node.member_pointer(member), value, rule.kind, errors);
            out.insert(member.clone(), value.clone());
        }
    }
    for rule in component.options.iter().filter(|rule| rule.required && !out.contains_key(rule.name)) {
        errors.add(&node.member_pointer(rule.name), format!("`{}` is missing", rule.name), format!("`{}` needs it", component.name));
    }
    check_together(node, component, &out, errors);
    out
}

fn check_option(pointer: &str, value: &Value, rule: Kind, errors: &mut DefinitionErrors) {
    let wrong = |expected: &str, errors: &mut DefinitionErrors| {
        errors.add(pointer, format!("expected {expected}, found {}", kind(value)), format!("write {expected}"));
    };
    match rule {
        Kind::Bool if !value.is_boolean() => wrong("true or false", errors),
        Kind::Int(min, max) if !value.as_i64().is_some_and(|n| (min..=max).contains(&n)) => {
            let written = if value.is_number() { value.to_string() } else { kind(value).to_owned() };
            errors.add(pointer, format!("{written} is not a whole number from {min} to {max}"), format!("use {min} to {max}"));
        }
        Kind::Text if !value.is_string() => wrong("a string", errors),
        Kind::Char if value.as_str().is_none_or(|text| text.chars().count() != 1) => wrong("a string of one character", errors),
        Kind::OneOf(words) => match value.as_str() {
            None => wrong("a string", errors),
            Some(text) => check_word(pointer, text, words, errors),
        },
        Kind::Flags => match value.as_str() {
            None => wrong("a string of flags joined by `|`", errors),
            Some(text) => {
                for flag in text.split('|').map(str::trim).filter(|flag| !flag.is_empty()) {
                    check_word(pointer, flag, FLAGS, errors);
                }
            }
        },
        Kind::Texts | Kind::SomeOf(_) => {
            let Some(list) = value.as_array() else { return wrong("a list of strings", errors) };
            for (i, item) in list.iter().enumerate() {
                let pointer = join(pointer, &i.to_string());
                match (item.as_str(), rule) {
                    (None, _) => errors.add(&pointer, format!("expected a string, found {}", kind(item)), "write a string"),
                    (Some(text), Kind::SomeOf(words)) => check_word(&pointer, text, words, errors),
                    (Some(_), _) => {}
                }
            }
        }
        Kind::Bool | Kind::Int(..) | Kind::Text | Kind::Char => {}
    }
}

fn check_word(pointer: &str, text: &str, words: &[&str], errors: &mut DefinitionErrors) {
    if !words.contains(&text) {
        errors.add(pointer, format!("unknown value `{}`", names::shown(text)), names::suggestion(text, words));
    }
}

/// Rules between options of one component.
fn check_together(node: &Node<'_>, component: &ComponentType, options: &Map<String, Value>, errors: &mut DefinitionErrors) {
    let number = |name: &str, default: i64| options.get(name).and_then(Value::as_i64).unwrap_or(default);
    let mut ordered = |low: &str, low_default: i64, high: &str, high_default: i64| {
        if !options.contains_key(low) && !options.contains_key(high) {
            return;
        }
        let (min, max) = (number(low, low_default), number(high, high_default));
        if min > max {
            let place = if options.contains_key(low) { low } else { high };
            errors.add(
                &node.member_pointer(place),
                format!("`{low}` {min} is above `{high}` {max}"),
                format!("raise `{high}` or lower `{low}`"),
            );
        }
    };
    match component.name {
        name if name.contains("NGram") => ordered("minGram", 1, "maxGram", 2),
        "LengthTokenFilter" => ordered("min", 0, "max", 300),
        "ShingleTokenFilter" => ordered("minShingleSize", 2, "maxShingleSize", 2),
        "DictionaryDecompounderTokenFilter" => ordered("minSubwordSize", 2, "maxSubwordSize", 15),
        "StopwordsTokenFilter" if options.contains_key("stopwords") && options.contains_key("stopwordsList") => {
            errors.add(&node.member_pointer("stopwordsList"), "`stopwordsList` stands beside `stopwords`", "keep one of them");
        }
        "MappingCharFilter" => arrows(node, "mappings", "=>", options, errors),
        "StemmerOverrideTokenFilter" => arrows(node, "rules", "=>", options, errors),
        "SynonymTokenFilter" => {
            for (i, rule) in options.get("synonyms").and_then(Value::as_array).into_iter().flatten().enumerate() {
                if let Some(error) = rule.as_str().and_then(|rule| crate::synonyms::parse_rule(rule).err()) {
                    let pointer = join(&node.member_pointer("synonyms"), &i.to_string());
                    errors.add(&pointer, error.what, "write `a, b, c` or `a, b => c`");
                }
            }
        }
        _ => {}
    }
}

fn arrows(node: &Node<'_>, member: &str, arrow: &str, options: &Map<String, Value>, errors: &mut DefinitionErrors) {
    for (i, rule) in options.get(member).and_then(Value::as_array).into_iter().flatten().enumerate() {
        let Some(text) = rule.as_str() else { continue };
        if text.split_once(arrow).is_none_or(|(from, _)| from.is_empty()) {
            let pointer = join(&node.member_pointer(member), &i.to_string());
            errors.add(
                &pointer,
                format!("`{}` has no `{arrow}` with text before it", names::shown(text)),
                format!("write `from{arrow}to`"),
            );
        }
    }
}
