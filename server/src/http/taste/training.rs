//! `GET /v1/taste` and `POST /v1/taste/train`: the models in use and the job that makes new ones.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use serde_json::{Value, json};
use tutti_engine::taste::ModelKind;

use super::wire::TrainingStarted;
use crate::access::{AdminKey, Caller, Public};
use crate::app::AppState;
use crate::error_code::ErrorCode;
use crate::http::ApiError;
use crate::http::parameters::Parameters;

pub(super) async fn state(Caller(()): Caller<Public>, State(state): State<AppState>) -> Result<Json<Value>, ApiError> {
    state
        .on_taste(|tastes, _| {
            let of = |of: ModelKind| match tastes.taste.model(of) {
                Ok(model) => json!({
                    "people": model.user_ids().len(),
                    "items": model.item_ids().len(),
                    "dimensions": model.dimensions(),
                    "passes": model.metadata().passes,
                    "trained_at": model.metadata().trained_at,
                    "interactions": model.metadata().interactions,
                    "held_out_ndcg": model.metadata().held_out_ndcg,
                    "walks": model.metadata().blend.item_item,
                    "refused": tastes.taste.refused(of),
                }),
                Err(error) => json!({"error": error.to_string()}),
            };
            let held = tastes.taste.history().table();
            Ok(Json(json!({
                "songs": of(ModelKind::Songs),
                "venues": of(ModelKind::Venues),
                "interactions": held.len(),
                "last": held.last(),
                "training": tastes.job(),
            })))
        })
        .await
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
