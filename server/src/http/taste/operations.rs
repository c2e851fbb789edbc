//! The routes of tastes, described.

use serde_json::json;

use super::body::{LikesBody, PlaylistBody};
use super::groups::GroupBody;
use super::interactions::{ConsentBody, InteractionBatch};
use super::me::OwnTasteBody;
use super::wire::{
    Consent, GroupSongs, InteractionsTaken, OwnTasteTaken, Quiz, RecommendedSongs, SimilarArtists, SimilarUsers, TasteState,
    TrainingStarted, UserSongs, Venues,
};
use crate::http::{Kind, Operation};

pub(super) fn for_user() -> Operation {
    Operation::new("Songs for a person")
        .path("user", "The person.")
        .query("k", Kind::Integer, "How many.")
        .query("known", Kind::Boolean, "Whether songs the person knows may come up.")
        .query("clean", Kind::Boolean, "Nothing that is said to be explicit.")
        .query("without", Kind::Text, "Genres and tags that stay out, with commas between them.")
        .query("only", Kind::Text, "Genres and tags of which a song must have one.")
        .query("filter", Kind::Text, "An OData filter over the index of songs.")
        .json::<UserSongs>(
            200,
            "Each song has `id`, `title`, `artist`, `score`, `reason` and `because`: the liked songs that add most to the score.",
        )
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn for_likes() -> Operation {
    Operation::new("Songs for somebody described by likes")
        .body::<LikesBody>("`likes`, `dislikes`: ids of songs; `k`; `rules` and `filter` as for groups. Without likes: a popular start.")
        .example(json!({"likes": ["s1", "s2"], "dislikes": [], "k": 10}))
        .json::<RecommendedSongs>(
            200,
            "Each song has `id`, `title`, `artist`, `score`, `reason` and `because`: the liked songs that add most to the score.",
        )
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn for_playlist() -> Operation {
    Operation::new("Songs that continue a playlist")
        .body::<PlaylistBody>("`songs`: ids in the playlist; `k`; `rules` and `filter` as for groups.")
        .example(json!({"songs": ["s1", "s2"], "k": 10}))
        .json::<RecommendedSongs>(
            200,
            "Each song has `id`, `title`, `artist`, `score`, `reason` and `because`: the liked songs that add most to the score.",
        )
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn for_group() -> Operation {
    Operation::new("The next songs for a group")
        .body::<GroupBody>("`members`: each a `user`, or a guest with `likes` and `dislikes`, a `name`, a `weight` above 0, `vetoes` (song ids), and `present`: how many of the songs played the member was there for. `strategy`: average, least_misery, most_pleasure, average_without_misery, multiplicative, borda, round_robin, fair (default), proportional. `played`: `song` and `seconds_ago`, the last one last. `rules`: `clean`, `without`, `only`, `years` [first, last], `artist_spacing` (4), `relevance` (0.8; the rest is difference from the picks before), `energy` 0 to 1 or `energy_curve` [[seconds from now, energy], ...], `transitions` (true), `misery` (nobody's lowest part, 0), `everyone_served` (true: each member gets a song of the own best twentieth within any 2 x members picks), `new_songs` (false; one pick in ten leans to songs hardly anybody has heard). `include_known` (true). `filter`: an OData filter over the index of songs. For a `user` the last twenty things done count three tenths. Only songs of the index come up.")
        .example(json!({"members": [{"user": "u1"}, {"name": "Ana", "likes": ["s1"], "weight": 2}], "k": 10, "rules": {"clean": true}}))
        .json::<GroupSongs>(200, "`songs` in order. Each has `value` (1 for the strategy's best), `reason`, and `for`: members with `score`, `chance` and `because`; `due` when it was picked because somebody was owed a song.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or the model is of another catalogue.")
}

pub(super) fn start() -> Operation {
    Operation::new("Popular songs that differ, for somebody new")
        .query("k", Kind::Integer, "How many.")
        .json::<RecommendedSongs>(200, "`songs`.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn quiz() -> Operation {
    Operation::new("The songs whose answers tell most about somebody")
        .query("k", Kind::Integer, "How many.")
        .query("likes", Kind::Text, "Songs liked so far, with commas between them.")
        .query("dislikes", Kind::Text, "Songs disliked so far.")
        .json::<Quiz>(200, "`ask`: songs.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn similar_songs() -> Operation {
    Operation::new("Similar songs")
        .path("id", "Of what.")
        .query("k", Kind::Integer, "How many.")
        .json::<RecommendedSongs>(200, "`songs` with `score` and `reason`.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn similar_artists() -> Operation {
    Operation::new("Similar artists")
        .path("name", "Of what.")
        .query("k", Kind::Integer, "How many.")
        .json::<SimilarArtists>(200, "`artists` with `score` and `reason`.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn similar_users() -> Operation {
    Operation::new("Similar users")
        .path("id", "Of what.")
        .query("k", Kind::Integer, "How many.")
        .json::<SimilarUsers>(200, "`users` with `score` and `reason`.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn venues() -> Operation {
    Operation::new("Venues for a person or a group")
        .query_needed("near", Kind::Text, "Where, as latitude,longitude.")
        .query("radius", Kind::Integer, "Metres around.")
        .query("for", Kind::Text, "A user, or several with commas between them.")
        .query("k", Kind::Integer, "How many.")
        .query("at", Kind::Text, "Local time there, like 2026-11-27T21:30; otherwise now, an hour for every 15 degrees of longitude.")
        .query("half", Kind::Integer, "Metres at which a venue is worth half: 1000 on foot.")
        .query("crowd", Kind::Number, "How full it should be, 0 to 1.")
        .query("combine", Kind::Word(&["average", "least_misery"]), "How tastes of several people become one.")
        .query("kind", Kind::Text, "Kinds of venues, with commas between them, such as pub,bar.")
        .query("open", Kind::Boolean, "Only those that are known to be open.")
        .json::<Venues>(200, "`unknown`: those of `for` of whom nothing is known, who are left out; `venues` with `location` (GeoJSON), `score`, `taste`, `distance_m`, `open`, `open_until`, `crowd`, `new_to_you` and `because`.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn interactions() -> Operation {
    Operation::new("What people do")
        .body::<InteractionBatch>("One, a list, or {\"value\": [...]}: `user`, `item`, `kind` (listen, like, playlist_add, vote_up, check_in, skip, vote_down, dislike), `at` (seconds since 1970 or RFC 3339; now when left out), `times`, `venue`. At most 10,000.")
        .example(json!([{"user": "u1", "item": "s1", "kind": "like"}]))
        .json::<InteractionsTaken>(200, "`appended` and the `sequence` of the record: durable.")
        .fails(400, "The request cannot be carried out as written.")
}

pub(super) fn models() -> Operation {
    Operation::new("The models in use").json::<TasteState>(200, "The models and the last or running training.")
}

pub(super) fn train() -> Operation {
    Operation::new("Train a model in the background")
        .query("of", Kind::Word(&["songs", "venues"]), "songs or venues.")
        .json::<TrainingStarted>(202, "The training has begun; GET /v1/taste shows it.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn consent() -> Operation {
    Operation::new("Whether a person may be counted near venues")
        .path("user", "The person.")
        .body::<ConsentBody>("`nearby`: true or false.")
        .example(json!({"nearby": true}))
        .json::<Consent>(200, "`user` and `nearby`.")
        .fails(400, "The request cannot be carried out as written.")
}

pub(super) fn tell() -> Operation {
    Operation::new("Tells what one likes, such as the answers of the quiz")
        .body::<OwnTasteBody>("")
        .json::<OwnTasteTaken>(200, "How many `likes` and `dislikes` were kept.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "A song that is named is unknown.")
}
