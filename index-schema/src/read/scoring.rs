//! Suggesters and scoring profiles: what they refer to must exist and suit.

use super::node::Node;
use crate::{
    analysis::ANALYZERS,
    definition::{Aggregation, Field, FunctionKind, Interpolation, ScoringFunction, ScoringProfile, Suggester, ValueType},
    duration,
    errors::DefinitionErrors,
    names,
};

const AGGREGATIONS: &[(&str, Aggregation)] = &[
    ("sum", Aggregation::Sum),
    ("average", Aggregation::Average),
    ("minimum", Aggregation::Minimum),
    ("maximum", Aggregation::Maximum),
    ("firstMatching", Aggregation::FirstMatching),
    ("product", Aggregation::Product),
];

const INTERPOLATIONS: &[(&str, Interpolation)] = &[
    ("linear", Interpolation::Linear),
    ("constant", Interpolation::Constant),
    ("quadratic", Interpolation::Quadratic),
    ("logarithmic", Interpolation::Logarithmic),
];

const MAX_PROFILES: usize = 100;
const MAX_FUNCTIONS: usize = 8;

/// The field at `path`, or an error at `pointer`.
fn find<'a>(fields: &'a [Field], path: &str, pointer: &str, errors: &mut DefinitionErrors) -> Option<&'a Field> {
    let mut level = fields;
    let mut found = None;
    for name in path.split('/') {
        let Some(field) = level.iter().find(|field| field.name == name) else {
            let known: Vec<&str> = level.iter().map(|field| field.name.as_str()).collect();
            errors.add(pointer, format!("unknown field `{}`", names::shown(path)), names::suggestion(name, &known));
            return None;
        };
        level = &field.fields;
        found = Some(field);
    }
    found
}

pub(super) fn read_suggesters(root: &Node<'_>, fields: &[Field], errors: &mut DefinitionErrors) -> Vec<Suggester> {
    let mut seen = Vec::new();
    let mut out = Vec::new();
    for (i, node) in root.items("suggesters", errors).into_iter().enumerate() {
        if i == 1 {
            errors.add(&node.pointer, "an index has at most one suggester", "put all source fields into the first");
        }
        if node.object(&["name", "searchMode", "sourceFields"], errors).is_none() {
            continue;
        }
        let name = node.component_name("suggester", &mut seen, errors);
        node.word("searchMode", &[("analyzingInfixMatching", ())], errors);
        let sources = node.texts("sourceFields", errors);
        if sources.is_empty() {
            errors.add(&node.member_pointer("sourceFields"), "the suggester has no source fields", "list searchable text fields");
        }
        for (path, pointer) in &sources {
            let Some(field) = find(fields, path, pointer, errors) else { continue };
            if field.field_type.value != ValueType::String || !field.searchable {
                errors.add(
                    pointer,
                    format!("`{path}` is not searchable text"),
                    "use searchable Edm.String or Collection(Edm.String) fields",
                );
            }
            if let Some(analyzer) = field.analyzer.as_deref().or(field.index_analyzer.as_deref()).filter(|name| !ANALYZERS.contains(name)) {
                errors.add(
                    pointer,
                    format!("`{path}` has the custom analyzer `{analyzer}`"),
                    "suggest from a field with a predefined analyzer, such as `standard.lucene`",
                );
            }
        }
        if let Some(name) = name {
            out.push(Suggester { name, source_fields: sources.into_iter().map(|(path, _)| path).collect() });
        }
    }
    out
}

pub(super) fn read_profiles(root: &Node<'_>, fields: &[Field], errors: &mut DefinitionErrors) -> (Vec<ScoringProfile>, Option<String>) {
    let nodes = root.items("scoringProfiles", errors);
    if nodes.len() > MAX_PROFILES {
        errors.add("/scoringProfiles", format!("{} scoring profiles", nodes.len()), format!("at most {MAX_PROFILES} are allowed"));
    }
    let mut seen = Vec::new();
    let mut out = Vec::new();
    for node in nodes {
        out.extend(read_profile(&node, fields, &mut seen, errors));
    }
    let default = root.text("defaultScoringProfile", errors).filter(|name| !name.is_empty());
    if let Some(name) = default.filter(|name| !seen.iter().any(|other| other == name)) {
        let known: Vec<&str> = seen.iter().map(String::as_str).collect();
        let what = format!("unknown scoring profile `{}`", names::shown(name));
        errors.add("/defaultScoringProfile", what, names::suggestion(name, &known));
    }
    (out, default.map(str::to_owned))
}

