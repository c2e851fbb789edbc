//! Which song suits those present: the fair pick of the contract. Pure; where candidates and vectors come from is in
//! `candidates`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::rooms::rules::event::Song;
use crate::rooms::rules::ids::{MemberId, SongId};
use crate::rooms::rules::state::{REPEAT_PAUSE_MS, State};

/// Songs of the past by which satisfaction is measured.
const LAST: usize = 10;
/// Songs whose artists do not come again at once.
const ARTISTS: usize = 2;

/// A song and its taste vector.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Candidate {
    /// The song.
    pub(crate) song: Arc<Song>,
    /// Its place among tastes; none when nothing is known of it.
    pub(crate) vector: Option<Arc<[f32]>>,
}

/// What the autopilot chooses from, and knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct CandidateSet {
    /// Songs to choose from.
    pub(crate) candidates: Vec<Candidate>,
    /// Vectors of songs that play, wait or have played, by song id.
    pub(crate) vectors: BTreeMap<SongId, Arc<[f32]>>,
    /// Those present, with their tastes; without one a member counts with the mean of the others.
    pub(crate) tastes: Vec<(MemberId, Option<Arc<[f32]>>)>,
}

/// A pick and its reasons.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pick {
    /// The song.
    pub(crate) song: Arc<Song>,
    /// How much it suits each member, 0 to 1.
    pub(crate) scores: BTreeMap<MemberId, f64>,
    /// How much each member counted.
    pub(crate) weights: BTreeMap<MemberId, f64>,
}

/// The candidate with the greatest sum of weight times score; of equals the one with the least id. O(candidates x
/// members x dimensions).
pub(crate) fn pick(state: &State, now: u64, candidates: &CandidateSet) -> Option<Pick> {
    let tastes = filled(&candidates.tastes);
    let weights = weights(state, &tastes, &candidates.vectors);
    let artists = last_artists(state);
    let allowed: Vec<&Candidate> = candidates.candidates.iter().filter(|one| allowed(state, now, &one.song)).collect();
    let fresh: Vec<&Candidate> = allowed.iter().copied().filter(|one| !artists.contains(&&*one.song.artist)).collect();
    let choice = if fresh.is_empty() { allowed } else { fresh };
    let total = |one: &Candidate| -> f64 {
        tastes.iter().zip(&weights).map(|((_, taste), weight)| weight * score(taste.as_deref(), one.vector.as_deref())).sum()
    };
    let best = choice
        .into_iter()
        .map(|one| (total(one), one))
        .max_by(|(a, one), (b, other)| a.total_cmp(b).then_with(|| other.song.id.cmp(&one.song.id)))?
        .1;
    let scores = tastes.iter().map(|(id, taste)| (id.clone(), score(taste.as_deref(), best.vector.as_deref()))).collect();
    let weights = tastes.iter().zip(weights).map(|((id, _), weight)| (id.clone(), weight)).collect();
    Some(Pick { song: best.song.clone(), scores, weights })
}

/// How songs suit those present.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Fit {
    /// By member: whether a taste is known, and how pleased the member is with the last songs, 0 to 1; none before the first.
    pub(crate) members: Vec<(MemberId, bool, Option<f64>)>,
    /// By song id, how much it suits each member, in the order of `members`; a song of which nothing is known is left out.
    pub(crate) songs: BTreeMap<SongId, Vec<f64>>,
}

/// How the songs that have played, play and wait suit those present, by the measure that picks are made with. O(songs x members x
/// dimensions).
pub(crate) fn fit(state: &State, candidates: &CandidateSet) -> Fit {
    let tastes = filled(&candidates.tastes);
    let pleased = satisfaction(state, &tastes, &candidates.vectors);
    let members = candidates.tastes.iter().zip(pleased).map(|((id, taste), pleased)| (id.clone(), taste.is_some(), pleased)).collect();
    let each = |vector: &Arc<[f32]>| tastes.iter().map(|(_, taste)| score(taste.as_deref(), Some(vector))).collect();
    let songs = candidates.vectors.iter().map(|(song, vector)| (song.clone(), each(vector))).collect();
    Fit { members, songs }
}

