//! `/v1/venues/{venue}/style`: what a house plays, and how many songs that leaves.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};
use tutti_engine::search::SearchRequest;

use super::body;
use crate::http::{Failure, Shared, intake};
use crate::rooms::Refusal;
use crate::venues::Style;

/// Bytes of a style: five hundred long ids and two hundred genres.
const BODY: usize = 256 << 10;

/// `GET`.
pub(super) async fn read(State(shared): State<Shared>, Path(venue): Path<String>, headers: HeaderMap) -> Result<Json<Value>, Failure> {
    shared.needs_owner(&headers, &venue).await?;
    let style = shared.styles.of(&venue).await.map_err(Refusal::from)?;
    shown(&shared, style).await
}

/// `PUT`: the whole style.
pub(super) async fn write(
    State(shared): State<Shared>,
    Path(venue): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Failure> {
    shared.needs_owner(&headers, &venue).await?;
    let style = style(body).await?;
    let known = venue.clone();
    shared.work(move |engine| engine.index("venues")?.get(&known)?.map(drop).ok_or_else(|| body::unknown("venue", &known))).await?;
    shared.styles.set(&venue, &style).await.map_err(Refusal::from)?;
    shown(&shared, style).await
}

/// `POST .../effect`: what a style would leave, without keeping it.
pub(super) async fn effect(
    State(shared): State<Shared>,
    Path(venue): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Failure> {
    shared.needs_owner(&headers, &venue).await?;
    Ok(Json(json!({"songs": songs(&shared, &style(body).await?).await?})))
}

async fn style(body: Body) -> Result<Style, Failure> {
    let style: Style = body::read(&intake::read(body, BODY).await?)?;
    style.check().map_err(|mistake| Failure::bad(mistake.to_string()))?;
    Ok(style)
}

async fn shown(shared: &Shared, style: Style) -> Result<Json<Value>, Failure> {
    let songs = songs(shared, &style).await?;
    Ok(Json(json!({"style": style, "songs": songs})))
}

/// How many songs a style leaves of how many.
async fn songs(shared: &Shared, style: &Style) -> Result<Value, Failure> {
    let filter = body::filter(style.filter().as_deref())?;
    let counted = shared.work(move |engine| {
        let index = engine.index("songs")?;
        let count = |filter| -> Result<u64, Failure> {
            let request = SearchRequest { filter, top: 0, count: true, ..SearchRequest::default() };
            Ok(index.search(&request)?.total.unwrap_or(0))
        };
        Ok((count(filter.map(|filter| filter.query))?, count(None)?))
    });
    let (left, of) = counted.await?;
    Ok(json!({"left": left, "of": of}))
}
