//! Files of the pages: in the program, compressed when it was built.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::access::{Caller, Public};

/// A file that pages load. Its name holds a hash of its content, but for the icon's.
struct Asset {
    name: &'static str,
    bytes: &'static [u8],
    br: Option<&'static [u8]>,
    gz: Option<&'static [u8]>,
}

mod built {
    use super::Asset;
    include!(concat!(env!("OUT_DIR"), "/web.rs"));

    pub(super) const fn missing() -> Option<&'static str> {
        MISSING
    }

    pub(super) const fn pages() -> &'static [(&'static str, &'static str)] {
        PAGES
    }

    pub(super) const fn assets() -> &'static [Asset] {
        ASSETS
    }
}

/// Why there are no pages, when there are none.
pub(super) const MISSING: Option<&str> = built::missing();

/// The HTML of a page, with gaps.
pub(super) fn page(name: &str) -> Option<&'static str> {
    built::pages().iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// `GET /web/{file}`.
pub(super) async fn serve(Caller(()): Caller<Public>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    std::future::ready(answer(&name, &headers)).await
}

/// Whether a client takes a coding of content.
pub(in crate::http) fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let listed = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let refused = |rest: Option<&str>| rest.is_some_and(|rest| matches!(rest.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
    listed.split(',').any(|one| {
        let mut parts = one.split(';');
        parts.next().is_some_and(|name| name.trim() == coding) && !refused(parts.next())
    })
}

fn answer(name: &str, headers: &HeaderMap) -> Response {
    let Some(asset) = built::assets().iter().find(|asset| asset.name == name) else {
        return (StatusCode::NOT_FOUND, "no such file: the page that asked is from another version; load it again").into_response();
    };
    let (bytes, coding) = match (asset.br, asset.gz) {
        (Some(br), _) if takes(headers, "br") => (br, Some("br")),
        (_, Some(gz)) if takes(headers, "gzip") => (gz, Some("gzip")),
        _ => (asset.bytes, None),
    };
    let kind = match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    // Another content is another name, so what is kept never goes stale.
    let kept = if name.contains('-') { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
    let fixed = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, kept),
        (header::VARY, "accept-encoding"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let mut response = bytes.into_response();
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    if let Some(coding) = coding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}
