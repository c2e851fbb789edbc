//! Whether the process lives and can answer.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::access::{Caller, Public};
use crate::app::AppState;
use crate::http::ApiError;

pub(crate) async fn alive(Caller(()): Caller<Public>) -> Json<Value> {
    std::future::ready(Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}))).await
}

/// Ready when every index opens. Without Redis a joined server searches and recommends, and rooms wait: it is `degraded`.
pub(crate) async fn ready(Caller(()): Caller<Public>, State(state): State<AppState>) -> Result<Json<Value>, ApiError> {
    state
        .on_engine(|engine| {
            for name in engine.index_names()? {
                engine.index(&name)?;
            }
            Ok(())
        })
        .await?;
    Ok(Json(match state.rooms.cluster_health() {
        None => json!({"status": "ready"}),
        Some((connected, lost)) => {
            json!({"status": if connected { "ready" } else { "degraded" }, "redis": {"connected": connected, "lost": lost}})
        }
    }))
}
