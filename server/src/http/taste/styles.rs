//! `/v1/venues/{venue}/style`: what a venue plays, and how many songs that leaves.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use tutti_engine::search::SearchRequest;

use super::body;
use super::venue_wire::{SongsLeft, StyleAnswer, StyleEffect};
use crate::access::{Caller, Owner};
use crate::app::AppState;
use crate::http::{ApiError, json_body};
use crate::rooms::Refusal;
use crate::venues::Style;

/// Bytes of a style: five hundred long ids and two hundred genres.
const BODY: usize = 256 << 10;

/// `GET`.
pub(super) async fn read(
    Caller(()): Caller<Owner>,
    State(state): State<AppState>,
    Path(venue): Path<String>,
) -> Result<Json<StyleAnswer>, ApiError> {
    let style = state.styles.of(&venue).await.map_err(Refusal::from)?;
    shown(&state, style).await
}

/// `PUT`: the whole style.
pub(super) async fn write(
    Caller(()): Caller<Owner>,
    State(state): State<AppState>,
    Path(venue): Path<String>,
    body: Body,
) -> Result<Json<StyleAnswer>, ApiError> {
    let style = style(body).await?;
    let known = venue.clone();
    state.on_engine(move |engine| engine.index("venues")?.get(&known)?.map(drop).ok_or_else(|| body::unknown("venue", &known))).await?;
    state.styles.set(&venue, &style).await.map_err(Refusal::from)?;
    shown(&state, style).await
}

/// `POST .../effect`: what a style would leave, without keeping it.
pub(super) async fn effect(Caller(()): Caller<Owner>, State(state): State<AppState>, body: Body) -> Result<Json<StyleEffect>, ApiError> {
    let songs = songs(&state, &style(body).await?).await?;
    Ok(Json(StyleEffect { songs }))
}

async fn style(body: Body) -> Result<Style, ApiError> {
    let style: Style = json_body::read_needed(body, BODY).await?;
    style.check().map_err(|mistake| ApiError::bad(mistake.to_string()))?;
    Ok(style)
}

async fn shown(state: &AppState, style: Style) -> Result<Json<StyleAnswer>, ApiError> {
    let songs = songs(state, &style).await?;
    Ok(Json(StyleAnswer { style, songs }))
}

/// How many songs a style leaves of how many.
async fn songs(state: &AppState, style: &Style) -> Result<SongsLeft, ApiError> {
    let filter = body::filter(style.filter().as_deref())?;
    let counted = state.on_engine(move |engine| {
        let index = engine.index("songs")?;
        let count = |filter| -> Result<u64, ApiError> {
            let request = SearchRequest { filter, top: 0, count: true, ..SearchRequest::default() };
            Ok(index.search(&request)?.total.unwrap_or(0))
        };
        Ok((count(filter.map(|filter| filter.query))?, count(None)?))
    });
    let (left, of) = counted.await?;
    Ok(SongsLeft { left, of })
}
