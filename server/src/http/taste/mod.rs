//! Recommendations over HTTP: songs for people and groups, what is alike, venues, what people do, training. How tastes are found is
//! the engine's business.

mod body;
mod groups;
mod house;
mod interactions;
mod own;
mod people;
mod shown;
mod styles;
mod training;
mod venues;

use axum::Router;
use axum::routing::{get, post, put};

use super::Shared;
pub(crate) use groups::{GroupBody, songs_for_group};
pub(super) use people::Raters;
pub(crate) use venues::{Around, venues_around};

/// Everything under `/v1/recommendations`, the venues' routes, interactions and training.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/recommendations/users/{user}", get(people::for_user))
        .route("/v1/recommendations/songs", post(people::for_likes))
        .route("/v1/recommendations/playlists", post(people::for_playlist))
        .route("/v1/recommendations/groups", post(groups::for_group))
        .route("/v1/recommendations/start", get(people::start))
        .route("/v1/recommendations/quiz", get(people::quiz))
        .route("/v1/recommendations/similar/songs/{id}", get(people::similar_songs))
        .route("/v1/recommendations/similar/artists/{name}", get(people::similar_artists))
        .route("/v1/recommendations/similar/users/{id}", get(people::similar_users))
        .route("/v1/venues/recommendations", get(venues::recommend))
        .route("/v1/venues/{venue}/house", get(house::house))
        .route("/v1/venues/{venue}/music", get(house::music))
        .route("/v1/venues/{venue}/nearby-matches", get(house::nearby))
        .route("/v1/venues/{venue}/history", get(house::history))
        .route("/v1/venues/{venue}/style", get(styles::read).put(styles::write))
        .route("/v1/venues/{venue}/style/effect", post(styles::effect))
        .route("/v1/me/taste", post(own::tell))
        .route("/v1/interactions", post(interactions::append))
        .route("/v1/taste", get(training::state))
        .route("/v1/taste/train", post(training::start))
        .route("/v1/taste/consents/{user}", put(interactions::consent))
}
