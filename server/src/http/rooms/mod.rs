//! `/v1/rooms`: rooms over REST. What rooms do is in `rooms`; here are routes and bodies.

mod operations;
mod read;
mod stream;
mod wire;
mod write;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use serde_json::Value;

use super::{ApiError, body_limits};
use crate::access::Routes;
use crate::app::AppState;
use crate::rooms::Refusal;

/// Bytes of a body: a picture in base64, or a long list of a venue's songs.
const BODY: usize = 4 << 20;

pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/v1/rooms", write::create, operations::create)
        .get("/v1/venues/{venue}/room", read::of_venue, operations::of_venue)
        .post("/v1/venues/{venue}/room", write::of_venue, operations::make_of_venue)
        .get("/v1/rooms/by-code/{code}", read::by_code, operations::by_code)
        .get("/v1/rooms/{id}", read::summary, operations::summary)
        .patch("/v1/rooms/{id}", write::settings, operations::settings)
        .delete("/v1/rooms/{id}", write::close, operations::close)
        .get("/v1/rooms/{id}/qr.svg", read::qr, operations::qr)
        .get("/v1/rooms/{id}/state", read::state, operations::state)
        .get("/v1/rooms/{id}/log", read::log, operations::log)
        .get("/v1/rooms/{id}/history", read::history, operations::history)
        .get("/v1/rooms/{id}/playlist", read::playlist, operations::playlist)
        .get("/v1/rooms/{id}/taste", read::taste, operations::taste)
        .get("/v1/rooms/{id}/pictures/{picture}", read::picture, operations::picture)
        .post("/v1/rooms/{id}/code", write::code, operations::renew_code)
        .post("/v1/rooms/{id}/join", write::join, operations::join)
        .post("/v1/rooms/{id}/commands/{name}", write::command, operations::command)
        .get("/v1/rooms/{id}/stream", stream::open, operations::stream)
}

/// The body as JSON; an empty one is an empty object. Also its size.
async fn json_body(body: Body) -> Result<(Value, usize), ApiError> {
    let bytes = body_limits::read(body, BODY).await?;
    if bytes.is_empty() {
        return Ok((Value::Object(serde_json::Map::new()), 0));
    }
    let value = serde_json::from_slice(&bytes).map_err(|error| ApiError::from(Refusal::bad(format!("the body is not JSON: {error}"))))?;
    Ok((value, bytes.len()))
}

/// Where people open a room in a browser.
pub(crate) fn link(state: &AppState, headers: &HeaderMap, code: &str) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|host| !host.contains(['/', '@', ' ', '<', '"']));
    match (&state.public_url, host) {
        (Some(public), _) => format!("{}/r/{code}", public.trim_end_matches('/')),
        (None, Some(host)) => format!("{}://{host}/r/{code}", state.scheme),
        (None, None) => format!("/r/{code}"),
    }
}
