//! `/v1/rooms`: rooms over REST. What rooms do is in `rooms`; here are routes, statuses and bodies.

mod ask;
mod change;
mod stream;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{get, post};
use serde_json::Value;

use super::{Failure, Shared, intake};
use crate::accounts::Caller;
use crate::rooms::{Code, Refusal};

/// Bytes of a body: a picture in base64, or a long house list.
const BODY: usize = 4 << 20;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/rooms", post(change::create))
        .route("/v1/venues/{venue}/room", get(ask::of_venue).post(change::of_venue))
        .route("/v1/rooms/by-code/{code}", get(ask::by_code))
        .route("/v1/rooms/{id}", get(ask::summary).patch(change::settings).delete(change::close))
        .route("/v1/rooms/{id}/qr.svg", get(ask::qr))
        .route("/v1/rooms/{id}/state", get(ask::state))
        .route("/v1/rooms/{id}/log", get(ask::log))
        .route("/v1/rooms/{id}/history", get(ask::history))
        .route("/v1/rooms/{id}/playlist", get(ask::playlist))
        .route("/v1/rooms/{id}/taste", get(ask::taste))
        .route("/v1/rooms/{id}/pictures/{picture}", get(ask::picture))
        .route("/v1/rooms/{id}/code", post(change::code))
        .route("/v1/rooms/{id}/join", post(change::join))
        .route("/v1/rooms/{id}/commands/{name}", post(change::command))
        .route("/v1/rooms/{id}/stream", get(stream::open))
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        let failure = Failure::new(status(refusal.code), refusal.code.text(), refusal.message);
        failure.retry_after_ms(refusal.retry_after_ms).more(refusal.more)
    }
}

fn status(code: Code) -> StatusCode {
    match code {
        Code::Unauthorized => StatusCode::UNAUTHORIZED,
        Code::Forbidden | Code::Banned | Code::CheckinRequired | Code::Explicit | Code::ChatOff | Code::PicturesOff => {
            StatusCode::FORBIDDEN
        }
        Code::RoomNotFound | Code::MemberNotFound | Code::ItemNotFound | Code::SongNotFound | Code::NotFound | Code::UnknownEvent => {
            StatusCode::NOT_FOUND
        }
        Code::RoomClosed => StatusCode::GONE,
        Code::BadRequest | Code::BadPicture | Code::BadCode | Code::OutOfRange | Code::NoVenue => StatusCode::BAD_REQUEST,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Code::RoomFull
        | Code::NotInRoom
        | Code::Conflict
        | Code::OpReused
        | Code::DuplicateSong
        | Code::QueueFull
        | Code::MemberLimit
        | Code::VetoSpent
        | Code::NotPlaying
        | Code::QueueEmpty
        | Code::NothingToPick => StatusCode::CONFLICT,
    }
}

/// Who calls, by the bearer token.
///
/// # Errors
/// `UNAUTHORIZED`.
pub(super) fn caller(shared: &Shared, headers: &HeaderMap) -> Result<Caller, Failure> {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
    let refused = || Failure::from(Refusal::new(Code::Unauthorized, "a valid token is needed in `Authorization: Bearer …`"));
    shared.accounts.verify(token.ok_or_else(refused)?.trim()).map_err(|_| refused())
}

/// The body as JSON; an empty one is an empty object. Also its size.
async fn json_body(body: Body) -> Result<(Value, usize), Failure> {
    let bytes = intake::read(body, BODY).await?;
    if bytes.is_empty() {
        return Ok((Value::Object(serde_json::Map::new()), 0));
    }
    let value = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::from(Refusal::new(Code::BadRequest, format!("the body is not JSON: {error}"))))?;
    Ok((value, bytes.len()))
}

/// Where people open a room in a browser.
pub(crate) fn link(shared: &Shared, headers: &HeaderMap, code: &str) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|host| !host.contains(['/', '@', ' ', '<', '"']));
    match (&shared.public, host) {
        (Some(public), _) => format!("{}/r/{code}", public.trim_end_matches('/')),
        (None, Some(host)) => format!("{}://{host}/r/{code}", shared.scheme),
        (None, None) => format!("/r/{code}"),
    }
}
