//! `GET /v1/taste` and `POST /v1/taste/train`: the models in use and the job that makes new ones.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use tutti_engine::taste::ModelKind;

use super::wire::{ModelState, TasteState, TrainingStarted};
use crate::access::{AdminKey, Caller, Public};
use crate::app::AppState;
use crate::error_code::ErrorCode;
use crate::http::ApiError;
use crate::http::parameters::Parameters;
use crate::taste::TasteService;

pub(super) async fn state(Caller(()): Caller<Public>, State(state): State<AppState>) -> Result<Json<TasteState>, ApiError> {
    state
        .on_taste(|tastes, _| {
            let held = tastes.taste.history().table();
            Ok(Json(TasteState {
                songs: model_state(tastes, ModelKind::Songs),
                venues: model_state(tastes, ModelKind::Venues),
                interactions: held.len(),
                last: held.last(),
                training: tastes.job(),
            }))
        })
        .await
}

fn model_state(tastes: &TasteService, of: ModelKind) -> ModelState {
    let model = match tastes.taste.model(of) {
        Ok(model) => model,
        Err(error) => return ModelState::Unavailable { error: error.to_string() },
    };
    let metadata = model.metadata();
    ModelState::Loaded {
        people: model.user_ids().len(),
        items: model.item_ids().len(),
        dimensions: model.dimensions(),
        passes: metadata.passes,
        trained_at: metadata.trained_at,
        interactions: metadata.interactions,
        held_out_ndcg: metadata.held_out_ndcg,
        walks: metadata.blend.item_item.into(),
        refused: tastes.taste.refused(of),
    }
}

pub(super) async fn start(
    Caller(()): Caller<AdminKey>,
    State(state): State<AppState>,
    RawQuery(raw): RawQuery,
) -> Result<(StatusCode, Json<TrainingStarted>), ApiError> {
    let parameters = Parameters::parse(raw.as_deref())?;
    parameters.allow(&["of"], &[])?;
    let of = match parameters.get("of") {
        None | Some("songs") => ModelKind::Songs,
        Some("venues") => ModelKind::Venues,
        Some(other) => return Err(ApiError::bad(format!("parameter `of`: `{other}` is neither songs nor venues"))),
    };
    if state.tastes.job().running {
        return Err(ApiError::new(ErrorCode::TrainingRunning, "a training goes on already; GET /v1/taste shows it"));
    }
    let (tastes, engine) = (Arc::clone(&state.tastes), Arc::clone(&state.engine));
    tokio::task::spawn_blocking(move || {
        if let Err(error) = tastes.train(&engine, of, |_| ()) {
            tracing::warn!(%error, "the training came to nothing");
        }
    });
    Ok((StatusCode::ACCEPTED, Json(TrainingStarted { training: of.name(), state: "/v1/taste" })))
}
