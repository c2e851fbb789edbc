//! Recommendations over HTTP: songs for people and groups, what is alike, venues, what people do, training. How tastes are found is
//! the engine's business.

mod answers;
mod body;
mod groups;
mod interactions;
mod me;
mod styles;
mod training;
mod users;
mod venue_owner;
mod venues;

use axum::Router;
use axum::routing::{get, post, put};

use super::Shared;
pub(crate) use groups::{GroupBody, songs_for_group};
pub(super) use users::Raters;
pub(crate) use venues::{Around, venues_around};

/// Everything under `/v1/recommendations`, the venues' routes, interactions and training.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/recommendations/users/{user}", get(users::for_user))
        .route("/v1/recommendations/songs", post(users::for_likes))
        .route("/v1/recommendations/playlists", post(users::for_playlist))
        .route("/v1/recommendations/groups", post(groups::for_group))
        .route("/v1/recommendations/start", get(users::start))
        .route("/v1/recommendations/quiz", get(users::quiz))
        .route("/v1/recommendations/similar/songs/{id}", get(users::similar_songs))
        .route("/v1/recommendations/similar/artists/{name}", get(users::similar_artists))
        .route("/v1/recommendations/similar/users/{id}", get(users::similar_users))
        .route("/v1/venues/recommendations", get(venues::recommend))
        .route("/v1/venues/{venue}/house", get(venue_owner::house))
        .route("/v1/venues/{venue}/music", get(venue_owner::music))
        .route("/v1/venues/{venue}/nearby-matches", get(venue_owner::nearby))
        .route("/v1/venues/{venue}/history", get(venue_owner::history))
        .route("/v1/venues/{venue}/style", get(styles::read).put(styles::write))
        .route("/v1/venues/{venue}/style/effect", post(styles::effect))
        .route("/v1/me/taste", post(me::tell))
        .route("/v1/interactions", post(interactions::append))
        .route("/v1/taste", get(training::state))
        .route("/v1/taste/train", post(training::start))
        .route("/v1/taste/consents/{user}", put(interactions::consent))
}
