//! The description of `/v1` for programs (OpenAPI 3.1), made of the routes; the page `/docs` shows it to people.

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
