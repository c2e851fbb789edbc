//! Recommendations over HTTP: songs for users and groups, similar songs and users, venues, interactions, training. How
//! recommendations are made is the engine's business.

mod answers;
mod body;
mod groups;
mod interactions;
mod me;
mod operations;
mod styles;
mod training;
mod users;
mod venue_operations;
mod venue_owner;
mod venue_wire;
mod venues;
mod wire;

use crate::access::Routes;
pub(crate) use groups::{GroupBody, songs_for_group};
pub(super) use users::Raters;
pub(crate) use venues::{Around, venues_around};

/// Everything under `/v1/recommendations`, the venues' routes, interactions and training.
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/v1/recommendations/users/{user}", users::for_user, operations::for_user)
        .post("/v1/recommendations/songs", users::for_likes, operations::for_likes)
        .post("/v1/recommendations/playlists", users::for_playlist, operations::for_playlist)
        .post("/v1/recommendations/groups", groups::for_group, operations::for_group)
        .get("/v1/recommendations/start", users::start, operations::start)
        .get("/v1/recommendations/quiz", users::quiz, operations::quiz)
        .get("/v1/recommendations/similar/songs/{id}", users::similar_songs, operations::similar_songs)
        .get("/v1/recommendations/similar/artists/{name}", users::similar_artists, operations::similar_artists)
        .get("/v1/recommendations/similar/users/{id}", users::similar_users, operations::similar_users)
        .get("/v1/venues/recommendations", venues::recommend, operations::venues)
        .get("/v1/venues/{venue}/house", venue_owner::overview, venue_operations::overview)
        .get("/v1/venues/{venue}/music", venue_owner::music, venue_operations::music)
        .get("/v1/venues/{venue}/nearby-matches", venue_owner::nearby, venue_operations::nearby)
        .get("/v1/venues/{venue}/history", venue_owner::history, venue_operations::history)
        .get("/v1/venues/{venue}/style", styles::read, venue_operations::read_style)
        .put("/v1/venues/{venue}/style", styles::write, venue_operations::write_style)
        .post("/v1/venues/{venue}/style/effect", styles::effect, venue_operations::style_effect)
        .post("/v1/me/taste", me::tell, operations::tell)
        .post("/v1/interactions", interactions::append, operations::interactions)
        .get("/v1/taste", training::state, operations::models)
        .post("/v1/taste/train", training::start, operations::train)
        .put("/v1/taste/consents/{user}", interactions::consent, operations::consent)
}
