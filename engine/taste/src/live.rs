//! Taste as a running program keeps it: the interactions, who agreed to be counted, and the models, which are swapped when a new one is
//! written. Time comes in as an argument.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use super::factors::Settings;
use super::interactions::{History, Kind, PERSON_HALF_LIFE, folded, newest};
use super::model::Model;
use super::profile::Profile;
use super::train::{Dataset, Options, Progress, Tune, train};
use super::walks::pairs;
use super::{Result, TasteError, content::ItemContent, model_path};
use tutti_wal::Log;

/// What a model is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Of {
    /// Songs: what is listened to, liked, skipped, voted for.
    Songs,
    /// Venues: where people check in.
    Venues,
}

impl Of {
    /// `songs` or `venues`.
    pub fn name(self) -> &'static str {
        match self {
            Of::Songs => "songs",
            Of::Venues => "venues",
        }
    }

    fn is_venues(self) -> bool {
        self == Of::Venues
    }
}

/// The taste of a data directory, open in one process.
#[derive(Debug)]
pub struct Taste {
    folder: PathBuf,
    history: History,
    consents: Consents,
    songs: Slot,
    venues: Slot,
    /// Held while a model is trained.
    training: Mutex<()>,
}

/// Things a person did that count as new.
const NEWEST: usize = 20;

/// What is known of a person: items by number with confidences.
enum Known {
    /// What the model was trained on, by the person's number.
    Trained(u32),
    /// What was done since, and the newest of it.
    Done { all: Vec<(u32, f32)>, newest: Vec<(u32, f32)> },
}

fn unknown(person: &str) -> TasteError {
    TasteError::Unknown { kind: "person", id: person.to_owned(), nearest: None }
}

/// Who agreed to be counted near venues.
#[derive(Debug)]
struct Consents {
    log: Log,
    people: RwLock<HashSet<String>>,
}

/// A model and the file it came from.
#[derive(Debug, Default)]
struct Slot(RwLock<Loaded>);

#[derive(Clone, Debug, Default)]
struct Loaded {
    model: Option<Arc<Model>>,
    stamp: Option<(SystemTime, u64)>,
    /// Why the newest file is not in use.
    refused: Option<String>,
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
            songs: Slot::default(),
            venues: Slot::default(),
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

    fn slot(&self, of: Of) -> &Slot {
        match of {
            Of::Songs => &self.songs,
            Of::Venues => &self.venues,
        }
    }

    /// The model in use.
    ///
    /// # Errors
    /// [`TasteError::NoModel`] before the first training, [`TasteError::Damaged`] when the only file there is cannot be used.
    pub fn model(&self, of: Of) -> Result<Arc<Model>> {
        let loaded = self.slot(of).get();
        match (loaded.model, loaded.refused) {
            (Some(model), _) => Ok(model),
            (None, Some(what)) => Err(TasteError::Damaged { path: model_path(&self.folder, of.name()), what }),
            (None, None) => Err(TasteError::NoModel),
        }
    }

    /// Why the newest model file is not in use, when it is not.
    pub fn refused(&self, of: Of) -> Option<String> {
        self.slot(of).get().refused
    }

    /// Takes up models that were written since: each is read through first and must fit, and the old one stays when that fails. Returns
    /// whether one was swapped.
    pub fn refresh(&self, fits: &dyn Fn(Of, &Model) -> Result<()>) -> bool {
        let load = |of: Of| {
            let path = model_path(&self.folder, of.name());
            self.slot(of).load(&path, &|model| model.verify(&path).and_then(|()| fits(of, model)))
        };
        let (songs, venues) = (load(Of::Songs), load(Of::Venues));
        songs || venues
    }

    /// Reads through the models that were opened at the start; one that is damaged is no longer served.
    pub fn verify(&self) {
        for of in [Of::Songs, Of::Venues] {
            let path = model_path(&self.folder, of.name());
            if let Some(model) = self.slot(of).get().model
                && let Err(error) = model.verify(&path)
            {
                tracing::error!(%error, "the model is damaged and no longer served");
                let mut slot = self.slot(of).0.write().unwrap_or_else(PoisonError::into_inner);
                (slot.model, slot.refused) = (None, Some(error.to_string()));
            }
        }
    }

    /// What is known of a person, by a model that [`Taste::model`] gave: what the interactions hold, and where they hold nothing what the
    /// model was trained on.
    ///
    /// # Errors
    /// [`TasteError::Unknown`] for somebody neither knows.
    pub fn profile(&self, of: Of, model: &Model, person: &str, now: i64) -> Result<Profile> {
        match self.known(of, model, person, now)? {
            Known::Trained(number) => model.profile_of(number).ok_or_else(|| unknown(person)),
            Known::Done { all, .. } => Ok(model.profile(&all)),
        }
    }

    /// The same for what is wanted now, leaning to the last twenty things the person did: for songs in a room.
    ///
    /// # Errors
    /// The same.
    pub fn profile_of_late(&self, of: Of, model: &Model, person: &str, now: i64) -> Result<Profile> {
        match self.known(of, model, person, now)? {
            Known::Trained(number) => model.profile_of(number).ok_or_else(|| unknown(person)),
            Known::Done { all, newest } if newest.is_empty() => Ok(model.profile(&all)),
            Known::Done { all, newest } => Ok(model.profile_of_late(&all, &newest)),
        }
    }

