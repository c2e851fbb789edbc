//! Asking about a room.

use std::time::Instant;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::link;
use crate::http::accounts::request::{Bearer, Origin};
use crate::http::parameters::Parameters;
use crate::http::{Failure, Shared};
use crate::limits::network;
use crate::rooms::{Code, Refusal, rest};

pub(super) async fn summary(State(shared): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Result<Json<Value>, Failure> {
    let room = shared.rooms.find(&id).await?;
    let link = link(&shared, &headers, &shared.rooms.document(&room).await?.code);
    Ok(Json(rest::summary(&room, &link)))
}

/// The room of a venue, if it has one.
pub(super) async fn of_venue(State(shared): State<Shared>, Path(venue): Path<String>, headers: HeaderMap) -> Result<Json<Value>, Failure> {
    let missing = || Refusal::new(Code::RoomNotFound, "this venue has no open room");
    let id = shared.rooms.of_venue(&venue).await?.ok_or_else(missing)?;
    summary(State(shared), Path(id.to_string()), headers).await
}

/// A code that does not exist costs its finder one of ten failures a minute.
pub(super) async fn by_code(
    State(shared): State<Shared>,
    Path(code): Path<String>,
    Origin(origin): Origin,
    headers: HeaderMap,
) -> Result<Json<Value>, Failure> {
    let from = network(origin.address);
    let now = Instant::now();
    shared.guesses.take(&from, 1, now).map_err(|wait| Refusal::limited("wrong codes", wait))?;
    let id = shared.rooms.id_of_code(&code).await?;
    shared.guesses.give_back(&from, 1, now);
    summary(State(shared), Path(id.to_string()), headers).await
}

pub(super) async fn qr(State(shared): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    let room = shared.rooms.find(&id).await?;
    let link = link(&shared, &headers, &shared.rooms.document(&room).await?.code);
    let code = qrcode::QrCode::new(link.as_bytes()).map_err(|_| Failure::internal())?;
    let svg = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(256, 256).build();
    Ok(([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "no-cache")], svg).into_response())
}

pub(super) async fn state(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    Bearer(signed): Bearer,
) -> Result<Json<Value>, Failure> {
    let caller = signed.caller;
    let parameters = Parameters::parse(query.as_deref())?;
    parameters.allow(&["rev"], &[])?;
    let rev = match parameters.get("rev") {
        None => None,
        Some(text) => Some(number("rev", text)?),
    };
    let room = shared.rooms.find(&id).await?;
    room.needs_member(&caller)?;
    Ok(Json(rest::state_at(&room, &caller.user, rev).await?))
}

pub(super) async fn log(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    Bearer(signed): Bearer,
) -> Result<Json<Value>, Failure> {
    let caller = signed.caller;
    let parameters = Parameters::parse(query.as_deref())?;
    parameters.allow(&["from", "limit"], &[])?;
    let from = parameters.get("from").map_or(Ok(1), |text| number("from", text))?;
    let limit = parameters.get("limit").map_or(Ok(1000), |text| number("limit", text))?;
    let room = shared.rooms.find(&id).await?;
    room.needs_member(&caller)?;
    Ok(Json(rest::log_from(&room, from, usize::try_from(limit).unwrap_or(usize::MAX).max(1)).await?))
}

pub(super) async fn history(State(shared): State<Shared>, Path(id): Path<String>, Bearer(signed): Bearer) -> Result<Json<Value>, Failure> {
    let caller = signed.caller;
    let room = shared.rooms.find(&id).await?;
    room.needs_member(&caller)?;
    Ok(Json(json!({"room": room.id(), "songs": rest::play_history(&room).await?})))
}

/// The songs of the evening that were not thrown out, each once.
pub(super) async fn playlist(State(shared): State<Shared>, Path(id): Path<String>, Bearer(signed): Bearer) -> Result<Json<Value>, Failure> {
    let caller = signed.caller;
    let room = shared.rooms.find(&id).await?;
    room.needs_member(&caller)?;
    let mut seen = std::collections::HashSet::new();
    let songs = rest::play_history(&room)
        .await?
        .into_iter()
        .filter(|played| !matches!(played["reason"].as_str(), Some("skipped" | "voted" | "veto")));
    let songs = songs.map(|mut played| played["song"].take());
    let songs: Vec<Value> = songs.filter(|song| seen.insert(song["id"].to_string())).collect();
    Ok(Json(json!({"room": room.id(), "name": room.state().name, "songs": songs})))
}

/// How the songs of a room suit those present: reasons and fairness.
pub(super) async fn taste(State(shared): State<Shared>, Path(id): Path<String>, Bearer(signed): Bearer) -> Result<Json<Value>, Failure> {
    let room = shared.rooms.find(&id).await?;
    room.needs_member(&signed.caller)?;
    Ok(Json(rest::taste(&room).await))
}

pub(super) async fn picture(
    State(shared): State<Shared>,
    Path((id, picture)): Path<(String, String)>,
    Bearer(signed): Bearer,
) -> Result<Response, Failure> {
    let caller = signed.caller;
    let room = shared.rooms.find(&id).await?;
    room.needs_member(&caller)?;
    let (mime, bytes) = rest::picture(&room, &picture).await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'"));
    Ok(response)
}

fn number(name: &str, text: &str) -> Result<u64, Failure> {
    text.parse().map_err(|_| Refusal::bad(format!("parameter `{name}`: `{text}` is not a whole number")).into())
}
