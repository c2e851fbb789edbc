//! Reading rooms.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::link;
use super::wire::{RoomHistory, RoomPlaylist};
use crate::access::{Caller, ClientAddress, Member, Public};
use crate::app::AppState;
use crate::http::ApiError;
use crate::http::parameters::Parameters;
use crate::rooms::{Code, LogPage, Reason, Refusal, Room, RoomAt, RoomSummary, RoomTaste, rest};

pub(super) async fn summary(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<RoomSummary>, ApiError> {
    summary_of(&state, &headers, &id).await
}

async fn summary_of(state: &AppState, headers: &HeaderMap, id: &str) -> Result<Json<RoomSummary>, ApiError> {
    let room = state.rooms.find(id).await?;
    let link = link_of(state, headers, &room).await?;
    Ok(Json(rest::summary(&room, link)))
}

async fn link_of(state: &AppState, headers: &HeaderMap, room: &Arc<Room>) -> Result<String, ApiError> {
    Ok(link(state, headers, &state.rooms.document(room).await?.code))
}

/// The room of a venue, if it has one.
pub(super) async fn of_venue(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path(venue): Path<String>,
    headers: HeaderMap,
) -> Result<Json<RoomSummary>, ApiError> {
    let missing = || Refusal::new(Code::RoomNotFound, "this venue has no open room");
    let id = state.rooms.of_venue(&venue).await?.ok_or_else(missing)?;
    summary_of(&state, &headers, &id).await
}

/// A code that does not exist costs its finder one of ten failures a minute.
pub(super) async fn by_code(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path(code): Path<String>,
    ClientAddress(origin): ClientAddress,
    headers: HeaderMap,
) -> Result<Json<RoomSummary>, ApiError> {
    let attempt = state.limits.code(origin.address, Instant::now()).map_err(|wait| Refusal::limited("wrong codes", wait))?;
    let id = state.rooms.id_of_code(&code).await?;
    state.limits.code_was_right(&attempt);
    summary_of(&state, &headers, &id).await
}

pub(super) async fn qr(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let room = state.rooms.find(&id).await?;
    let link = link_of(&state, &headers, &room).await?;
    let code = qrcode::QrCode::new(link.as_bytes()).map_err(|_| ApiError::internal())?;
    let svg = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(256, 256).build();
    Ok(([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "no-cache")], svg).into_response())
}

pub(super) async fn state(Caller(here): Caller<Member>, RawQuery(query): RawQuery) -> Result<Json<RoomAt>, ApiError> {
    let parameters = Parameters::parse(query.as_deref())?;
    parameters.allow(&["rev"], &[])?;
    let rev = parameters.get("rev").map(|text| number("rev", text)).transpose()?;
    Ok(Json(rest::state_at(&here.room, &here.caller.user, rev).await?))
}

pub(super) async fn log(Caller(here): Caller<Member>, RawQuery(query): RawQuery) -> Result<Json<LogPage>, ApiError> {
    let parameters = Parameters::parse(query.as_deref())?;
    parameters.allow(&["from", "limit"], &[])?;
    let from = parameters.get("from").map_or(Ok(1), |text| number("from", text))?;
    let limit = parameters.get("limit").map_or(Ok(1000), |text| number("limit", text))?;
    Ok(Json(rest::log_from(&here.room, from, usize::try_from(limit).unwrap_or(usize::MAX).max(1)).await?))
}

pub(super) async fn history(Caller(here): Caller<Member>) -> Result<Json<RoomHistory>, ApiError> {
    Ok(Json(RoomHistory { room: here.room.id().clone(), songs: rest::play_history(&here.room).await? }))
}

/// The songs of the evening that were not thrown out, each once.
pub(super) async fn playlist(Caller(here): Caller<Member>) -> Result<Json<RoomPlaylist>, ApiError> {
    let room = &here.room;
    let mut seen = HashSet::new();
    let played = rest::play_history(room).await?.into_iter().filter(|played| !played.reason.is_some_and(Reason::is_rejection));
    let songs = played.map(|played| played.song).filter(|song| seen.insert(song.id.clone())).collect();
    Ok(Json(RoomPlaylist { room: room.id().clone(), name: room.state().name.clone(), songs }))
}

/// How the songs of a room suit those present: reasons and fairness.
pub(super) async fn taste(Caller(here): Caller<Member>) -> Result<Json<RoomTaste>, ApiError> {
    Ok(Json(rest::taste(&here.room).await))
}

pub(super) async fn picture(Caller(here): Caller<Member>, Path((_, picture)): Path<(String, String)>) -> Result<Response, ApiError> {
    let (mime, bytes) = rest::picture(&here.room, &picture).await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'"));
    Ok(response)
}

fn number(name: &str, text: &str) -> Result<u64, ApiError> {
    text.parse().map_err(|_| Refusal::bad(format!("parameter `{name}`: `{text}` is not a whole number")).into())
}
