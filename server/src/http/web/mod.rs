//! The pages people open, as the build script made them of `server/web`: their addresses, their headers, their files. What is on a page
//! is in `server/web`; a page is a client of the API like any other and is told nothing here that a client could not ask, but where
//! map tiles are.

mod files;
mod first;

pub(super) use files::takes;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use crate::access::{Caller, ClientAddress, Public, Routes};
use crate::app::AppState;

/// Where tiles of maps come from; without it maps are drawn from what the server knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tiles {
    /// With `{z}`, `{x}` and `{y}` in it.
    pub(crate) url: String,
    /// Whom their licence wants named, as text.
    pub(crate) credit: Option<String>,
}

impl Tiles {
    /// Reads a template of addresses.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn url(text: &str) -> Result<String, String> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or("a tile address begins with https://")?;
        let whole = ["{z}", "{x}", "{y}"].iter().all(|gap| rest.contains(gap));
        let host = rest.split('/').next().unwrap_or_default();
        let plain = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte));
        match (whole, plain) {
            (true, true) => Ok(text.to_owned()),
            (false, _) => Err("a tile address has {z}, {x} and {y} in it, like https://tiles.example/{z}/{x}/{y}.png".to_owned()),
            (_, false) => Err(format!("`{host}` is no plain host name")),
        }
    }

    /// Scheme and host: what the Content-Security-Policy has to allow.
    fn host(&self) -> &str {
        let start = self.url.find("://").map_or(0, |at| at + 3);
        let end = self.url[start..].find('/').map_or(self.url.len(), |at| start + at);
        &self.url[..end]
    }
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .page("/", |caller: Caller<Public>, state| page(caller, state, "home"))
        .page("/r/{code}", party)
        .page("/r/{code}/wall", |caller: Caller<Public>, state| page(caller, state, "wall"))
        .page("/p/{code}", |_: Caller<Public>, Path(code): Path<String>| moved(code, ""))
        .page("/p/{code}/wall", |_: Caller<Public>, Path(code): Path<String>| moved(code, "/wall"))
        .page("/venue", |caller: Caller<Public>, state| page(caller, state, "venue"))
        .page("/venue/{venue}", |caller: Caller<Public>, state| page(caller, state, "venue"))
        .page("/places", |caller: Caller<Public>, state| page(caller, state, "places"))
        .page("/console", |caller: Caller<Public>, state| page(caller, state, "console"))
        .page("/docs", |caller: Caller<Public>, state| page(caller, state, "docs"))
        .page("/web/{file}", files::serve)
}

async fn page(_: Caller<Public>, State(state): State<AppState>, name: &'static str) -> Response {
    std::future::ready(shown(&state, name, &html! {}, &html! {})).await
}

/// A room's page holds its name and queue before any script has run: for link previews, and for who has no scripts.
async fn party(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path(code): Path<String>,
    ClientAddress(origin): ClientAddress,
    headers: HeaderMap,
) -> Response {
    let room = first::look(&state, &code, origin.address).await;
    let (head, view) = room.map_or_else(Default::default, |room| (room.head(&state, &headers), room.view()));
    shown(&state, "party", &head, &view)
}

/// The address that the first notes about these pages had.
async fn moved(code: String, rest: &str) -> Redirect {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    std::future::ready(Redirect::permanent(&format!("/r/{plain}{rest}"))).await
}

fn shown(state: &AppState, name: &str, head: &Markup, view: &Markup) -> Response {
    let Some(template) = files::page(name) else { return missing() };
    let tiles = state.tiles.as_deref();
    let told = html! {
        @if let Some(tiles) = tiles {
            meta name="tutti-tiles" content=(tiles.url);
            @if let Some(credit) = &tiles.credit { meta name="tutti-tiles-credit" content=(credit); }
        }
        (head)
    };
    let text = template.replacen("<!--head-->", &told.into_string(), 1).replacen("<!--view-->", &view.clone().into_string(), 1);
    let mut response = text.into_response();
    guard(response.headers_mut(), tiles);
    response
}

/// Nothing runs, loads or is sent but from and to this server; nobody puts the page into a frame.
fn guard(headers: &mut HeaderMap, tiles: Option<&Tiles>) {
    let images = tiles.map_or("", Tiles::host);
    let policy = format!(
        "default-src 'self'; img-src 'self' data: blob: {images}; script-src 'self'; style-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    let fixed = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// What stands in for a page when the program was built without them.
fn missing() -> Response {
    let page = html! {
        (maud::DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="dark light";
                title { "Tutti" }
            }
            body {
                main {
                    h1 { "Tutti" }
                    p { "The server runs: the API, rooms and search answer. Its pages are not in this program: " (files::MISSING.unwrap_or_default()) "." }
                    p { "To have them, install Node 20 or newer with npm, and build again:" }
                    pre { "touch server/build.rs && cargo build --release" }
                    p { "The API is described in " a href="/v1/openapi.json" { "/v1/openapi.json" } "; " code { "tutti --help" } " says what works in a terminal." }
                }
            }
        }
    };
    let mut response = (StatusCode::OK, page.into_string()).into_response();
    guard(response.headers_mut(), None);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_pages_the_program_says_how_to_have_them() {
        let answer = missing();
        assert!(answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("script-src 'self'"));
        let body = axum::body::to_bytes(answer.into_body(), 1 << 16).await.unwrap();
        let page = String::from_utf8(body.to_vec()).unwrap();
        assert!(page.contains("Node 20") && page.contains("cargo build --release") && !page.contains("<script"), "{page}");
    }

    #[test]
    fn tile_addresses_are_read() {
        let url = Tiles::url("https://tiles.example:8080/{z}/{x}/{y}.png").unwrap();
        assert_eq!(Tiles { url, credit: None }.host(), "https://tiles.example:8080");
        for wrong in
            ["tiles.example/{z}/{x}/{y}", "https://tiles.example/{z}/{x}", "https://a;script-src b/{z}/{x}/{y}", "https:///{z}/{x}/{y}"]
        {
            assert!(Tiles::url(wrong).is_err(), "{wrong}");
        }
    }
}
