//! The description of `/v1` for programs (OpenAPI); the page `/docs` shows it to people.

use std::io::Write as _;
use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::web::takes;
use crate::access::{Caller, Public};

/// OpenAPI 3.1, written by hand; the tests beside and in `tests/it/openapi.rs` hold it against the routes.
static DESCRIPTION: LazyLock<String> =
    LazyLock::new(|| include_str!("openapi.json").replacen("\"VERSION\"", concat!("\"", env!("CARGO_PKG_VERSION"), "\""), 1));

/// The same, a tenth as long.
static PACKED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    let _ = packer.write_all(DESCRIPTION.as_bytes());
    packer.finish().unwrap_or_default()
});

pub(crate) async fn description(Caller(()): Caller<Public>, headers: HeaderMap) -> Response {
    const JSON: (HeaderName, &str) = (header::CONTENT_TYPE, "application/json; charset=utf-8");
    const VARY: (HeaderName, &str) = (header::VARY, "accept-encoding");
    std::future::ready(if takes(&headers, "gzip") {
        ([JSON, VARY, (header::CONTENT_ENCODING, "gzip")], PACKED.as_slice()).into_response()
    } else {
        ([JSON, VARY], DESCRIPTION.as_str()).into_response()
    })
    .await
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::DESCRIPTION;
    use crate::http::search::{ONCE, REPEATED};

    #[test]
    fn every_parameter_of_a_search_is_described() {
        let description: Value = serde_json::from_str(&DESCRIPTION).unwrap();
        let parameters = description.pointer("/paths/~1v1~1{index}~1search/get/parameters").unwrap().as_array().unwrap();
        let mut described: Vec<&str> = parameters.iter().filter(|p| p["in"] == "query").map(|p| p["name"].as_str().unwrap()).collect();
        let mut known: Vec<&str> = ONCE.iter().chain(&REPEATED).copied().collect();
        described.sort_unstable();
        known.sort_unstable();
        assert_eq!(described, known);
    }
}
