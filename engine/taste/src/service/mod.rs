//! Taste as a running program keeps it: the interactions, who agreed to be counted, and the models, which are swapped when a new one is
//! written. Time comes in as an argument.

mod consents;
mod model_slot;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::content::ItemContent;
use crate::factors::Settings;
use crate::interactions::{History, Kind, PERSON_HALF_LIFE, confidences, recent};
use crate::math::matrix::pairs;
use crate::model::Model;
use crate::recommend::Profile;
use crate::train::{Dataset, Options, Progress, Tune, train};
use crate::{Result, TasteError};

use consents::Consents;
use model_slot::ModelSlot;

/// What a model is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModelKind {
    /// Songs: what is listened to, liked, skipped, voted for.
    Songs,
    /// Venues: where users check in.
    Venues,
}

impl ModelKind {
    /// `songs` or `venues`.
    pub fn name(self) -> &'static str {
        match self {
            ModelKind::Songs => "songs",
            ModelKind::Venues => "venues",
        }
    }

    fn is_venues(self) -> bool {
        self == ModelKind::Venues
    }
}

/// Where the model of `songs` or `venues` lies in a data directory.
pub fn model_path(folder: &Path, of: &str) -> PathBuf {
    folder.join("taste").join(format!("{of}.model"))
}

/// The taste of a data directory, open in one process.
#[derive(Debug)]
pub struct Taste {
    folder: PathBuf,
    history: History,
    consents: Consents,
    songs: ModelSlot,
    venues: ModelSlot,
    /// Held while a model is trained.
    training: Mutex<()>,
}

/// Things a user did that count as new.
const RECENT: usize = 20;

/// What is known of a user: items by number with confidences.
enum Known {
    /// What the model was trained on, by the user's number.
    Trained(u32),
    /// What was done since, and the newest of it.
    Recorded { all: Vec<(u32, f32)>, recent: Vec<(u32, f32)> },
}

fn unknown(user: &str) -> TasteError {
    TasteError::Unknown { kind: "person", id: user.to_owned(), nearest: None }
}

impl Taste {
    /// Opens what a data directory holds. A damaged model is no error here: [`Taste::model`] says so until there is a whole one.
    ///
    /// # Errors
    /// [`TasteError::Busy`] while another process has the interactions open, [`TasteError::Io`] when they cannot be read.
    pub fn open(folder: &Path) -> Result<Taste> {
        let within = folder.join("taste");
        let taste = Taste {
            folder: folder.to_owned(),
            history: History::open(&within.join("interactions"))?,
            consents: Consents::open(&within.join("consents"))?,
            songs: ModelSlot::default(),
            venues: ModelSlot::default(),
            training: Mutex::new(()),
        };
        // What is there at the start is served at once and read through later; what comes later is read through first.
        taste.songs.load(&model_path(folder, "songs"), &|_| Ok(()));
        taste.venues.load(&model_path(folder, "venues"), &|_| Ok(()));
        Ok(taste)
    }

    /// The interactions.
    pub fn history(&self) -> &History {
        &self.history
    }

    fn slot(&self, of: ModelKind) -> &ModelSlot {
        match of {
            ModelKind::Songs => &self.songs,
            ModelKind::Venues => &self.venues,
        }
    }

    /// The model in use.
    ///
    /// # Errors
    /// [`TasteError::NoModel`] before the first training, [`TasteError::Damaged`] when the only file there is cannot be used.
    pub fn model(&self, of: ModelKind) -> Result<Arc<Model>> {
        let loaded = self.slot(of).get();
        match (loaded.model, loaded.refused) {
            (Some(model), _) => Ok(model),
            (None, Some(what)) => Err(TasteError::Damaged { path: model_path(&self.folder, of.name()), what }),
            (None, None) => Err(TasteError::NoModel),
        }
    }

    /// Why the newest model file is not in use, when it is not.
    pub fn refused(&self, of: ModelKind) -> Option<String> {
        self.slot(of).get().refused
    }

    /// Takes up models that were written since: each is read through first and must fit, and the old one stays when that fails. Returns
    /// whether one was swapped.
    pub fn refresh(&self, fits: &dyn Fn(ModelKind, &Model) -> Result<()>) -> bool {
        let load = |of: ModelKind| {
            let path = model_path(&self.folder, of.name());
            self.slot(of).load(&path, &|model| model.verify(&path).and_then(|()| fits(of, model)))
        };
        let (songs, venues) = (load(ModelKind::Songs), load(ModelKind::Venues));
        songs || venues
    }

    /// Reads through the models that were opened at the start; one that is damaged is no longer served.
    pub fn verify(&self) {
        for of in [ModelKind::Songs, ModelKind::Venues] {
            let path = model_path(&self.folder, of.name());
            if let Some(model) = self.slot(of).get().model
                && let Err(error) = model.verify(&path)
            {
                tracing::error!(%error, "the model is damaged and no longer served");
                self.slot(of).refuse(error.to_string());
            }
        }
    }

    /// What is known of a user, by a model that [`Taste::model`] gave: what the interactions hold, and where they hold nothing what the
    /// model was trained on.
    ///
    /// # Errors
    /// [`TasteError::Unknown`] for a user neither knows.
    pub fn profile(&self, of: ModelKind, model: &Model, user: &str, now: i64) -> Result<Profile> {
        match self.known(of, model, user, now)? {
            Known::Trained(number) => model.profile_of(number).ok_or_else(|| unknown(user)),
            Known::Recorded { all, .. } => Ok(model.profile(&all)),
        }
    }

