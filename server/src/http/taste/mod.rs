//! Recommendations over HTTP: songs for people and groups, what is alike, venues, what people do, training. How tastes are found is
//! the engine's business.

mod body;
mod groups;
mod house;
mod interactions;
mod operations;
mod own;
mod people;
mod shown;
mod styles;
mod training;
mod venue_operations;
mod venues;

use crate::access::Routes;
pub(crate) use groups::{GroupBody, songs_for_group};
pub(super) use people::Raters;
pub(crate) use venues::{Around, venues_around};

/// Everything under `/v1/recommendations`, the venues' routes, interactions and training.
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/v1/recommendations/users/{user}", people::for_user, operations::for_user)
        .post("/v1/recommendations/songs", people::for_likes, operations::for_likes)
        .post("/v1/recommendations/playlists", people::for_playlist, operations::for_playlist)
        .post("/v1/recommendations/groups", groups::for_group, operations::for_group)
        .get("/v1/recommendations/start", people::start, operations::start)
        .get("/v1/recommendations/quiz", people::quiz, operations::quiz)
        .get("/v1/recommendations/similar/songs/{id}", people::similar_songs, operations::similar_songs)
        .get("/v1/recommendations/similar/artists/{name}", people::similar_artists, operations::similar_artists)
        .get("/v1/recommendations/similar/users/{id}", people::similar_users, operations::similar_users)
        .get("/v1/venues/recommendations", venues::recommend, operations::venues)
        .get("/v1/venues/{venue}/house", house::house, venue_operations::house)
        .get("/v1/venues/{venue}/music", house::music, venue_operations::music)
        .get("/v1/venues/{venue}/nearby-matches", house::nearby, venue_operations::nearby)
        .get("/v1/venues/{venue}/history", house::history, venue_operations::history)
        .get("/v1/venues/{venue}/style", styles::read, venue_operations::read_style)
        .put("/v1/venues/{venue}/style", styles::write, venue_operations::write_style)
        .post("/v1/venues/{venue}/style/effect", styles::effect, venue_operations::style_effect)
        .post("/v1/me/taste", own::tell, operations::tell)
        .post("/v1/interactions", interactions::append, operations::interactions)
        .get("/v1/taste", training::state, operations::models)
        .post("/v1/taste/train", training::start, operations::train)
        .put("/v1/taste/consents/{user}", interactions::consent, operations::consent)
}
