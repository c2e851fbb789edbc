//! The description of `/v1` for programs (OpenAPI); the page `/docs` shows it to people.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;

/// OpenAPI 3.1, written by hand; the tests beside and in `tests/it/openapi.rs` hold it against the routes.
static DESCRIPTION: LazyLock<String> =
    LazyLock::new(|| include_str!("openapi.json").replacen("\"VERSION\"", concat!("\"", env!("CARGO_PKG_VERSION"), "\""), 1));

pub(crate) async fn description() -> impl IntoResponse {
    std::future::ready(([(header::CONTENT_TYPE, "application/json; charset=utf-8")], DESCRIPTION.as_str())).await
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
