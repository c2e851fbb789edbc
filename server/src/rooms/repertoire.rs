//! Where the autopilot's songs come from: the house's own list, else what the taste model finds for those present, else
//! what is popular. Runs on blocking threads.

use std::sync::Arc;

use serde_json::{Map, Value};
use tutti_engine::Engine;
use tutti_engine::search::SearchRequest;
use tutti_engine::taste::group::{Group, Member, Played, Rules, Search, Strategy};
use tutti_engine::taste::{Model, Of, Profile};

use super::autopilot::{Candidate, Pick, Repertoire, pick};
use super::event::{Id, Song};
use super::meta::Meta;
use super::state::State;
use crate::taste::Tastes;

/// Songs a pick chooses from when the catalogue is the source.
const CHOICE: usize = 60;
/// Milliseconds of a song whose document does not say.
const USUAL: u64 = 210_000;

/// A member and the taste he told.
pub(crate) type Told = (Id, Option<Arc<[f32]>>);

/// The catalogue and the tastes of one server.
pub(crate) struct Repertoires {
    engine: Arc<Engine>,
    tastes: Arc<Tastes>,
}

impl Repertoires {
    pub(crate) fn new(engine: Arc<Engine>, tastes: Arc<Tastes>) -> Repertoires {
        Repertoires { engine, tastes }
    }

    /// The best song for those present, or none when there is none to choose from.
    pub(crate) async fn pick(self: &Arc<Self>, state: &State, meta: &Arc<Meta>, told: Vec<Told>, now: u64) -> Option<Pick> {
        let (repertoires, state, meta) = (self.clone(), state.clone(), meta.clone());
        let picked = tokio::task::spawn_blocking(move || {
            let repertoire = if meta.house_list.is_empty() { repertoires.of_catalogue(&state, told) } else { of_house(&meta, told) };
            pick(&state, now, &repertoire)
        });
        picked.await.unwrap_or_default()
    }

    /// A song of the catalogue by its id.
    pub(crate) async fn song(self: &Arc<Self>, id: &Id) -> Option<Arc<Song>> {
        let (repertoires, id) = (self.clone(), id.clone());
        tokio::task::spawn_blocking(move || repertoires.read(&id)).await.unwrap_or_default()
    }

    fn read(&self, id: &str) -> Option<Arc<Song>> {
        song_of(&self.engine.index("songs").ok()?.get(id).ok()??)
    }

    fn of_catalogue(&self, state: &State, told: Vec<Told>) -> Repertoire {
        let Ok((model, open)) = self.tastes.songs(&self.engine, None) else {
            return Repertoire { candidates: self.popular(), tastes: told, ..Repertoire::default() };
        };
        let mut members = Vec::new();
        let mut tastes = Vec::new();
        for (id, vector) in told {
            let vector = vector.filter(|vector| vector.len() == model.dimensions());
            let profile = self.profile(&model, &id);
            let own = profile.as_ref().map(|profile| Arc::from(profile.vector()));
            if let Some(profile) = profile {
                members.push(Member { vetoes: self.tastes.taste.disliked(&model, &id), ..Member::new(profile) });
            }
            tastes.push((id, vector.or(own)));
        }
        let number = |song: &Song| model.item_names().number(&song.id);
        let played = state.history.iter().filter_map(|one| Some(Played { item: number(&one.song)?, seconds_ago: 0 })).collect();
        let group = Group { members, strategy: Strategy::default(), rules: Rules::default(), played, include_known: true };
        let picks = model.group_picks(&group, CHOICE, Search::Fast, &|item| open.has(item)).unwrap_or_default();
        let items: Vec<u32> = if picks.is_empty() {
            model.most_popular().iter().copied().filter(|item| open.has(*item)).take(CHOICE * 4).collect()
        } else {
            picks.iter().map(|pick| pick.item).collect()
        };
        let candidate = |item: u32| {
            let song = self.read(model.item_names().name(item)?)?;
            Some(Candidate { song, vector: model.item(item).map(Arc::from) })
        };
        let heard = state.history.iter().map(|one| &one.song).chain(state.now.iter().map(|one| &one.song));
        let heard = heard.chain(state.queue.iter().map(|item| &item.song));
        let vectors = heard.filter_map(|song| Some((song.id.clone(), Arc::from(model.item(number(song)?)?)))).collect();
        let mut candidates: Vec<Candidate> = items.into_iter().filter_map(candidate).collect();
        if candidates.is_empty() {
            candidates = self.popular();
        }
        Repertoire { candidates, vectors, tastes }
    }

    fn profile(&self, model: &Model, member: &str) -> Option<Profile> {
        if !self.tastes.taste.knows(member) && model.people_names().number(member).is_none() {
            return None;
        }
        self.tastes.taste.profile_of_late(Of::Songs, model, member, crate::taste::now()).ok().filter(|profile| !profile.is_empty())
    }

    /// Songs that many like, when no tastes are known.
    fn popular(&self) -> Vec<Candidate> {
        let sort = crate::words::sort("popularity desc").unwrap_or_default();
        let Ok(query) = crate::words::query("", crate::words::Syntax::default()) else { return Vec::new() };
        let request = SearchRequest { query, sort, top: CHOICE * 4, count: false, ..SearchRequest::default() };
        let found = self.engine.index("songs").and_then(|index| index.search(&request));
        let hits = found.map(|found| found.hits).unwrap_or_default();
        hits.iter().filter_map(|hit| Some(Candidate { song: song_of(&hit.document)?, vector: None })).collect()
    }
}

fn of_house(meta: &Meta, tastes: Vec<Told>) -> Repertoire {
    let candidates = meta.house();
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
