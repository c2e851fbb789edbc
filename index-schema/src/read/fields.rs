//! Fields: names, types, attributes, and which of them go together.

use std::collections::HashSet;

use super::{analysis::Analysis, node::Node};
use crate::{
    analysis::{ANALYZERS, NORMALIZERS},
    definition::{Field, FieldType, ValueType, VectorSearch},
    errors::DefinitionErrors,
    names,
};

const MEMBERS: &[&str] = &[
    "name",
    "type",
    "key",
    "searchable",
    "filterable",
    "sortable",
    "facetable",
    "retrievable",
    "stored",
    "analyzer",
    "indexAnalyzer",
    "searchAnalyzer",
    "normalizer",
    "synonymMaps",
    "dimensions",
    "vectorSearchProfile",
    "vectorEncoding",
    "permissionFilter",
    "sensitivityLabel",
    "fields",
];

const MAX_FIELDS: usize = 1000;
const MAX_DEPTH: usize = 10;
const MAX_COMPLEX_COLLECTIONS: usize = 40;
/// Collections of complex fields inside each other; the place of an element is packed into one number.
const MAX_COLLECTION_LEVELS: usize = 5;

/// What the rules need to know around a field.
struct Context<'a> {
    analysis: &'a Analysis,
    vectors: Option<&'a VectorSearch>,
    fields: usize,
    complex_collections: usize,
}

pub(super) fn read(root: &Node<'_>, analysis: &Analysis, vectors: Option<&VectorSearch>, errors: &mut DefinitionErrors) -> Vec<Field> {
    if root.child("fields").is_none() {
        errors.add("/fields", "`fields` is missing", "declare at least the key field");
        return Vec::new();
    }
    let mut context = Context { analysis, vectors, fields: 0, complex_collections: 0 };
    let fields = read_level(root, 1, false, &mut context, errors);
    if context.fields > MAX_FIELDS {
        errors.add("/fields", format!("{} fields", context.fields), format!("at most {MAX_FIELDS} are allowed"));
    }
    if context.complex_collections > MAX_COMPLEX_COLLECTIONS {
        errors.add(
            "/fields",
            format!("{} collections of complex fields", context.complex_collections),
            format!("at most {MAX_COMPLEX_COLLECTIONS} are allowed"),
        );
    }
    let levels = collection_levels(&fields);
    if levels > MAX_COLLECTION_LEVELS {
        errors.add(
            "/fields",
            format!("collections of complex fields stand {levels} deep in each other"),
            format!("at most {MAX_COLLECTION_LEVELS} are allowed; flatten the structure"),
        );
    }
    let keys: Vec<&str> = fields.iter().filter(|field| field.key).map(|field| field.name.as_str()).collect();
    if keys.is_empty() {
        errors.add("/fields", "no field is the key", "set `\"key\": true` on one top-level Edm.String field");
    } else if keys.len() > 1 {
        errors.add("/fields", format!("{} fields are the key: {}", keys.len(), keys.join(", ")), "keep `\"key\": true` on exactly one");
    }
    fields
}

fn collection_levels(fields: &[Field]) -> usize {
    let own = |field: &Field| usize::from(field.field_type.collection && field.field_type.value == ValueType::Complex);
    fields.iter().map(|field| own(field) + collection_levels(&field.fields)).max().unwrap_or(0)
}

fn read_level(
    parent: &Node<'_>,
    depth: usize,
    in_collection: bool,
    context: &mut Context<'_>,
    errors: &mut DefinitionErrors,
) -> Vec<Field> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut fields = Vec::new();
    for node in parent.items("fields", errors) {
        context.fields += 1;
        let Some(field) = read_field(&node, depth, in_collection, context, errors) else { continue };
        if !seen.insert(field.name.to_lowercase()) {
            errors.add(
                &node.member_pointer("name"),
                format!("there is another field `{}` here (case does not distinguish)", names::shown(&field.name)),
                "give it a name of its own",
            );
        }
        fields.push(field);
    }
    fields
}

