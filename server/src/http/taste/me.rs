//! `POST /v1/me/taste`: what the caller likes and dislikes, such as the answers of the quiz. Kept until the account is erased.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use serde::Deserialize;
use tutti_engine::taste::interactions::{Interaction, Kind};
use utoipa::ToSchema;

use super::body;
use super::wire::OwnTasteTaken;
use crate::access::{Caller, User};
use crate::app::AppState;
use crate::http::{ApiError, json_body};

/// Bytes of a body, and songs of it.
const BODY: usize = 64 << 10;
const SONGS: usize = 200;

/// What one likes and dislikes, by song.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnTasteBody {
    #[serde(default)]
    likes: Vec<String>,
    #[serde(default)]
    dislikes: Vec<String>,
}

pub(super) async fn tell(Caller(signed): Caller<User>, State(state): State<AppState>, body: Body) -> Result<Json<OwnTasteTaken>, ApiError> {
    let told: OwnTasteBody = json_body::read_needed(body, BODY).await?;
    if told.likes.len() + told.dislikes.len() > SONGS {
        return Err(ApiError::bad(format!("at most {SONGS} likes and dislikes are told at once")));
    }
    let (person, at) = (signed.caller.user, state.tastes.now());
    state
        .on_taste(move |tastes, engine| {
            let index = engine.index("songs")?;
            let likes = told.likes.iter().map(|song| (song, Kind::Like));
            let mut batch = Vec::new();
            for (song, kind) in likes.chain(told.dislikes.iter().map(|song| (song, Kind::Dislike))) {
                if index.get(song)?.is_none() {
                    return Err(body::unknown("song", song));
                }
                batch.push(Interaction { user: person.clone(), item: song.clone(), kind, at, times: 1.0, venue: None });
            }
            if !batch.is_empty() {
                tastes.taste.history().append(&batch)?;
            }
            Ok(Json(OwnTasteTaken { likes: told.likes.len(), dislikes: told.dislikes.len() }))
        })
        .await
}
