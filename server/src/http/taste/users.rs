//! Songs for one user, similar songs, artists and users, and cold start.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use tutti_engine::taste::group::{Group, Member, Search, Strategy};
use tutti_engine::taste::{ItemSet, Model, ModelKind, Profile};

use super::answers;
use super::body::{self, LikesBody, PlaylistBody, RulesBody};
use super::wire::{Quiz, RecommendedSong, RecommendedSongs, SimilarArtist, SimilarArtists, SimilarUser, SimilarUsers, UserSongs};
use crate::access::{Caller, Public};
use crate::app::AppState;
use crate::http::parameters::Parameters;
use crate::http::{ApiError, json_body};
use crate::taste::TasteService;

/// `GET /v1/recommendations/users/{user}`.
pub(super) async fn for_user(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path(user): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Json<UserSongs>, ApiError> {
    let parameters = Parameters::parse(raw.as_deref())?;
    parameters.allow(&["k", "known", "clean", "without", "only", "filter"], &[])?;
    let k = parameters.number("k", 20, 200)?.max(1);
    let known = parameters.flag("known", false)?;
    let words = |name: &str| parameters.get(name).map(|text| text.split(',').map(|word| word.trim().to_owned()).collect());
    let rules =
        RulesBody { clean: Some(parameters.flag("clean", false)?), without: words("without"), only: words("only"), ..RulesBody::default() };
    let rules = rules.rules()?;
    let filter = body::filter(parameters.get("filter"))?;
    state
        .on_taste(move |tastes, engine| {
            let (model, open) = tastes.songs(engine, filter.as_ref())?;
            let profile = tastes.taste.profile(ModelKind::Songs, &model, &user, tastes.now())?;
            let member = Member { vetoes: tastes.taste.disliked(&model, &user), ..Member::new(profile) };
            let group = Group { rules, include_known: known, ..alone(member) };
            let songs = songs(&model, &group, k, &open)?;
            Ok(Json(UserSongs { user, songs }))
        })
        .await
}

/// `POST /v1/recommendations/songs`: somebody described by likes and dislikes.
pub(super) async fn for_likes(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    body: Body,
) -> Result<Json<RecommendedSongs>, ApiError> {
    let body: LikesBody = json_body::read_needed(body, state.max_body).await?;
    let (k, rules, filter) = (body::count(body.k)?, body.rules.clone().rules()?, body::filter(body.filter.as_deref())?);
    state
        .on_taste(move |tastes, engine| {
            let (model, open) = tastes.songs(engine, filter.as_ref())?;
            if body.likes.is_empty() {
                return Ok(Json(RecommendedSongs { songs: cold_start(&model, k, &open) }));
            }
            let profile = body::profile(&model, &body.likes, &body.dislikes)?;
            let group = Group { rules, ..alone(Member::new(profile)) };
            Ok(Json(RecommendedSongs { songs: songs(&model, &group, k, &open)? }))
        })
        .await
}

/// `POST /v1/recommendations/playlists`: songs that go on where a playlist ends.
pub(super) async fn for_playlist(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    body: Body,
) -> Result<Json<RecommendedSongs>, ApiError> {
    let playlist: PlaylistBody = json_body::read_needed(body, state.max_body).await?;
    if playlist.songs.is_empty() {
        return Err(ApiError::bad("`songs` is empty: a playlist is continued from the songs it has"));
    }
    let (k, rules) = (body::count(playlist.k)?, playlist.rules.clone().rules()?);
    let filter = body::filter(playlist.filter.as_deref())?;
    state
        .on_taste(move |tastes, engine| {
            let (model, open) = tastes.songs(engine, filter.as_ref())?;
            let profile = body::profile(&model, &playlist.songs, &[])?;
            let group = Group { rules, ..alone(Member::new(profile)) };
            Ok(Json(RecommendedSongs { songs: songs(&model, &group, k, &open)? }))
        })
        .await
}

/// `GET /v1/recommendations/start`: popular songs that differ, for somebody of whom nothing is known.
pub(super) async fn start(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    RawQuery(raw): RawQuery,
) -> Result<Json<RecommendedSongs>, ApiError> {
    ask(&state, raw.as_deref(), |_, model, open, k| Ok(RecommendedSongs { songs: cold_start(model, k, open) })).await
}

fn cold_start(model: &Model, k: usize, open: &ItemSet) -> Vec<RecommendedSong> {
    let items = model.cold_start_items(k, &|item| open.has(item));
    items.into_iter().map(|item| answers::recommended(model, item, None, "popular here")).collect()
}

/// `GET /v1/recommendations/quiz`: the songs whose answers would tell most about somebody.
pub(super) async fn quiz(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    RawQuery(raw): RawQuery,
) -> Result<Json<Quiz>, ApiError> {
    let parameters = Parameters::parse(raw.as_deref())?;
    parameters.allow(&["k", "likes", "dislikes"], &[])?;
    let k = parameters.number("k", 5, 50)?.max(1);
    let ids = |name: &str| -> Vec<String> {
        parameters.get(name).unwrap_or_default().split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
    };
    let (likes, dislikes) = (ids("likes"), ids("dislikes"));
    state
        .on_taste(move |tastes, engine| {
            let (model, open) = tastes.songs(engine, None)?;
            let profile = body::profile(&model, &likes, &dislikes)?;
            let asked = model.quiz(&profile, k, &|item| open.has(item));
            Ok(Json(Quiz { ask: asked.into_iter().map(|item| answers::song(&model, item)).collect() }))
        })
        .await
}

/// `GET /v1/recommendations/similar/songs/{id}`.
pub(super) async fn similar_songs(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Json<RecommendedSongs>, ApiError> {
    ask(&state, raw.as_deref(), move |_, model, open, k| {
        let found = model.similar_items(body::song(model, &id)?, k, &|item| open.has(item));
        Ok(RecommendedSongs { songs: found.iter().map(|alike| answers::alike(model, alike)).collect() })
    })
    .await
}

/// `GET /v1/recommendations/similar/artists/{name}`.
pub(super) async fn similar_artists(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path(name): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Json<SimilarArtists>, ApiError> {
    ask(&state, raw.as_deref(), move |_, model, _, k| {
        let artist = model.artist_names().number(&name).ok_or_else(|| body::unknown("artist", &name))?;
        let found = model.similar_artists(artist, k);
        let artists = found.iter().map(|alike| SimilarArtist {
            artist: model.artist_names().name(alike.number).map(str::to_owned),
            score: f64::from(alike.score),
            reason: format!("liked by the same kind of people as {name}"),
        });
        Ok(SimilarArtists { artists: artists.collect() })
    })
    .await
}

/// `GET /v1/recommendations/similar/users/{id}`: people with the same taste, and what they share.
pub(super) async fn similar_users(
    Caller(()): Caller<Public>,
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Json<SimilarUsers>, ApiError> {
    ask(&state, raw.as_deref(), move |tastes, model, _, k| {
        let profile = tastes.taste.profile(ModelKind::Songs, model, &id, tastes.now())?;
        let found = model.similar_users(profile.vector(), model.user_ids().number(&id), k);
        let users = found.iter().map(|alike| {
            let both = model.known(alike.number).columns.iter().filter(|item| profile.known().likes(**item)).count();
            SimilarUser {
                user: model.user_ids().name(alike.number).map(str::to_owned),
                score: f64::from(alike.score),
                shared_songs: both,
                reason: match both {
                    0 => "likes the same kind of songs".to_owned(),
                    1 => "likes a song you like, and the same kind".to_owned(),
                    both => format!("likes {both} songs you like"),
                },
            }
        });
        Ok(SimilarUsers { users: users.collect() })
    })
    .await
}

/// Asks the model of songs, and those in the catalogue, for `k` of something, the only parameter.
async fn ask<T: Send + 'static>(
    state: &AppState,
    raw: Option<&str>,
    answer: impl FnOnce(&TasteService, &Model, &ItemSet, usize) -> Result<T, ApiError> + Send + 'static,
) -> Result<Json<T>, ApiError> {
    let parameters = Parameters::parse(raw)?;
    parameters.allow(&["k"], &[])?;
    let k = parameters.number("k", 20, 200)?.max(1);
    state
        .on_taste(move |tastes, engine| {
            let (model, open) = tastes.songs(engine, None)?;
            answer(tastes, &model, &open, k).map(Json)
        })
        .await
}

/// A group of one: the order is that of the scores.
fn alone(member: Member) -> Group {
    Group { members: vec![member], strategy: Strategy::Average, ..Group::default() }
}

/// The next songs for one person, with reasons.
fn songs(model: &Model, group: &Group, k: usize, open: &ItemSet) -> Result<Vec<RecommendedSong>, ApiError> {
    let picks = model.group_picks(group, k, Search::Fast, &|item| open.has(item))?;
    let shown = picks.iter().map(|pick| {
        let first = pick.satisfied.first();
        let because = first.map(|first| first.because.clone()).unwrap_or_default();
        let score = first.map_or_else(|| model.score(&group.members[0].profile, &[pick.item])[0], |first| first.score);
        answers::for_person(model, pick.item, score, &because)
    });
    Ok(shown.collect())
}

/// The people `tasteOf` names, and the model they are asked of.
pub(in crate::http) struct Raters {
    model: Arc<Model>,
    profiles: Vec<Profile>,
}

impl Raters {
    /// People separated by commas.
    pub(in crate::http) fn named(tastes: &TasteService, names: &str) -> Result<Raters, ApiError> {
        let model = tastes.taste.model(ModelKind::Songs)?;
        let people = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        let profiles: Vec<Profile> =
            people.map(|name| tastes.taste.profile(ModelKind::Songs, &model, name, tastes.now())).collect::<Result<_, _>>()?;
        if profiles.is_empty() {
            Err(ApiError::bad("parameter `tasteOf`: name a user, or several with commas between them"))
        } else {
            Ok(Raters { model, profiles })
        }
    }

    /// What part of the catalogue they like less than each of these songs, the mean over everybody: 0 to 1; none for songs the model
    /// does not know.
    pub(in crate::http) fn ranks(&self, ids: &[&str]) -> Vec<Option<f32>> {
        let numbers: Vec<Option<u32>> = ids.iter().map(|id| self.model.item_ids().number(id)).collect();
        let known: Vec<u32> = numbers.iter().flatten().copied().collect();
        let mut sums = vec![0.0f32; known.len()];
        for profile in &self.profiles {
            let percentiles = self.model.percentiles(profile, &known);
            sums.iter_mut().zip(percentiles).for_each(|(sum, rank)| *sum += rank / self.profiles.len() as f32);
        }
        let mut found = sums.into_iter();
        numbers.into_iter().map(|number| number.and_then(|_| found.next())).collect()
    }
}
