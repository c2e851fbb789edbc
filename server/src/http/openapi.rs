//! The description of `/v1` for programs (OpenAPI 3.1), made of the routes; the page `/docs` shows it to people.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};

use super::describe::Schemas;
use super::web::takes;
use crate::access::{Caller, Public, Route};

static DESCRIPTION: LazyLock<String> = LazyLock::new(|| document(&super::routes().into_parts().0).to_string());

/// The same, a tenth as long.
static PACKED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    let _ = packer.write_all(DESCRIPTION.as_bytes());
    packer.finish().unwrap_or_default()
});

/// The description as JSON.
pub(crate) fn text() -> &'static str {
    &DESCRIPTION
}

/// `GET /v1/openapi.json`.
pub(super) async fn description(Caller(()): Caller<Public>, headers: HeaderMap) -> Response {
    const JSON: (HeaderName, &str) = (header::CONTENT_TYPE, "application/json; charset=utf-8");
    const VARY: (HeaderName, &str) = (header::VARY, "accept-encoding");
    std::future::ready(if takes(&headers, "gzip") {
        ([JSON, VARY, (header::CONTENT_ENCODING, "gzip")], PACKED.as_slice()).into_response()
    } else {
        ([JSON, VARY], DESCRIPTION.as_str()).into_response()
    })
    .await
}

fn document(routes: &[Route]) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    for route in routes {
        // Pages are no API.
        let Some(describe) = route.describe else { continue };
        let operation = describe().render(route, &mut schemas);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation;
    }
    require_what_is_always_there(&paths, &mut schemas);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tutti",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "MIT OR Apache-2.0"},
            "description": "Search, recommendations, accounts and rooms of a Tutti server. Besides this, the server speaks the REST API of Azure AI Search under `/indexes`, `/synonymmaps`, `/aliases` and `/servicestats`; use Microsoft's SDKs and reference for it. Rooms are also reached over Socket.IO.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "api-key", "description": "The admin key; `tutti keys` shows it."},
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An access token, or a guest's token."},
            },
        },
    })
}

/// Answers write a null where there is no value, and what a body may leave out; only what is left out is not nullable. So members of an
/// answer that may be null or have a default are always there. Schemas that bodies use are left as they are.
fn require_what_is_always_there(paths: &Map<String, Value>, schemas: &mut Schemas) {
    let mut of_bodies = BTreeSet::new();
    let operations = paths.values().filter_map(Value::as_object).flat_map(Map::values);
    operations.filter_map(|operation| operation.get("requestBody")).for_each(|body| add_named(body, schemas, &mut of_bodies));
    for (_, schema) in schemas.iter_mut().filter(|(name, _)| !of_bodies.contains(*name)) {
        for_each_object(schema, &|object| {
            let Some(properties) = object.get("properties").and_then(Value::as_object) else { return };
            let there = |property: &Value| property.get("default").is_some() || may_be_null(property);
            let required = object.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
            let more = properties.iter().filter(|(_, property)| there(property)).map(|(name, _)| json!(name));
            let more: Vec<Value> = more.filter(|name| !required.contains(name)).collect();
            let required: Vec<Value> = required.into_iter().chain(more).collect();
            if !required.is_empty() {
                object.insert("required".to_owned(), Value::Array(required));
            }
        });
    }
}

/// The schemas that a part of the description names, and those that they name.
fn add_named(part: &Value, schemas: &Schemas, names: &mut BTreeSet<String>) {
    match part {
        Value::Object(members) => {
            if let Some(name) = members.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next())
                && names.insert(name.to_owned())
                && let Some(schema) = schemas.get(name)
            {
                add_named(schema, schemas, names);
            }
            members.values().for_each(|member| add_named(member, schemas, names));
        }
        Value::Array(items) => items.iter().for_each(|item| add_named(item, schemas, names)),
        _ => {}
    }
}

fn for_each_object(schema: &mut Value, change: &impl Fn(&mut Map<String, Value>)) {
    match schema {
        Value::Object(members) => {
            change(members);
            members.values_mut().for_each(|member| for_each_object(member, change));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| for_each_object(item, change)),
        _ => {}
    }
}

fn may_be_null(property: &Value) -> bool {
    let is_null = |kind: &Value| kind == "null";
    match &property["type"] {
        Value::Array(kinds) => kinds.iter().any(is_null),
        _ => property["oneOf"].as_array().is_some_and(|choices| choices.iter().any(|choice| is_null(&choice["type"]))),
    }
}
