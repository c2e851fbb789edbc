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

use crate::access::Routes;
pub(crate) use groups::{GroupBody, songs_for_group};
pub(super) use people::Raters;
pub(crate) use venues::{Around, venues_around};

/// Everything under `/v1/recommendations`, the venues' routes, interactions and training.
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/v1/recommendations/users/{user}", people::for_user)
        .post("/v1/recommendations/songs", people::for_likes)
        .post("/v1/recommendations/playlists", people::for_playlist)
        .post("/v1/recommendations/groups", groups::for_group)
        .get("/v1/recommendations/start", people::start)
        .get("/v1/recommendations/quiz", people::quiz)
        .get("/v1/recommendations/similar/songs/{id}", people::similar_songs)
        .get("/v1/recommendations/similar/artists/{name}", people::similar_artists)
        .get("/v1/recommendations/similar/users/{id}", people::similar_users)
        .get("/v1/venues/recommendations", venues::recommend)
        .get("/v1/venues/{venue}/house", house::house)
        .get("/v1/venues/{venue}/music", house::music)
        .get("/v1/venues/{venue}/nearby-matches", house::nearby)
        .get("/v1/venues/{venue}/history", house::history)
        .get("/v1/venues/{venue}/style", styles::read)
        .put("/v1/venues/{venue}/style", styles::write)
        .post("/v1/venues/{venue}/style/effect", styles::effect)
        .post("/v1/me/taste", own::tell)
        .post("/v1/interactions", interactions::append)
        .get("/v1/taste", training::state)
        .post("/v1/taste/train", training::start)
        .put("/v1/taste/consents/{user}", interactions::consent)
}