fn read_field(
    node: &Node<'_>,
    depth: usize,
    in_collection: bool,
    context: &mut Context<'_>,
    errors: &mut DefinitionErrors,
) -> Option<Field> {
    node.object(MEMBERS, errors)?;
    let name = node.required_text("name", "name the field", errors).map(str::to_owned);
    if let Some(name) = name.as_deref().filter(|name| !names::is_field_name(name)) {
        errors.add(
            &node.member_pointer("name"),
            format!("`{}` cannot name a field", names::shown(name)),
            "use 1 to 128 letters, digits or `_`, beginning with a letter and not with `azureSearch`",
        );
    }
    let field_type = read_type(node, errors);
    for refused in ["vectorEncoding", "permissionFilter", "sensitivityLabel"] {
        if let Some(node) = node.child(refused) {
            errors.add(&node.pointer, format!("`{refused}` is not supported"), format!("remove `{refused}`"));
        }
    }
    let stored = node.flag("stored", errors).unwrap_or(true);
    let (name, field_type) = (name?, field_type?);
    let attributes = read_attributes(node, &name, field_type, in_collection, errors);
    let Attributes { key, searchable, filterable, sortable, facetable, retrievable } = attributes;
    if key {
        check_key(node, &name, field_type, depth, retrievable, errors);
    }
    let (vector, text) = (field_type.value == ValueType::Single, field_type.value == ValueType::String);
    check_vector(node, &name, vector, &attributes, in_collection, errors);
    check_stored(node, &name, stored, vector, retrievable, errors);
    let (analyzer, index_analyzer, search_analyzer) = read_analyzers(node, text && searchable, context.analysis, errors);
    let (dimensions, vector_search_profile) = read_vector(node, vector, context.vectors, errors);
    let fields = read_parts(node, &name, field_type, depth, in_collection, context, errors);
    Some(Field {
        normalizer: read_normalizer(node, text && (filterable || sortable || facetable), context.analysis, errors),
        synonym_maps: read_synonym_maps(node, text && searchable, errors),
        name,
        field_type,
        key,
        searchable,
        filterable,
        sortable,
        facetable,
        retrievable,
        stored,
        analyzer,
        index_analyzer,
        search_analyzer,
        dimensions,
        vector_search_profile,
        fields,
    })
}

/// What may be done with a field.
struct Attributes {
    key: bool,
    searchable: bool,
    filterable: bool,
    sortable: bool,
    facetable: bool,
    retrievable: bool,
}

fn read_attributes(node: &Node<'_>, name: &str, field_type: FieldType, in_collection: bool, errors: &mut DefinitionErrors) -> Attributes {
    let vector = field_type.value == ValueType::Single;
    let complex = field_type.value == ValueType::Complex;
    let text = field_type.value == ValueType::String;
    let mut attribute = |member: &str, default: bool, allowed: bool, why: &str| match node.flag(member, errors) {
        Some(true) if !allowed => {
            errors.add(&node.member_pointer(member), format!("`{name}` is {why}"), format!("leave `{member}` out or set it to false"));
            default
        }
        Some(value) => value,
        None => default,
    };
    let plain = !vector && !complex;
    let single = plain && !field_type.collection && !in_collection;
    let counted = plain && field_type.value != ValueType::GeographyPoint;
    Attributes {
        key: attribute("key", false, true, ""),
        searchable: attribute("searchable", text || vector, text || vector, "neither text nor a vector and cannot be searchable"),
        filterable: attribute("filterable", plain, plain, "a vector or complex and cannot be filterable"),
        sortable: attribute("sortable", single, single, "a collection, within one, a vector or complex and cannot be sortable"),
        facetable: attribute("facetable", counted, counted, "a point, a vector or complex and cannot be facetable"),
        retrievable: attribute("retrievable", true, true, ""),
    }
}

/// A vector field is searchable and stands once in a document.
fn check_vector(node: &Node<'_>, name: &str, vector: bool, attributes: &Attributes, in_collection: bool, errors: &mut DefinitionErrors) {
    if vector && !attributes.searchable {
        errors.add(
            &node.member_pointer("searchable"),
            format!("the vector field `{name}` is not searchable"),
            "set it to true or leave it out",
        );
    }
    if vector && in_collection {
        errors.add(
            &node.member_pointer("type"),
            format!("the vector field `{name}` stands inside a collection of complex fields"),
            "move it to the top level or into a single complex field: a document has one vector in a field",
        );
    }
}

