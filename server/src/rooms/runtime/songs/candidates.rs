//! The songs that the autopilot may choose from: the venue's own list, else what the taste model finds for those present, else what
//! is popular. Runs on blocking threads.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use tutti_engine::Engine;
use tutti_engine::search::SearchRequest;
use tutti_engine::taste::group::{Group, Member, Played, Rules, Search, Strategy};
use tutti_engine::taste::{Model, ModelKind, Profile};

use crate::rooms::log::document::RoomDocument;
use crate::rooms::rules::autopilot::{Candidate, CandidateSet, Fit, Pick, fit, pick};
use crate::rooms::rules::event::Song;
use crate::rooms::rules::ids::{MemberId, SongId};
use crate::rooms::rules::state::State;
use crate::taste::{Filter, TasteService};
use crate::venues::Style;

/// Songs a pick chooses from when the catalogue is the source.
const MAX_CANDIDATES: usize = 60;
/// Milliseconds of a song whose document does not say.
const DEFAULT_DURATION_MS: u64 = 210_000;

/// A member, and the taste that the member told.
pub(crate) type MemberTaste = (MemberId, Option<Arc<[f32]>>);

/// Candidates that are closest to the wanted energy, of twice [`MAX_CANDIDATES`].
const MAX_CLOSEST: usize = 20;

/// What the venue and the host want of the next song.
#[derive(Clone, Debug, Default)]
pub(crate) struct SongPreferences {
    /// The venue's style.
    pub(crate) style: Style,
    /// 0 calm to 1 intense.
    pub(crate) energy: Option<f32>,
}

/// The catalogue and the tastes of one server.
pub(crate) struct SongCandidates {
    engine: Arc<Engine>,
    tastes: Arc<TasteService>,
}

impl SongCandidates {
    pub(crate) fn new(engine: Arc<Engine>, tastes: Arc<TasteService>) -> SongCandidates {
        SongCandidates { engine, tastes }
    }

    /// The best song for those present, or none when there is none to choose from.
    pub(crate) async fn pick(
        self: &Arc<Self>,
        state: &State,
        document: &Arc<RoomDocument>,
        tastes_told: Vec<MemberTaste>,
        preferences: SongPreferences,
        now: u64,
    ) -> Option<Pick> {
        let (source, state, document) = (self.clone(), state.clone(), document.clone());
        let picked = tokio::task::spawn_blocking(move || {
            let candidates = if document.house_list.is_empty() {
                source.of_catalogue(&state, tastes_told, &preferences)
            } else {
                of_house(&document, tastes_told, &preferences.style)
            };
            pick(&state, now, &candidates)
        });
        picked.await.unwrap_or_default()
    }

    /// How the songs of a room suit those present.
    pub(crate) async fn fit(self: &Arc<Self>, state: &State, document: &Arc<RoomDocument>, tastes_told: Vec<MemberTaste>) -> Fit {
        let (source, state, document) = (self.clone(), state.clone(), document.clone());
        let found = tokio::task::spawn_blocking(move || {
            let model = source.tastes.taste.model(ModelKind::Songs).ok().filter(|_| document.house_list.is_empty());
            let candidates = match model {
                Some(model) => CandidateSet {
                    vectors: vectors(&model, &state),
                    tastes: tastes_told.into_iter().map(|told| source.taste(&model, told).0).collect(),
                    ..CandidateSet::default()
                },
                None => of_house(&document, tastes_told, &Style::default()),
            };
            fit(&state, &candidates)
        });
        found.await.unwrap_or_default()
    }

    /// A song of the catalogue by its id.
    pub(crate) async fn song(self: &Arc<Self>, id: &SongId) -> Option<Arc<Song>> {
        let (source, id) = (self.clone(), id.clone());
        tokio::task::spawn_blocking(move || source.read(&id)).await.unwrap_or_default()
    }

    fn read(&self, id: &str) -> Option<Arc<Song>> {
        song_of(&self.engine.index("songs").ok()?.get(id).ok()??)
    }

    /// A member's taste, told or learned, and the member's profile when there is one.
    fn taste(&self, model: &Model, (id, vector): MemberTaste) -> (MemberTaste, Option<Profile>) {
        let vector = vector.filter(|vector| vector.len() == model.dimensions());
        let profile = self.profile(model, &id);
        let own = profile.as_ref().map(|profile| Arc::from(profile.vector()));
        ((id, vector.or(own)), profile)
    }