    fn known(&self, of: Of, model: &Model, person: &str, now: i64) -> Result<Known> {
        let number = model.people_names().number(person);
        let held = self.history.held();
        let done = held.of(person);
        if done.is_empty() {
            return number.map(Known::Trained).ok_or_else(|| unknown(person));
        }
        let numbered = |folded: Vec<(u32, f32)>| -> Vec<(u32, f32)> {
            let item = |(item, confidence)| Some((held.item(item).and_then(|id| model.item_names().number(id))?, confidence));
            folded.into_iter().filter_map(item).collect()
        };
        let mut all = numbered(folded(done, of.is_venues(), now, PERSON_HALF_LIFE));
        let newest = numbered(folded(&newest(done, of.is_venues(), NEWEST), of.is_venues(), now, PERSON_HALF_LIFE));
        // A model trained from a file knows what the interactions do not.
        if let Some(number) = number.filter(|_| model.about().interactions == 0) {
            let done: HashSet<(u32, bool)> = all.iter().map(|(item, confidence)| (*item, *confidence < 0.0)).collect();
            all.extend(pairs(model.known(number)).filter(|(item, confidence)| !done.contains(&(*item, *confidence < 0.0))));
        }
        Ok(Known::Done { all, newest })
    }

    /// Songs of a model that a person said never to want again.
    pub fn disliked(&self, model: &Model, person: &str) -> HashSet<u32> {
        let held = self.history.held();
        let mut out = HashSet::new();
        for done in held.of(person) {
            let Some(item) = held.item(done.item).and_then(|id| model.item_names().number(id)) else { continue };
            match done.kind {
                Kind::Dislike => out.insert(item),
                // Who likes it later has changed their mind.
                Kind::Like => out.remove(&item),
                _ => false,
            };
        }
        out
    }

    /// Whether anything is known of a person.
    pub fn knows(&self, person: &str) -> bool {
        let known = |of: Of| self.model(of).is_ok_and(|model| model.people_names().number(person).is_some());
        self.history.held().knows(person) || known(Of::Songs) || known(Of::Venues)
    }

    /// Notes whether a person agrees to be counted near venues. Durable once this returns.
    pub fn set_consent(&self, person: &str, agrees: bool) -> Result<()> {
        self.consents.set(person, agrees)
    }

    /// Forgets a person: what he did and agreed to. The models in use know him until the next training.
    ///
    /// # Errors
    /// [`TasteError::Io`] when it cannot be written; what was done of it may be done again.
    pub fn forget(&self, person: &str) -> Result<()> {
        self.consents.set(person, false)?;
        self.history.erase(person)
    }

    /// Whether a person agreed.
    pub fn consents(&self, person: &str) -> bool {
        self.consents.people.read().unwrap_or_else(PoisonError::into_inner).contains(person)
    }

    /// Trains a model from the interactions, from the last one if there is one, writes it and takes it up. One training at a time.
    ///
    /// # Errors
    /// What [`train`] says; [`TasteError::BadRequest`] while another training goes on. The last model stays in use.
    pub fn train(
        &self,
        of: Of,
        content: Vec<ItemContent>,
        now: i64,
        stop: &std::sync::atomic::AtomicBool,
        report: &mut dyn FnMut(Progress),
    ) -> Result<Arc<Model>> {
        let Ok(_alone) = self.training.try_lock() else {
            return Err(TasteError::BadRequest("a training goes on already".to_owned()));
        };
        let (dataset, last) = {
            let held = self.history.held();
            (Dataset::of(&held.rows(of.is_venues(), now)), held.last())
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

/// Fewer numbers in a vector where there are few people to learn from.
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

impl Slot {
    fn get(&self) -> Loaded {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn load(&self, path: &Path, check: &dyn Fn(&Model) -> Result<()>) -> bool {
        let stamp = std::fs::metadata(path).ok().and_then(|meta| Some((meta.modified().ok()?, meta.len())));
        if stamp.is_none() || self.get().stamp == stamp {
            return false;
        }
        let opened = Model::open(path).and_then(|model| check(&model).map(|()| model));
        let mut slot = self.0.write().unwrap_or_else(PoisonError::into_inner);
        slot.stamp = stamp;
        match opened {
            Ok(model) => {
                slot.model = Some(Arc::new(model));
                slot.refused = None;
                true
            }
            Err(error) => {
                tracing::warn!(%error, "the new model is not taken up");
                slot.refused = Some(error.to_string());
                false
            }
        }
    }
}

impl Consents {
    fn open(folder: &Path) -> Result<Consents> {
        let log = Log::open(folder, 0).map_err(TasteError::at(folder))?;
        let mut people = HashSet::new();
        tutti_wal::replay(folder, 0, |_, record| {
            if let Some((agrees, person)) = record.split_first() {
                let person = String::from_utf8_lossy(person).into_owned();
                if *agrees == 1 {
                    people.insert(person);
                } else {
                    people.remove(&person);
                }
            }
            Ok(())
        })
        .map_err(TasteError::at(folder))?;
        Ok(Consents { log, people: RwLock::new(people) })
    }

    fn set(&self, person: &str, agrees: bool) -> Result<()> {
        let failed = || TasteError::at(Path::new("consents"));
        let record: Vec<u8> = std::iter::once(u8::from(agrees)).chain(person.bytes()).collect();
        let sequence = {
            let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
            let sequence = self.log.append(&record).map_err(failed())?;
            if agrees {
                people.insert(person.to_owned())
            } else {
                people.remove(person)
            };
            sequence
        };
        self.log.sync(sequence).map_err(failed())
    }
}
