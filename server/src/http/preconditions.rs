//! `If-Match` and `If-None-Match` (RFC 9110, 13.1) on things that have a revision.

use axum::http::{HeaderMap, HeaderValue, header};

/// What is said when a precondition does not hold.
pub(super) const FAILED: &str =
    "the precondition given in If-Match or If-None-Match does not hold: it was changed in the meantime, or is (not) there";

/// A revision as an ETag, quotes included.
pub(super) fn etag(revision: u64) -> String {
    format!("\"0x{revision:016X}\"")
}

/// Whether the headers allow a change of what now has `revision` (`None`: is not there).
pub(super) fn hold(headers: &HeaderMap, revision: Option<u64>) -> bool {
    let tag = revision.map(etag);
    let named = |value: &HeaderValue| {
        let text = value.to_str().unwrap_or_default();
        tag.as_deref().is_some_and(|tag| text.split(',').map(bare).any(|wanted| wanted == "*" || wanted == bare(tag)))
    };
    headers.get(header::IF_MATCH).is_none_or(named) && !headers.get(header::IF_NONE_MATCH).is_some_and(named)
}

/// An ETag without quotes and `W/`.
fn bare(tag: &str) -> &str {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"')
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{etag, hold};

    #[test]
    fn preconditions_are_of_the_tag_that_is_there() {
        let with = |name, value: &str| HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())]);
        assert!(hold(&HeaderMap::new(), None));
        assert!(hold(&with(header::IF_MATCH, &etag(7)), Some(7)));
        assert!(hold(&with(header::IF_MATCH, &format!("\"x\", W/{}", etag(7))), Some(7)));
        assert!(!hold(&with(header::IF_MATCH, &etag(8)), Some(7)));
        assert!(!hold(&with(header::IF_MATCH, "*"), None));
        assert!(!hold(&with(header::IF_NONE_MATCH, "*"), Some(7)));
        assert!(hold(&with(header::IF_NONE_MATCH, "*"), None));
    }
}