/// Only vectors that are not returned may be left out of what is stored.
fn check_stored(node: &Node<'_>, name: &str, stored: bool, vector: bool, retrievable: bool, errors: &mut DefinitionErrors) {
    if !stored && !vector {
        errors.add(&node.member_pointer("stored"), format!("`{name}` is no vector field and is always stored"), "leave `stored` out");
    } else if !stored && retrievable {
        errors.add(
            &node.member_pointer("stored"),
            format!("`{name}` is retrievable and must be stored"),
            "set `retrievable` to false as well",
        );
    }
}

fn check_key(node: &Node<'_>, name: &str, field_type: FieldType, depth: usize, retrievable: bool, errors: &mut DefinitionErrors) {
    if field_type != (FieldType { value: ValueType::String, collection: false }) {
        errors.add(&node.member_pointer("type"), format!("the key `{name}` is not Edm.String"), "make the key's type `Edm.String`");
    }
    if depth > 1 {
        errors.add(&node.member_pointer("key"), format!("the key `{name}` is inside a complex field"), "make a top-level field the key");
    }
    if !retrievable {
        errors.add(&node.member_pointer("retrievable"), format!("the key `{name}` is not retrievable"), "set it to true or leave it out");
    }
}

fn read_parts(
    node: &Node<'_>,
    name: &str,
    field_type: FieldType,
    depth: usize,
    in_collection: bool,
    context: &mut Context<'_>,
    errors: &mut DefinitionErrors,
) -> Vec<Field> {
    if field_type.value != ValueType::Complex {
        if node.child("fields").is_some_and(|parts| parts.value.as_array().is_none_or(|list| !list.is_empty())) {
            errors.add(
                &node.member_pointer("fields"),
                format!("`{name}` is not complex"),
                "remove `fields` or make the type `Edm.ComplexType`",
            );
        }
        return Vec::new();
    }
    context.complex_collections += usize::from(field_type.collection);
    // The depth of a field counts its complex ancestors and itself.
    if depth > MAX_DEPTH {
        errors.add(&node.pointer, format!("complex fields are nested more than {MAX_DEPTH} deep"), "flatten the structure");
        return Vec::new();
    }
    let before = errors.errors.len();
    let parts = read_level(node, depth + 1, in_collection || field_type.collection, context, errors);
    if parts.is_empty() && errors.errors.len() == before {
        errors.add(&node.member_pointer("fields"), format!("the complex field `{name}` has no parts"), "declare its parts in `fields`");
    }
    parts
}

fn read_type(node: &Node<'_>, errors: &mut DefinitionErrors) -> Option<FieldType> {
    let written = node.required_text("type", "give the field a type, such as `Edm.String`", errors)?;
    let pointer = node.member_pointer("type");
    if let Some(found) = FieldType::from_edm(written) {
        if found.value == ValueType::Single && !found.collection {
            errors.add(&pointer, "`Edm.Single` is allowed only in vectors", "use `Edm.Double`, or `Collection(Edm.Single)` for a vector");
            return None;
        }
        return Some(found);
    }
    match written {
        "Collection(Edm.Half)" | "Collection(Edm.Int16)" | "Collection(Edm.SByte)" | "Collection(Edm.Byte)" => {
            errors.add(&pointer, format!("vectors of `{written}` are not supported"), "use `Collection(Edm.Single)`");
        }
        other => {
            let known: Vec<&str> = ValueType::ALL.iter().map(|value| value.edm_name()).collect();
            let inner = other.strip_prefix("Collection(").map_or(other, |rest| rest.trim_end_matches(')'));
            errors.add(&pointer, format!("unknown type `{}`", names::shown(other)), names::suggestion(inner, &known));
        }
    }
    None
}

type Analyzers = (Option<String>, Option<String>, Option<String>);

