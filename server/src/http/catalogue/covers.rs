//! `GET /v1/songs/{id}/cover.svg`: covers, for whoever shows a song.

use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;
use tutti_engine::taste::ModelKind;

use crate::access::{Caller, Public};
use crate::app::AppState;
use crate::covers::cover;
use crate::http::ApiError;

/// Any id has a cover; one that the model of tastes knows, one that shows where it stands.
pub(super) async fn of_song(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, ApiError> {
    let drawn = state
        .on_taste(move |tastes, _| {
            let model = tastes.taste.model(ModelKind::Songs).ok();
            let known = model.as_ref().and_then(|model| Some((model, model.item_ids().number(&id)?)));
            let place = known.and_then(|(model, item)| Some(tastes.places(model).place(model.item(item)?)));
            let energy = known.and_then(|(model, item)| model.facts(item).energy);
            Ok(cover(&id, place, energy))
        })
        .await?;
    let headers: [(HeaderName, &str); 4] = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        // A training moves songs a little; a day later their covers follow.
        (header::CACHE_CONTROL, "public, max-age=86400"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, drawn))
}
