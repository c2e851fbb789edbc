//! Where the autopilot's songs come from: the house's own list, else what the taste model finds for those present, else
//! what is popular. Runs on blocking threads.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use tutti_engine::Engine;
use tutti_engine::search::SearchRequest;
use tutti_engine::taste::group::{Group, Member, Played, Rules, Search, Strategy};
use tutti_engine::taste::{Model, ModelKind, Profile};

use super::autopilot::{Candidate, Fit, Pick, Repertoire, fit, pick};
use super::event::{Id, Song};
use super::meta::Meta;
use super::state::State;
use crate::taste::{Filter, TasteService};
use crate::venues::Style;

/// Songs a pick chooses from when the catalogue is the source.
const CHOICE: usize = 60;
/// Milliseconds of a song whose document does not say.
const USUAL: u64 = 210_000;

/// A member and the taste he told.
pub(crate) type Told = (Id, Option<Arc<[f32]>>);

/// Candidates that are closest to an energy wished for, of twice [`CHOICE`].
const CLOSEST: usize = 20;

/// What a house and its host want of the next song.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    /// What the house plays.
    pub(crate) style: Style,
    /// 0 calm to 1 intense.
    pub(crate) energy: Option<f32>,
}

/// The catalogue and the tastes of one server.
pub(crate) struct Repertoires {
    engine: Arc<Engine>,
    tastes: Arc<TasteService>,
}

impl Repertoires {
    pub(crate) fn new(engine: Arc<Engine>, tastes: Arc<TasteService>) -> Repertoires {
        Repertoires { engine, tastes }
    }

    /// The best song for those present, or none when there is none to choose from.
    pub(crate) async fn pick(self: &Arc<Self>, state: &State, meta: &Arc<Meta>, told: Vec<Told>, wishes: Wishes, now: u64) -> Option<Pick> {
        let (repertoires, state, meta) = (self.clone(), state.clone(), meta.clone());
        let picked = tokio::task::spawn_blocking(move || {
            let repertoire = if meta.house_list.is_empty() {
                repertoires.of_catalogue(&state, told, &wishes)
            } else {
                of_house(&meta, told, &wishes.style)
            };
            pick(&state, now, &repertoire)
        });
        picked.await.unwrap_or_default()
    }

    /// How the songs of a room suit those present.
    pub(crate) async fn fit(self: &Arc<Self>, state: &State, meta: &Arc<Meta>, told: Vec<Told>) -> Fit {
        let (repertoires, state, meta) = (self.clone(), state.clone(), meta.clone());
        let found = tokio::task::spawn_blocking(move || {
            let model = repertoires.tastes.taste.model(ModelKind::Songs).ok().filter(|_| meta.house_list.is_empty());
            let repertoire = match model {
                Some(model) => Repertoire {
                    vectors: vectors(&model, &state),
                    tastes: told.into_iter().map(|told| repertoires.taste(&model, told).0).collect(),
                    ..Repertoire::default()
                },
                None => of_house(&meta, told, &Style::default()),
            };
            fit(&state, &repertoire)
        });
        found.await.unwrap_or_default()
    }

    /// A song of the catalogue by its id.
    pub(crate) async fn song(self: &Arc<Self>, id: &Id) -> Option<Arc<Song>> {
        let (repertoires, id) = (self.clone(), id.clone());
        tokio::task::spawn_blocking(move || repertoires.read(&id)).await.unwrap_or_default()
    }

    fn read(&self, id: &str) -> Option<Arc<Song>> {
        song_of(&self.engine.index("songs").ok()?.get(id).ok()??)
    }

    /// A member's taste, told or learned, and his profile when there is one.
    fn taste(&self, model: &Model, (id, vector): Told) -> (Told, Option<Profile>) {
        let vector = vector.filter(|vector| vector.len() == model.dimensions());
        let profile = self.profile(model, &id);
        let own = profile.as_ref().map(|profile| Arc::from(profile.vector()));
        ((id, vector.or(own)), profile)
    }