fn allowed(state: &State, now: u64, song: &Song) -> bool {
    let played = state.started.get(&song.id).is_some_and(|at| at + REPEAT_PAUSE_MS > now);
    let queued = state.queue.iter().any(|item| item.song.id == song.id);
    let explicit = song.explicit && !state.settings.explicit;
    !played && !queued && !explicit && !state.unwanted.contains(&song.id)
}

/// Every member's taste; the mean of the known ones for a member without one.
fn filled(tastes: &[(MemberId, Option<Arc<[f32]>>)]) -> Vec<(MemberId, Option<Arc<[f32]>>)> {
    let known: Vec<&Arc<[f32]>> = tastes.iter().filter_map(|(_, taste)| taste.as_ref()).collect();
    let mean = known.first().map(|first| {
        let same: Vec<_> = known.iter().filter(|taste| taste.len() == first.len()).collect();
        (0..first.len()).map(|at| same.iter().map(|taste| taste[at]).sum::<f32>() / same.len() as f32).collect::<Arc<[f32]>>()
    });
    tastes.iter().map(|(id, taste)| (id.clone(), taste.clone().or_else(|| mean.clone()))).collect()
}

/// `1 + 4 * max(0, mean satisfaction - own)`: who got less counts more.
fn weights(state: &State, tastes: &[(MemberId, Option<Arc<[f32]>>)], vectors: &BTreeMap<SongId, Arc<[f32]>>) -> Vec<f64> {
    let satisfaction: Option<Vec<f64>> = satisfaction(state, tastes, vectors).into_iter().collect();
    let Some(satisfaction) = satisfaction.filter(|all| !all.is_empty()) else { return vec![1.0; tastes.len()] };
    let mean = satisfaction.iter().sum::<f64>() / satisfaction.len() as f64;
    satisfaction.into_iter().map(|own| 1.0 + 4.0 * (mean - own).max(0.0)).collect()
}

/// The mean score of the last songs that played or wait, for each taste; none before the first song.
fn satisfaction(state: &State, tastes: &[(MemberId, Option<Arc<[f32]>>)], vectors: &BTreeMap<SongId, Arc<[f32]>>) -> Vec<Option<f64>> {
    let history = state.history.iter().map(|played| &played.song);
    let songs: Vec<&Arc<Song>> =
        history.chain(state.now.iter().map(|now| &now.song)).chain(state.queue.iter().map(|item| &item.song)).collect();
    let last = &songs[songs.len().saturating_sub(LAST)..];
    let of = |taste: Option<&[f32]>| {
        let sum: f64 = last.iter().map(|song| score(taste, vectors.get(&song.id).map(|vector| &**vector))).sum();
        (!last.is_empty()).then(|| sum / last.len() as f64)
    };
    tastes.iter().map(|(_, taste)| of(taste.as_deref())).collect()
}

fn last_artists(state: &State) -> Vec<&str> {
    let history = state.history.iter().map(|played| &*played.song.artist);
    let artists: Vec<&str> =
        history.chain(state.now.iter().map(|now| &*now.song.artist)).chain(state.queue.iter().map(|item| &*item.song.artist)).collect();
    artists[artists.len().saturating_sub(ARTISTS)..].to_vec()
}

/// The cosine mapped to 0..1; 0.5 where a vector is missing, zero or of another length.
fn score(taste: Option<&[f32]>, song: Option<&[f32]>) -> f64 {
    let (Some(taste), Some(song)) = (taste, song) else { return 0.5 };
    if taste.len() != song.len() {
        return 0.5;
    }
    let dot = |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum() };
    let norm = (dot(taste, taste) * dot(song, song)).sqrt();
    if norm > 0.0 { f64::midpoint((dot(taste, song) / norm).clamp(-1.0, 1.0), 1.0) } else { 0.5 }
}