    /// The same for what is wanted now, leaning to the last twenty things the user did: for songs in a room.
    ///
    /// # Errors
    /// The same.
    pub fn recent_profile(&self, of: ModelKind, model: &Model, user: &str, now: i64) -> Result<Profile> {
        match self.known(of, model, user, now)? {
            Known::Trained(number) => model.profile_of(number).ok_or_else(|| unknown(user)),
            Known::Recorded { all, recent } if recent.is_empty() => Ok(model.profile(&all)),
            Known::Recorded { all, recent } => Ok(model.recent_profile(&all, &recent)),
        }
    }

    fn known(&self, of: ModelKind, model: &Model, user: &str, now: i64) -> Result<Known> {
        let number = model.user_ids().number(user);
        let table = self.history.table();
        let events = table.of(user);
        if events.is_empty() {
            return number.map(Known::Trained).ok_or_else(|| unknown(user));
        }
        let numbered = |confidences: Vec<(u32, f32)>| -> Vec<(u32, f32)> {
            let item = |(item, confidence)| Some((table.item(item).and_then(|id| model.item_ids().number(id))?, confidence));
            confidences.into_iter().filter_map(item).collect()
        };
        let mut all = numbered(confidences(events, of.is_venues(), now, PERSON_HALF_LIFE));
        let recent = numbered(confidences(&recent(events, of.is_venues(), RECENT), of.is_venues(), now, PERSON_HALF_LIFE));
        // A model trained from a file knows what the interactions do not.
        if let Some(number) = number.filter(|_| model.metadata().interactions == 0) {
            let events: HashSet<(u32, bool)> = all.iter().map(|(item, confidence)| (*item, *confidence < 0.0)).collect();
            all.extend(pairs(model.known(number)).filter(|(item, confidence)| !events.contains(&(*item, *confidence < 0.0))));
        }
        Ok(Known::Recorded { all, recent })
    }

    /// Songs of a model that a user said never to want again.
    pub fn disliked(&self, model: &Model, user: &str) -> HashSet<u32> {
        let table = self.history.table();
        let mut out = HashSet::new();
        for events in table.of(user) {
            let Some(item) = table.item(events.item).and_then(|id| model.item_ids().number(id)) else { continue };
            match events.kind {
                Kind::Dislike => out.insert(item),
                // Who likes it later has changed their mind.
                Kind::Like => out.remove(&item),
                _ => false,
            };
        }
        out
    }

    /// Whether anything is known of a user.
    pub fn knows(&self, user: &str) -> bool {
        let known = |of: ModelKind| self.model(of).is_ok_and(|model| model.user_ids().number(user).is_some());
        self.history.table().knows(user) || known(ModelKind::Songs) || known(ModelKind::Venues)
    }

    /// Notes whether a user agrees to be counted near venues. Durable once this returns.
    ///
    /// # Errors
    /// [`TasteError::Io`] when it cannot be written.
    pub fn set_consent(&self, user: &str, agrees: bool) -> Result<()> {
        self.consents.set(user, agrees)
    }

    /// Forgets a user: what the user did and agreed to. The models in use keep the user's vector until the next training.
    ///
    /// # Errors
    /// [`TasteError::Io`] when it cannot be written; what was done of it may be done again.
    pub fn forget(&self, user: &str) -> Result<()> {
        self.consents.set(user, false)?;
        self.history.erase(user)
    }

    /// Whether a user agreed.
    pub fn consents(&self, user: &str) -> bool {
        self.consents.contains(user)
    }

    /// Trains a model from the interactions, from the last one if there is one, writes it and takes it up. One training at a time.
    ///
    /// # Errors
    /// What [`train`] says; [`TasteError::BadRequest`] while another training goes on. The last model stays in use.
    pub fn train(
        &self,
        of: ModelKind,
        content: Vec<ItemContent>,
        now: i64,
        stop: &std::sync::atomic::AtomicBool,
        report: &mut dyn FnMut(Progress),
    ) -> Result<Arc<Model>> {
        let Ok(_alone) = self.training.try_lock() else {
            return Err(TasteError::BadRequest("a training goes on already".to_owned()));
        };
        let (dataset, last) = {
            let table = self.history.table();
            (Dataset::of(&table.rows(of.is_venues(), now)), table.last())
        };
        let dataset = if content.is_empty() { dataset } else { dataset.with_content(content) };
        let warm = self.model(of).ok();
        let settings = warm.as_ref().map_or_else(|| sized(&dataset), |model| *model.settings());
        let tune = if warm.is_some() { Tune::Never } else { Tune::Quick };
        let options = Options { settings, tune, now, interactions: last, ..Options::default() };
        let trained = train(&dataset, &options, warm.as_deref(), stop, report)?;
        trained.write(&model_path(&self.folder, of.name()))?;
        self.refresh(&|_, _| Ok(()));
        self.model(of)
    }
}

/// Fewer numbers in a vector where there are few users to learn from.
fn sized(data: &Dataset) -> Settings {
    let dimensions = if data.known.len() < 20_000 {
        32
    } else if data.known.len() < 1_000_000 {
        64
    } else {
        128
    };
    Settings { dimensions, ..Settings::default() }
}