    fn of_catalogue(&self, state: &State, told: Vec<Told>, wishes: &Wishes) -> Repertoire {
        let filter = wishes.style.filter().and_then(|text| Some(Filter { query: crate::query_parameters::filter(&text).ok()??, text }));
        let Ok((model, open)) = self.tastes.songs(&self.engine, filter.as_ref()) else {
            return Repertoire { candidates: self.popular(filter.as_ref()), tastes: told, ..Repertoire::default() };
        };
        let mut members = Vec::new();
        let mut tastes = Vec::new();
        for told in told {
            let (told, profile) = self.taste(&model, told);
            if let Some(profile) = profile {
                members.push(Member { vetoes: self.tastes.taste.disliked(&model, &told.0), ..Member::new(profile) });
            }
            tastes.push(told);
        }
        let number = |song: &Song| model.item_ids().number(&song.id);
        let played = state.history.iter().filter_map(|one| Some(Played { item: number(&one.song)?, seconds_ago: 0 })).collect();
        let rules = Rules { clean: !state.settings.explicit, energy: wishes.energy, ..Rules::default() };
        let group = Group { members, strategy: Strategy::default(), rules, played, include_known: true };
        let choice = if wishes.energy.is_some() { CHOICE * 2 } else { CHOICE };
        let picks = model.group_picks(&group, choice, Search::Fast, &|item| open.has(item)).unwrap_or_default();
        let mut items: Vec<u32> = if picks.is_empty() {
            model.most_popular().iter().copied().filter(|item| open.has(*item)).take(CHOICE * 4).collect()
        } else {
            picks.iter().map(|pick| pick.item).collect()
        };
        if let Some(energy) = wishes.energy {
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
        Repertoire { candidates, vectors, tastes }
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
        let request = SearchRequest { query, filter, sort, top: CHOICE * 4, count: false, ..SearchRequest::default() };
        let found = self.engine.index("songs").and_then(|index| index.search(&request));
        let hits = found.map(|found| found.hits).unwrap_or_default();
        hits.iter().filter_map(|hit| Some(Candidate { song: song_of(&hit.document)?, vector: None })).collect()
    }
}

/// The vectors of songs that have played, play and wait.
fn vectors(model: &Model, state: &State) -> BTreeMap<Id, Arc<[f32]>> {
    let heard = state.history.iter().map(|one| &one.song).chain(state.now.iter().map(|one| &one.song));
    let heard = heard.chain(state.queue.iter().map(|item| &item.song));
    heard.filter_map(|song| Some((song.id.clone(), Arc::from(model.item(model.item_ids().number(&song.id)?)?)))).collect()
}

/// Leaves the items whose energy is closest to the one wished for, of those that may be picked; of unknown energy is half way off.
fn closest(model: &Model, state: &State, items: &mut Vec<u32>, energy: f32) {
    // Those that `autopilot` would throw out again must not take the places of others.
    let out = |id: &str| state.queue.iter().any(|one| &*one.song.id == id) || state.started.contains_key(id) || state.unwanted.contains(id);
    items.retain(|item| !model.item_ids().name(*item).is_some_and(out));
    let off = |item: &u32| model.facts(*item).energy.map_or(0.5, |own| (own - energy).abs());
    items.sort_by(|a, b| off(a).total_cmp(&off(b)));
    items.truncate(CLOSEST);
}

/// The house's own list; of its style it knows explicit songs and blocked ones.
fn of_house(meta: &Meta, tastes: Vec<Told>, style: &Style) -> Repertoire {
    let mut candidates = meta.house();
    candidates.retain(|one| (style.explicit || !one.song.explicit) && !style.blocked.iter().any(|id| **id == *one.song.id));
    let known = candidates.iter().filter_map(|one| Some((one.song.id.clone(), one.vector.clone()?)));
    Repertoire { vectors: known.collect(), candidates, tastes }
}

/// A document of the index of songs as a room's song.
fn song_of(document: &Map<String, Value>) -> Option<Arc<Song>> {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let duration_ms = document.get("duration_ms").and_then(Value::as_u64).filter(|duration| *duration > 0).unwrap_or(USUAL);
    Some(Arc::new(Song {
        id: text("id")?.into(),
        title: text("title").unwrap_or_default().to_owned(),
        artist: text("artist").unwrap_or_default().to_owned(),
        duration_ms,
        explicit: document.get("explicit").and_then(Value::as_bool).unwrap_or_default(),
    }))
}