    fn of_catalogue(&self, state: &State, tastes_told: Vec<MemberTaste>, preferences: &SongPreferences) -> CandidateSet {
        let filter =
            preferences.style.filter().and_then(|text| Some(Filter { query: crate::query_parameters::filter(&text).ok()??, text }));
        let Ok((model, open)) = self.tastes.songs(&self.engine, filter.as_ref()) else {
            return CandidateSet { candidates: self.popular(filter.as_ref()), tastes: tastes_told, ..CandidateSet::default() };
        };
        let mut members = Vec::new();
        let mut tastes = Vec::new();
        for told in tastes_told {
            let (told, profile) = self.taste(&model, told);
            if let Some(profile) = profile {
                members.push(Member { vetoes: self.tastes.taste.disliked(&model, &told.0), ..Member::new(profile) });
            }
            tastes.push(told);
        }
        let number = |song: &Song| model.item_ids().number(&song.id);
        let played = state.history.iter().filter_map(|one| Some(Played { item: number(&one.song)?, seconds_ago: 0 })).collect();
        let rules = Rules { clean: !state.settings.explicit, energy: preferences.energy, ..Rules::default() };
        let group = Group { members, strategy: Strategy::default(), rules, played, include_known: true };
        let choice = if preferences.energy.is_some() { MAX_CANDIDATES * 2 } else { MAX_CANDIDATES };
        let picks = model.group_picks(&group, choice, Search::Fast, &|item| open.has(item)).unwrap_or_default();
        let mut items: Vec<u32> = if picks.is_empty() {
            model.most_popular().iter().copied().filter(|item| open.has(*item)).take(MAX_CANDIDATES * 4).collect()
        } else {
            picks.iter().map(|pick| pick.item).collect()
        };
        if let Some(energy) = preferences.energy {
            closest(&model, state, &mut items, energy);
        }
        let candidate = |item: u32| {
            let song = self.read(model.item_ids().name(item)?)?;
            Some(Candidate { song, vector: model.item(item).map(Arc::from) })
        };
        let vectors = vectors(&model, state);
        let mut candidates: Vec<Candidate> = items.into_iter().filter_map(candidate).collect();
        if candidates.is_empty() {
            candidates = self.popular(filter.as_ref());
        }
        CandidateSet { candidates, vectors, tastes }
    }

    fn profile(&self, model: &Model, member: &str) -> Option<Profile> {
        if !self.tastes.taste.knows(member) && model.user_ids().number(member).is_none() {
            return None;
        }
        self.tastes.taste.recent_profile(ModelKind::Songs, model, member, self.tastes.now()).ok().filter(|profile| !profile.is_empty())
    }

    /// Songs that many like, when no tastes are known.
    fn popular(&self, filter: Option<&Filter>) -> Vec<Candidate> {
        let sort = crate::query_parameters::sort("popularity desc").unwrap_or_default();
        let Ok(query) = crate::query_parameters::query("", crate::query_parameters::Syntax::default()) else { return Vec::new() };
        let filter = filter.map(|filter| filter.query.clone());
        let request = SearchRequest { query, filter, sort, top: MAX_CANDIDATES * 4, count: false, ..SearchRequest::default() };
        let found = self.engine.index("songs").and_then(|index| index.search(&request));
        let hits = found.map(|found| found.hits).unwrap_or_default();
        hits.iter().filter_map(|hit| Some(Candidate { song: song_of(&hit.document)?, vector: None })).collect()
    }
}

/// The vectors of songs that have played, play and wait.
fn vectors(model: &Model, state: &State) -> BTreeMap<SongId, Arc<[f32]>> {
    let heard = state.history.iter().map(|one| &one.song).chain(state.now.iter().map(|one| &one.song));
    let heard = heard.chain(state.queue.iter().map(|item| &item.song));
    heard.filter_map(|song| Some((song.id.clone(), Arc::from(model.item(model.item_ids().number(&song.id)?)?)))).collect()
}

/// Keeps the items whose energy is closest to the wanted one, of those that may be picked; an unknown energy counts as half way off.
fn closest(model: &Model, state: &State, items: &mut Vec<u32>, energy: f32) {
    // Those that `autopilot` would leave out must not take the places of others.
    let out = |id: &str| state.queue.iter().any(|one| &*one.song.id == id) || state.started.contains_key(id) || state.unwanted.contains(id);
    items.retain(|item| !model.item_ids().name(*item).is_some_and(out));
    let off = |item: &u32| model.facts(*item).energy.map_or(0.5, |own| (own - energy).abs());
    items.sort_by(|a, b| off(a).total_cmp(&off(b)));
    items.truncate(MAX_CLOSEST);
}

/// The venue's own list, without the explicit and blocked songs that its style leaves out.
fn of_house(document: &RoomDocument, tastes: Vec<MemberTaste>, style: &Style) -> CandidateSet {
    let mut candidates = document.house();
    candidates.retain(|one| (style.explicit || !one.song.explicit) && !style.blocked.iter().any(|id| **id == *one.song.id));
    let known = candidates.iter().filter_map(|one| Some((one.song.id.clone(), one.vector.clone()?)));
    CandidateSet { vectors: known.collect(), candidates, tastes }
}

/// A document of the index of songs as a room's song.
fn song_of(document: &Map<String, Value>) -> Option<Arc<Song>> {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let duration_ms = document.get("duration_ms").and_then(Value::as_u64).filter(|duration| *duration > 0).unwrap_or(DEFAULT_DURATION_MS);
    Some(Arc::new(Song {
        id: text("id")?.into(),
        title: text("title").unwrap_or_default().to_owned(),
        artist: text("artist").unwrap_or_default().to_owned(),
        duration_ms,
        explicit: document.get("explicit").and_then(Value::as_bool).unwrap_or_default(),
    }))
}
