//! An index definition from its Azure AI Search JSON form, checked. Reports every error, not only the first: reading goes on
//! with what can be read, and the definition is handed out only when nothing was wrong. Rules of one part live in its file.

mod analysis;
mod fields;
mod node;
mod scoring;
mod vectors;

use node::Node;
use serde_json::Value;

use crate::{
    definition::{Bm25, IndexDefinition},
    errors::DefinitionErrors,
    names,
};

/// Members whose content Tutti reads but does not use: browsers' origins are the server's configuration, semantic ranking
/// is refused per request.
const MEMBERS: &[&str] = &[
    "name",
    "description",
    "fields",
    "suggesters",
    "scoringProfiles",
    "defaultScoringProfile",
    "analyzers",
    "tokenizers",
    "tokenFilters",
    "charFilters",
    "normalizers",
    "similarity",
    "vectorSearch",
    "corsOptions",
    "semantic",
    "encryptionKey",
];

impl IndexDefinition {
    /// Reads and checks a definition in its JSON text.
    ///
    /// # Errors
    /// Every error, each with its place and a remedy.
    pub fn from_json(bytes: &[u8]) -> Result<IndexDefinition, DefinitionErrors> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let value: Value = serde_json::from_slice(bytes).map_err(|error| {
            let mut errors = DefinitionErrors::default();
            errors.add("", format!("not valid JSON: {error}"), "correct the text at that line and column");
            errors
        })?;
        IndexDefinition::from_value(&value)
    }

    /// Reads and checks a definition from a JSON value.
    ///
    /// # Errors
    /// Every error, each with its place and a remedy.
    pub fn from_value(value: &Value) -> Result<IndexDefinition, DefinitionErrors> {
        let mut errors = DefinitionErrors::default();
        let definition = read(&Node::root(value), &mut errors);
        match definition {
            Some(definition) if errors.is_empty() => Ok(definition),
            _ => Err(errors),
        }
    }
}

fn read(root: &Node<'_>, errors: &mut DefinitionErrors) -> Option<IndexDefinition> {
    root.object(MEMBERS, errors)?;
    let name = root.required_text("name", "name the index", errors).map(str::to_owned);
    if let Some(name) = name.as_deref().filter(|name| !names::is_index_name(name)) {
        errors.add(
            "/name",
            format!("`{}` cannot name an index", names::shown(name)),
            "use 2 to 128 lower-case letters, digits, `-` or `_`, beginning with a letter or digit, no two dashes or underscores in a row",
        );
    }
    let mut remarks = serde_json::Map::new();
    if let Some(text) = root.text("description", errors) {
        remarks.insert("description".to_owned(), text.into());
    }
    for kept in ["corsOptions", "semantic"] {
        match root.child(kept) {
            Some(node) if !node.value.is_object() => node.wrong_kind("an object", errors),
            Some(node) => {
                remarks.insert(kept.to_owned(), node.value.clone());
            }
            None => {}
        }
    }
    if let Some(node) = root.child("encryptionKey") {
        errors.add(
            &node.pointer,
            "customer-managed keys are a cloud service",
            "remove `encryptionKey` and encrypt the data directory's disk",
        );
    }

    let analysis = analysis::read(root, errors);
    let vector_search = vectors::read(root, errors);
    let fields = fields::read(root, &analysis, vector_search.as_ref(), errors);
    let suggesters = scoring::read_suggesters(root, &fields, errors);
    let (scoring_profiles, default_scoring_profile) = scoring::read_profiles(root, &fields, errors);
    let similarity = read_similarity(root, errors);

    Some(IndexDefinition {
        name: name?,
        fields,
        analyzers: analysis.analyzers,
        tokenizers: analysis.tokenizers,
        token_filters: analysis.token_filters,
        char_filters: analysis.char_filters,
        normalizers: analysis.normalizers,
        suggesters,
        scoring_profiles,
        default_scoring_profile,
        vector_search,
        similarity,
        remarks,
    })
}

fn read_similarity(root: &Node<'_>, errors: &mut DefinitionErrors) -> Option<Bm25> {
    let node = root.child("similarity")?;
    node.object(&["k1", "b"], errors)?;
    match node.required_text("@odata.type", "write `#Microsoft.Azure.Search.BM25Similarity`", errors) {
        Some("#Microsoft.Azure.Search.BM25Similarity") | None => {}
        Some(other) => errors.add(
            &node.member_pointer("@odata.type"),
            format!("`{}` is not a similarity Tutti has", names::shown(other)),
            "use `#Microsoft.Azure.Search.BM25Similarity`",
        ),
    }
    let k1 = node.number("k1", errors).unwrap_or(1.2);
    let b = node.number("b", errors).unwrap_or(0.75);
    if k1 < 0.0 {
        errors.add(&node.member_pointer("k1"), format!("{k1} is negative"), "use 0 or more; 1.2 is usual");
    }
    if !(0.0..=1.0).contains(&b) {
        errors.add(&node.member_pointer("b"), format!("{b} is not within 0 to 1"), "use 0 to 1; 0.75 is usual");
    }
    Some(Bm25 { k1, b })
}

#[cfg(test)]
mod tests;
