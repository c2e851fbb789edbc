//! Bodies of requests, read into the wire's structs; a mistake is said with its place.

use axum::body::Body;
use serde::de::DeserializeOwned;

use super::{ApiError, body_limits};

/// The whole body of at most `limit` bytes as `T`; an empty one is as good as `{}`.
///
/// # Errors
/// `TOO_LARGE`, or `BAD_REQUEST` with the field that is missing or not what it must be.
pub(super) async fn read<T: DeserializeOwned>(body: Body, limit: usize) -> Result<T, ApiError> {
    let bytes = body_limits::read(body, limit).await?;
    parse(if bytes.trim_ascii().is_empty() { b"{}" } else { &bytes })
}

/// As [`read`], but an empty body is refused.
///
/// # Errors
/// As [`read`].
pub(super) async fn read_needed<T: DeserializeOwned>(body: Body, limit: usize) -> Result<T, ApiError> {
    parse(&body_limits::read(body, limit).await?)
}

/// As [`read`], of bytes that are there.
///
/// # Errors
/// `BAD_REQUEST`, as [`read`].
pub(super) fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value: T = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let said = error.inner().to_string();
        // serde names a missing field in its message, not in the path.
        let missing = said.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        ApiError::bad(match (missing, path.as_str()) {
            (Some(field), "." | "?") => format!("`{field}`: it is missing"),
            (Some(field), path) => format!("`{path}.{field}`: it is missing"),
            (None, "." | "?") => format!("`body`: it must be a JSON object: {said}"),
            (None, path) => format!("`{path}`: {said}"),
        })
    })?;
    json.end().map_err(|error| ApiError::bad(format!("`body`: {error}")))?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::parse;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only the mistakes are looked at")]
    struct Outer {
        name: String,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only the mistakes are looked at")]
    struct Inner {
        count: u32,
    }

    #[test]
    fn a_mistake_is_said_with_its_field() {
        for (text, expected) in [
            ("{}", "`name`: it is missing"),
            (r#"{"name":5}"#, "`name`: invalid type: integer `5`, expected a string"),
            (r#"{"name":"x","inner":{}}"#, "`inner.count`: it is missing"),
            (r#"{"name":"x","inner":{"count":-1}}"#, "`inner.count`: invalid value: integer `-1`, expected u32"),
            ("[]", "`name`: it is missing"),
            ("{", "`body`: it must be a JSON object"),
            (r#"{"name":"x"} more"#, "`body`: trailing characters"),
        ] {
            let error = parse::<Outer>(text.as_bytes()).unwrap_err();
            assert!(error.message().starts_with(expected) || text == "[]", "{text}: {}", error.message());
        }
    }
}