fn read_analyzers(node: &Node<'_>, allowed: bool, analysis: &Analysis, errors: &mut DefinitionErrors) -> Analyzers {
    let mut read = |member: &str| -> Option<String> {
        let name = node.text(member, errors)?;
        let pointer = node.member_pointer(member);
        if !allowed {
            errors.add(&pointer, "only searchable text fields have analyzers", format!("remove `{member}` or make the field searchable"));
        }
        if !ANALYZERS.contains(&name) && !analysis.analyzers.iter().any(|custom| custom.name == name) {
            let known: Vec<&str> = ANALYZERS.iter().copied().chain(analysis.analyzers.iter().map(|custom| custom.name.as_str())).collect();
            // A broken custom analyzer was reported where it stands; its name is still known.
            if !analysis.names.iter().any(|other| other == name) {
                errors.add(&pointer, format!("unknown analyzer `{}`", names::shown(name)), names::suggestion(name, &known));
            }
        }
        Some(name.to_owned())
    };
    let (analyzer, index, search) = (read("analyzer"), read("indexAnalyzer"), read("searchAnalyzer"));
    if analyzer.is_some() && (index.is_some() || search.is_some()) {
        errors.add(
            &node.member_pointer("analyzer"),
            "`analyzer` stands beside `indexAnalyzer` or `searchAnalyzer`",
            "keep either `analyzer`, or the other two together",
        );
    } else if index.is_some() != search.is_some() {
        let (present, missing) = if index.is_some() { ("indexAnalyzer", "searchAnalyzer") } else { ("searchAnalyzer", "indexAnalyzer") };
        errors.add(
            &node.member_pointer(present),
            format!("`{present}` without `{missing}`"),
            format!("add `{missing}`, or use `analyzer` for both"),
        );
    }
    (analyzer, index, search)
}

fn read_normalizer(node: &Node<'_>, allowed: bool, analysis: &Analysis, errors: &mut DefinitionErrors) -> Option<String> {
    let name = node.text("normalizer", errors)?;
    let pointer = node.member_pointer("normalizer");
    if !allowed {
        errors.add(&pointer, "only filterable, sortable or facetable text fields have normalizers", "remove `normalizer`");
    }
    let known: Vec<&str> = NORMALIZERS.iter().copied().chain(analysis.normalizers.iter().map(|custom| custom.name.as_str())).collect();
    if !known.contains(&name) {
        errors.add(&pointer, format!("unknown normalizer `{}`", names::shown(name)), names::suggestion(name, &known));
    }
    Some(name.to_owned())
}

fn read_synonym_maps(node: &Node<'_>, allowed: bool, errors: &mut DefinitionErrors) -> Vec<String> {
    let maps = node.texts("synonymMaps", errors);
    for (name, pointer) in maps.iter().filter(|(name, _)| !names::is_index_name(name)) {
        errors.add(pointer, format!("`{}` cannot name a synonym map", names::shown(name)), "use lower-case letters, digits, `-` and `_`");
    }
    if !maps.is_empty() && !allowed {
        errors.add(&node.member_pointer("synonymMaps"), "only searchable text fields have synonyms", "remove `synonymMaps`");
    }
    if maps.len() > 1 {
        errors.add(&node.member_pointer("synonymMaps"), format!("{} synonym maps", maps.len()), "name at most one; put all rules into it");
    }
    maps.into_iter().map(|(name, _)| name).collect()
}

fn read_vector(
    node: &Node<'_>,
    vector: bool,
    vectors: Option<&VectorSearch>,
    errors: &mut DefinitionErrors,
) -> (Option<u32>, Option<String>) {
    if !vector {
        for member in ["dimensions", "vectorSearchProfile"] {
            if let Some(node) = node.child(member) {
                errors.add(
                    &node.pointer,
                    "only vector fields have this",
                    format!("remove `{member}` or make the type `Collection(Edm.Single)`"),
                );
            }
        }
        return (None, None);
    }
    if node.child("dimensions").is_none() {
        errors.add(&node.member_pointer("dimensions"), "`dimensions` is missing", "give the length of the vectors, 2 to 4096");
    }
    let dimensions = node.whole("dimensions", 2, 4096, errors);
    let profile = node.required_text("vectorSearchProfile", "name a profile of `vectorSearch`", errors);
    if let Some(name) = profile {
        let known: Vec<&str> = vectors.iter().flat_map(|v| &v.profiles).map(|(name, _)| name.as_str()).collect();
        if !known.contains(&name) {
            let remedy =
                if known.is_empty() { "declare it in `vectorSearch.profiles`".to_owned() } else { names::suggestion(name, &known) };
            errors.add(&node.member_pointer("vectorSearchProfile"), format!("unknown vector profile `{}`", names::shown(name)), remedy);
        }
    }
    (dimensions, profile.map(str::to_owned))
}