fn read_profile(node: &Node<'_>, fields: &[Field], seen: &mut Vec<String>, errors: &mut DefinitionErrors) -> Option<ScoringProfile> {
    node.object(&["name", "text", "functions", "functionAggregation"], errors)?;
    let name = node.component_name("scoring profile", seen, errors);
    let aggregation = node.word("functionAggregation", AGGREGATIONS, errors).unwrap_or_default();
    let text_weights = read_weights(node, fields, errors);
    let nodes = node.items("functions", errors);
    if nodes.len() > MAX_FUNCTIONS {
        errors.add(&node.member_pointer("functions"), format!("{} functions", nodes.len()), format!("at most {MAX_FUNCTIONS} are allowed"));
    }
    let functions = nodes.iter().filter_map(|node| read_function(node, fields, errors)).collect();
    Some(ScoringProfile { name: name?, text_weights, functions, aggregation })
}

fn read_weights(profile: &Node<'_>, fields: &[Field], errors: &mut DefinitionErrors) -> Vec<(String, f64)> {
    let mut out = Vec::new();
    let Some(node) = profile.child("text") else { return out };
    if node.object(&["weights"], errors).is_none() {
        return out;
    }
    let Some(weights) = node.child("weights") else {
        errors.add(&node.member_pointer("weights"), "`weights` is missing", "write field names with their weights, or remove `text`");
        return out;
    };
    let Some(map) = weights.value.as_object() else {
        weights.wrong_kind("an object of field names and weights", errors);
        return out;
    };
    for (path, value) in map {
        let pointer = weights.member_pointer(path);
        if let Some(field) = find(fields, path, &pointer, errors)
            && (!field.searchable || field.field_type.value != ValueType::String)
        {
            errors.add(&pointer, format!("`{path}` is not searchable text"), "weigh searchable text fields only");
        }
        match value.as_f64().filter(|weight| *weight > 0.0 && weight.is_finite()) {
            Some(weight) => out.push((path.clone(), weight)),
            None => errors.add(&pointer, format!("{} is not a positive number", names::shown(&value.to_string())), "use a number above 0"),
        }
    }
    out
}

fn read_function(node: &Node<'_>, fields: &[Field], errors: &mut DefinitionErrors) -> Option<ScoringFunction> {
    const KINDS: &[&str] = &["magnitude", "freshness", "distance", "tag"];
    node.object(&["type", "fieldName", "boost", "interpolation", "magnitude", "freshness", "distance", "tag"], errors)?;
    let kind = node.required_text("type", "write `magnitude`, `freshness`, `distance` or `tag`", errors);
    let interpolation = node.word("interpolation", INTERPOLATIONS, errors).unwrap_or_default();
    if node.child("boost").is_none() {
        errors.add(&node.member_pointer("boost"), "`boost` is missing", "give a factor such as 2");
    }
    let boost = node.number("boost", errors);
    if boost == Some(0.0) || boost == Some(1.0) {
        errors.add(&node.member_pointer("boost"), "a boost of 0 or 1 changes nothing", "use another factor, such as 2");
    }
    let path = node.required_text("fieldName", "name the field the function reads", errors);
    let pointer = node.member_pointer("fieldName");
    let field = path.and_then(|path| find(fields, path, &pointer, errors));
    if let Some(field) = field.filter(|field| !field.filterable) {
        errors.add(&pointer, format!("`{}` is not filterable", field.name), "functions read filterable fields only");
    }
    let kind = kind?;
    if !KINDS.contains(&kind) {
        errors.add(&node.member_pointer("type"), format!("unknown function `{}`", names::shown(kind)), names::suggestion(kind, KINDS));
        return None;
    }
    for other in KINDS.iter().filter(|other| **other != kind) {
        if let Some(extra) = node.child(other) {
            errors.add(
                &extra.pointer,
                format!("`{other}` does not belong to a `{kind}` function"),
                format!("remove it, or change `type` to `{other}`"),
            );
        }
    }
    if let Some(field) = field {
        check_field(kind, field, &pointer, errors);
    }
    if kind == "tag" && matches!(interpolation, Interpolation::Quadratic | Interpolation::Logarithmic) {
        errors.add(&node.member_pointer("interpolation"), "tag functions are linear or constant", "use `linear` or `constant`");
    }
    let Some(parameters) = node.child(kind) else {
        errors.add(&node.member_pointer(kind), format!("`{kind}` is missing"), "give the function's parameters");
        return None;
    };
    let kind = read_kind(kind, &parameters, errors)?;
    Some(ScoringFunction { field: path?.to_owned(), boost: boost?, interpolation, kind })
}

