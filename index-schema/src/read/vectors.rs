//! `vectorSearch`: algorithms and profiles.

use super::node::Node;
use crate::{
    definition::{Metric, VectorAlgorithm, VectorKind, VectorSearch},
    errors::DefinitionErrors,
    names,
};

const METRICS: &[(&str, Metric)] = &[("cosine", Metric::Cosine), ("euclidean", Metric::Euclidean), ("dotProduct", Metric::DotProduct)];

pub(super) fn read(root: &Node<'_>, errors: &mut DefinitionErrors) -> Option<VectorSearch> {
    let node = root.child("vectorSearch")?;
    node.object(&["algorithms", "profiles", "vectorizers", "compressions"], errors)?;
    for member in ["vectorizers", "compressions"] {
        for item in node.items(member, errors) {
            errors.add(
                &item.pointer,
                format!("`{member}` are not supported"),
                format!("remove `{member}` and send vectors with the documents"),
            );
        }
    }
    let mut seen = Vec::new();
    let mut algorithms = Vec::new();
    for item in node.items("algorithms", errors) {
        algorithms.extend(read_algorithm(&item, &mut seen, errors));
    }
    let mut profiles = Vec::new();
    let mut profile_names = Vec::new();
    for item in node.items("profiles", errors) {
        profiles.extend(read_profile(&item, &seen, &mut profile_names, errors));
    }
    Some(VectorSearch { algorithms, profiles })
}

fn read_algorithm(node: &Node<'_>, seen: &mut Vec<String>, errors: &mut DefinitionErrors) -> Option<VectorAlgorithm> {
    node.object(&["name", "kind", "hnswParameters", "exhaustiveKnnParameters"], errors)?;
    let name = node.component_name("vector algorithm", seen, errors);
    let kind = node.required_text("kind", "write `hnsw` or `exhaustiveKnn`", errors)?;
    let (used, other) = match kind {
        "hnsw" => ("hnswParameters", "exhaustiveKnnParameters"),
        "exhaustiveKnn" => ("exhaustiveKnnParameters", "hnswParameters"),
        unknown => {
            let remedy = names::suggestion(unknown, &["hnsw", "exhaustiveKnn"]);
            errors.add(&node.member_pointer("kind"), format!("unknown kind `{}`", names::shown(unknown)), remedy);
            return None;
        }
    };
    if let Some(extra) = node.child(other) {
        errors.add(&extra.pointer, format!("`{other}` does not belong to kind `{kind}`"), format!("use `{used}`"));
    }
    let hnsw = kind == "hnsw";
    let mut metric = Metric::default();
    let (mut m, mut ef_construction, mut ef_search) = (4, 400, 500);
    if let Some(parameters) = node.child(used) {
        let known: &[&str] = if hnsw { &["m", "efConstruction", "efSearch", "metric"] } else { &["metric"] };
        parameters.object(known, errors);
        metric = parameters.word("metric", METRICS, errors).unwrap_or_default();
        if hnsw {
            m = parameters.whole("m", 4, 10, errors).unwrap_or(m);
            ef_construction = parameters.whole("efConstruction", 100, 1000, errors).unwrap_or(ef_construction);
            ef_search = parameters.whole("efSearch", 100, 1000, errors).unwrap_or(ef_search);
        }
    }
    let kind = if hnsw { VectorKind::Hnsw { m, ef_construction, ef_search } } else { VectorKind::ExhaustiveKnn };
    Some(VectorAlgorithm { name: name?, kind, metric })
}

fn read_profile(node: &Node<'_>, algorithms: &[String], seen: &mut Vec<String>, errors: &mut DefinitionErrors) -> Option<(String, String)> {
    node.object(&["name", "algorithm", "vectorizer", "compression"], errors)?;
    for member in ["vectorizer", "compression"] {
        if let Some(extra) = node.child(member) {
            errors.add(&extra.pointer, format!("`{member}` is not supported"), format!("remove `{member}`"));
        }
    }
    let name = node.component_name("vector profile", seen, errors);
    let algorithm = node.required_text("algorithm", "name one of `vectorSearch.algorithms`", errors)?;
    if !algorithms.iter().any(|known| known == algorithm) {
        let known: Vec<&str> = algorithms.iter().map(String::as_str).collect();
        let pointer = node.member_pointer("algorithm");
        errors.add(&pointer, format!("unknown algorithm `{}`", names::shown(algorithm)), names::suggestion(algorithm, &known));
    }
    Some((name?, algorithm.to_owned()))
}
