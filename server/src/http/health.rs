//! Whether the process lives and can answer.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Operation;
use crate::access::{Caller, Public, Routes};
use crate::app::AppState;
use crate::http::ApiError;

pub(super) fn routes() -> Routes {
    Routes::new().get("/healthz", alive, describe_alive).get("/readyz", ready, describe_ready)
}

/// The process lives.
#[derive(Serialize, ToSchema)]
struct Health {
    status: &'static str,
    version: &'static str,
}

/// The server can answer.
#[derive(Serialize, ToSchema)]
struct Readiness {
    /// `ready`, or `degraded` when a joined server has lost Redis.
    status: &'static str,
    /// Of a joined server.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    redis: Option<RedisHealth>,
}

/// How a joined server stands with Redis.
#[derive(Serialize, ToSchema)]
struct RedisHealth {
    connected: bool,
    /// Writes that were lost with Redis and could not be replayed.
    lost: usize,
}

async fn alive(Caller(()): Caller<Public>) -> Json<Health> {
    std::future::ready(Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })).await
}

/// Ready when every index opens. Without Redis a joined server searches and recommends, and rooms wait: it is `degraded`.
async fn ready(Caller(()): Caller<Public>, State(state): State<AppState>) -> Result<Json<Readiness>, ApiError> {
    state
        .on_engine(|engine| {
            for name in engine.index_names()? {
                engine.index(&name)?;
            }
            Ok(())
        })
        .await?;
    Ok(Json(match state.rooms.cluster_health() {
        None => Readiness { status: "ready", redis: None },
        Some((connected, lost)) => {
            Readiness { status: if connected { "ready" } else { "degraded" }, redis: Some(RedisHealth { connected, lost }) }
        }
    }))
}

fn describe_alive() -> Operation {
    Operation::new("Whether the process lives").json::<Health>(200, "It does.")
}

fn describe_ready() -> Operation {
    Operation::new("Whether every index opens")
        .json::<Readiness>(200, "Every index opens. With several servers also `redis`, and `degraded` while Redis is away.")
        .fails(500, "The request is refused.")
}