fn check_field(kind: &str, field: &Field, pointer: &str, errors: &mut DefinitionErrors) {
    let (value, single) = (field.field_type.value, !field.field_type.collection);
    let (fits, needed) = match kind {
        "magnitude" => {
            (single && matches!(value, ValueType::Int32 | ValueType::Int64 | ValueType::Double), "Edm.Int32, Edm.Int64 or Edm.Double")
        }
        "freshness" => (single && value == ValueType::DateTimeOffset, "Edm.DateTimeOffset"),
        "distance" => (single && value == ValueType::GeographyPoint, "Edm.GeographyPoint"),
        _ => (value == ValueType::String, "Edm.String or Collection(Edm.String)"),
    };
    if !fits {
        errors.add(
            pointer,
            format!("`{}` is {}", field.name, field.field_type),
            format!("a {kind} function reads a field of type {needed}"),
        );
    }
}

fn read_kind(kind: &str, node: &Node<'_>, errors: &mut DefinitionErrors) -> Option<FunctionKind> {
    let number = |member: &str, errors: &mut DefinitionErrors| {
        if node.child(member).is_none() {
            errors.add(&node.member_pointer(member), format!("`{member}` is missing"), "give a number");
        }
        node.number(member, errors)
    };
    match kind {
        "magnitude" => {
            node.object(&["boostingRangeStart", "boostingRangeEnd", "constantBoostBeyondRange"], errors)?;
            let (start, end) = (number("boostingRangeStart", errors), number("boostingRangeEnd", errors));
            let constant_beyond = node.flag("constantBoostBeyondRange", errors).unwrap_or(false);
            Some(FunctionKind::Magnitude { start: start?, end: end?, constant_beyond })
        }
        "freshness" => {
            node.object(&["boostingDuration"], errors)?;
            let remedy = "write an ISO 8601 duration of days and less, such as `P30D` or `-PT12H`, not 0";
            let text = node.required_text("boostingDuration", remedy, errors)?;
            let seconds = duration::parse_seconds(text).filter(|seconds| *seconds != 0);
            if seconds.is_none() {
                let what = format!("`{}` is not a duration", names::shown(text));
                errors.add(&node.member_pointer("boostingDuration"), what, remedy);
            }
            Some(FunctionKind::Freshness { boosting_duration_seconds: seconds? })
        }
        "distance" => {
            node.object(&["referencePointParameter", "boostingDistance"], errors)?;
            let parameter = node.required_text("referencePointParameter", "name the request's parameter", errors);
            let distance = number("boostingDistance", errors);
            if distance.is_some_and(|km| km <= 0.0) {
                errors.add(&node.member_pointer("boostingDistance"), "the distance is not above 0", "give kilometres, such as 5");
            }
            Some(FunctionKind::Distance { reference_parameter: parameter?.to_owned(), boosting_distance_km: distance? })
        }
        _ => {
            node.object(&["tagsParameter"], errors)?;
            let parameter = node.required_text("tagsParameter", "name the request's parameter", errors)?;
            Some(FunctionKind::Tag { tags_parameter: parameter.to_owned() })
        }
    }
}
