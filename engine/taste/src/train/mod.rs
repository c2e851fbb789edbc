//! Training: from interactions to a [`Trained`] model. Settings, the number of passes and the blend are chosen on a held-out part;
//! then everything is trained on. Same data, options and build: same bytes, however many threads.

mod held_out;
mod tune;

use std::sync::atomic::{AtomicBool, Ordering};

use crate::blend::Blend;
use crate::content::{FactsTable, ItemContent, content_vectors};
use crate::factors::{Factors, Interactions, Loss, Settings};
use crate::item_item::{ItemItemSettings, item_item};
use crate::math::dense;
use crate::math::matrix::Matrix;
use crate::math::matrix::pairs;
use crate::model::{Model, ModelMetadata, Trained};
use crate::string_table::{StringTable, StringTableView};
use crate::{Result, TasteError};
use held_out::HeldOut;
use tutti_vectors::{IvfIndex, Metric, SMALL};

/// Passes without a better held-out figure after which training ends.
const PATIENCE: u32 = 2;
/// Passes after a warm start.
const WARM_PASSES: u32 = 3;
/// Ends of item-item scores in a whole model, at most: the rows get shorter when there are more items.
const ITEM_ITEM_CELLS: usize = 32 << 20;

/// Who did what, by number.
#[derive(Clone, Debug, Default)]
pub struct Dataset {
    /// Who.
    pub users: StringTable,
    /// With what.
    pub items: StringTable,
    /// Users by items, confidences.
    pub known: Matrix,
    /// What items are, by their numbers; nothing, or one each.
    pub content: Vec<Option<ItemContent>>,
}

impl Dataset {
    /// From `(user, item, confidence)` in any order, negative confidences for what is skipped; those of one pair add up.
    pub fn of<S: AsRef<str>>(interactions: &[(S, S, f32)]) -> Dataset {
        let users = StringTable::of(interactions.iter().map(|(user, _, _)| user.as_ref()).collect::<Vec<&str>>());
        let items = StringTable::of(interactions.iter().map(|(_, item, _)| item.as_ref()).collect::<Vec<&str>>());
        let number = |names: &StringTable, id: &S| names.number(id.as_ref()).unwrap_or(u32::MAX);
        let cells = interactions.iter().map(|(user, item, confidence)| (number(&users, user), number(&items, item), *confidence));
        let known = Matrix::of(users.len(), items.len(), cells.collect());
        Dataset { users, items, known, content: Vec::new() }
    }

    /// The same with what items are. Items nobody has touched come in too, and get a vector from their content.
    #[must_use]
    pub fn with_content(self, content: Vec<ItemContent>) -> Dataset {
        let ids = self.items.view().iter().chain(content.iter().map(|item| item.id.as_str()));
        let items = StringTable::of(ids.collect::<Vec<&str>>());
        // Numbers keep their order, so rows stay sorted.
        let moved: Vec<u32> = self.items.view().iter().map(|id| items.number(id).unwrap_or(u32::MAX)).collect();
        let mut known = self.known;
        known.columns.iter_mut().for_each(|column| *column = moved[*column as usize]);
        known.width = items.len();
        let mut by_number: Vec<Option<ItemContent>> = vec![None; items.len()];
        for item in content {
            if let Some(place) = items.number(&item.id).and_then(|number| by_number.get_mut(number as usize)) {
                *place = Some(item);
            }
        }
        Dataset { items, known, content: by_number, ..self }
    }

    fn content(&self) -> Vec<Option<&ItemContent>> {
        (0..self.items.len()).map(|at| self.content.get(at).and_then(Option::as_ref)).collect()
    }
}

/// How settings are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tune {
    /// They are taken as given.
    Never,
    /// A coarse search on a sample: what a first training does.
    #[default]
    Quick,
    /// A finer search on all of the data.
    Thorough,
}

/// What training is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the search starts, or what is used without one.
    pub settings: Settings,
    /// The same of item-item scores; none leaves them out.
    pub item_item: Option<ItemItemSettings>,
    /// The weight of item-item scores when nothing is chosen.
    pub blend: Blend,
    /// Whether settings are searched.
    pub tune: Tune,
    /// Passes, at most.
    pub most_passes: u32,
    /// When this is, in seconds since 1970: kept in the model.
    pub now: i64,
    /// The last record of the interactions that went in: kept in the model.
    pub interactions: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            settings: Settings::default(),
            item_item: Some(ItemItemSettings::default()),
            blend: Blend::default(),
            tune: Tune::Quick,
            most_passes: 16,
            now: 0,
            interactions: 0,
        }
    }
}

/// What training says on its way.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// What there is to learn from.
    Data {
        /// Users.
        users: usize,
        /// Items.
        items: usize,
        /// Pairs of them with something between them.
        pairs: usize,
    },
    /// Settings were tried on the held-out part.
    Tried {
        /// The settings.
        settings: Settings,
        /// ndcg@20.
        ndcg: f64,
    },
    /// item-item scores were tried on the held-out part.
    TriedItemItem {
        /// The settings.
        settings: ItemItemSettings,
        /// The best weight.
        weight: f32,
        /// ndcg@20 with that weight.
        ndcg: f64,
    },
    /// A pass over the data is done.
    Pass {
        /// Which, from 1.
        number: u32,
        /// The objective.
        loss: Loss,
        /// ndcg@20 on the held-out part; none once everything is trained on.
        ndcg: Option<f64>,
    },
}

/// Learns from a data set. `warm` is an older model to start from: its settings and blend are kept, unless the options search.
///
/// # Errors
/// [`TasteError::TooLittle`] when there is nothing to learn from, [`TasteError::BadRequest`] for settings nothing can be trained
/// with, [`TasteError::Interrupted`] when `stop` is set.
pub fn train(
    data: &Dataset,
    options: &Options,
    warm: Option<&Model>,
    stop: &AtomicBool,
    report: &mut dyn FnMut(Progress),
) -> Result<Trained> {
    options.settings.validate()?;
    if data.known.is_empty() {
        return Err(TasteError::TooLittle("there are no interactions to learn from".to_owned()));
    }
    report(Progress::Data { users: data.users.len(), items: data.items.len(), pairs: data.known.len() });
    let warm = warm.filter(|model| options.tune == Tune::Never && model.dimensions() == options.settings.dimensions);
    let mut run = Run { data, options, stop, report };
    let all = Interactions::of(data.known.clone());
    let (chosen, factors) = match warm {
        Some(model) => {
            let chosen = Selected {
                settings: model.metadata().settings,
                item_item: options.item_item.map(|_| model.metadata().item_item),
                blend: model.metadata().blend,
                passes: WARM_PASSES,
                ndcg: None,
            };
            let mut factors = warm_start(model, data);
            factors.fit_users_exactly(&all, &chosen.settings);
            (chosen, factors)
        }
        None => {
            let chosen = run.choose()?;
            let factors = Factors::random(data.users.len(), data.items.len(), &chosen.settings);
            (chosen, factors)
        }
    };
    let factors = run.fit(factors, &all, &chosen)?;
    Ok(run.assemble(factors, &all, &chosen))
}

/// What was settled on.
#[derive(Clone, Copy, Debug)]
struct Selected {
    settings: Settings,
    item_item: Option<ItemItemSettings>,
    blend: Blend,
    passes: u32,
    ndcg: Option<f64>,
}

struct Run<'a> {
    data: &'a Dataset,
    options: &'a Options,
    stop: &'a AtomicBool,
    report: &'a mut dyn FnMut(Progress),
}

impl Run<'_> {
    fn check(&self) -> Result<()> {
        if self.stop.load(Ordering::Relaxed) { Err(TasteError::Interrupted) } else { Ok(()) }
    }

    /// Settings, passes and blend by what they find of the held-out part.
    fn choose(&mut self) -> Result<Selected> {
        let users = if self.data.items.len() > 200_000 { 500 } else { 2_000 };
        let held_out = HeldOut::of(&self.data.known, users, self.options.settings.seed);
        let given = Selected {
            settings: self.options.settings,
            item_item: self.options.item_item,
            blend: self.options.blend,
            passes: self.options.most_passes.min(8),
            ndcg: None,
        };
        if held_out.is_empty() {
            return Ok(given);
        }
        let settings = match self.options.tune {
            Tune::Never => given.settings,
            Tune::Quick | Tune::Thorough => self.tune(&held_out)?,
        };
        let (factors, passes, ndcg) = self.until_plateau(&held_out, &settings)?;
        let (item_item, mut blend, ndcg) = self.tune_item_item(&held_out, &factors, ndcg)?;
        let found = item_item.filter(|_| blend.item_item > 0.0).map(|settings| crate::item_item::item_item(&held_out.rest, &settings));
        if let Some(pleased_at) = held_out.pleased_at(&factors, found.as_ref(), blend.item_item) {
            blend.pleased_at = pleased_at;
        }
        Ok(Selected { settings, item_item, blend, passes, ndcg: Some(ndcg) })
    }

    /// Passes over the rest until the held-out figure has not risen for [`PATIENCE`] passes; the best factors, how many passes they
    /// took, and their figure.
    fn until_plateau(&mut self, held_out: &HeldOut, settings: &Settings) -> Result<(Factors, u32, f64)> {
        let mut factors = Factors::random(self.data.users.len(), self.data.items.len(), settings);
        let mut best: Option<(Factors, u32, f64)> = None;
        for number in 1..=self.options.most_passes.max(1) {
            self.check()?;
            factors.pass(&held_out.rest, settings, None);
            let ndcg = held_out.ndcg(&factors);
            let loss = factors.loss(&held_out.rest, settings);
            (self.report)(Progress::Pass { number, loss, ndcg: Some(ndcg) });
            let since = match &best {
                Some((_, at, most)) if ndcg <= *most => number - at,
                _ => {
                    best = Some((factors.clone(), number, ndcg));
                    0
                }
            };
            if since >= PATIENCE {
                break;
            }
        }
        best.ok_or(TasteError::Interrupted)
    }

    /// Passes over everything.
    fn fit(&mut self, mut factors: Factors, all: &Interactions, chosen: &Selected) -> Result<Factors> {
        for number in 1..=chosen.passes {
            self.check()?;
            factors.pass(all, &chosen.settings, None);
            let loss = factors.loss(all, &chosen.settings);
            (self.report)(Progress::Pass { number, loss, ndcg: None });
        }
        self.apply_content(&mut factors, all, &chosen.settings);
        factors.fit_users_exactly(all, &chosen.settings);
        // A model that scores nothing must not take the place of one that does.
        if !factors.users.iter().chain(&factors.items).all(|value| value.is_finite()) {
            return Err(TasteError::TooLittle("the training came to no numbers: other settings may".to_owned()));
        }
        Ok(factors)
    }

    /// One more pass in which items are drawn to what their content promises; those nobody has touched go there.
    fn apply_content(&self, factors: &mut Factors, all: &Interactions, settings: &Settings) {
        let content = self.data.content();
        if !content.iter().flatten().any(|item| item.says_something()) {
            return;
        }
        let mut prior = content_vectors(&content, &factors.items, &listeners(all), factors.dimensions);
        factors.pass(all, settings, Some(&mut prior));
    }

    fn assemble(&self, factors: Factors, all: &Interactions, chosen: &Selected) -> Trained {
        let d = factors.dimensions;
        let items = all.items.height();
        let item_item = match chosen.item_item.filter(|_| chosen.blend.item_item > 0.0) {
            Some(settings) => item_item(
                all,
                &ItemItemSettings { neighbours: settings.neighbours.min(ITEM_ITEM_CELLS / items.max(1)).max(16), ..settings },
            ),
            None => Matrix { starts: vec![0; items + 1], width: items, ..Matrix::default() },
        };
        let numbers: Vec<u32> = (0..items as u32).collect();
        let flat = IvfIndex::flat(Metric::DotProduct, d, &numbers, &factors.items);
        let popularity = listeners(all);
        Trained {
            metadata: ModelMetadata {
                settings: chosen.settings,
                item_item: chosen.item_item.unwrap_or_default(),
                blend: chosen.blend,
                trained_at: self.options.now,
                interactions: self.options.interactions,
                passes: chosen.passes,
                held_out_ndcg: chosen.ndcg,
                sections: std::collections::BTreeMap::new(),
            },
            user_ids: self.data.users.clone(),
            item_ids: self.data.items.clone(),
            mean: dense::mean(&factors.items, d),
            moment: dense::gram(&factors.items, d).into_iter().map(|sum| (sum / items.max(1) as f64) as f32).collect(),
            users: factors.users,
            items: if items >= SMALL { flat.with_lists() } else { flat },
            spectrum: factors.spectrum,
            known: all.users.clone(),
            popularity_prior: popularity_prior(&popularity),
            popularity,
            item_item,
            facts: FactsTable::of(&self.data.content()),
        }
    }
}

/// How many users like each item.
fn listeners(data: &Interactions) -> Vec<u32> {
    let likes = |at: usize| pairs(data.items.row(at)).filter(|(_, value)| *value > 0.0).count() as u32;
    (0..data.items.height()).map(likes).collect()
}

/// `ln(1 + n)` over its deviation.
fn popularity_prior(popularity: &[u32]) -> Vec<f32> {
    let logarithms: Vec<f64> = popularity.iter().map(|count| f64::from(*count).ln_1p()).collect();
    let n = logarithms.len().max(1) as f64;
    let mean = logarithms.iter().sum::<f64>() / n;
    let deviation = (logarithms.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt();
    logarithms.iter().map(|value| if deviation > 0.0 { (value / deviation) as f32 } else { 0.0 }).collect()
}

/// The vectors of an older model for whom and what it knows, zeros for the rest: a half-step for users gives new users theirs,
/// the first pass gives new items theirs.
fn warm_start(model: &Model, data: &Dataset) -> Factors {
    let d = model.dimensions();
    let known = |names: StringTableView<'_>, old: StringTableView<'_>, vector: &dyn Fn(u32) -> Option<Vec<f32>>| -> Vec<f32> {
        names.iter().flat_map(|name| old.number(name).and_then(vector).unwrap_or_else(|| vec![0.0; d])).collect()
    };
    Factors {
        dimensions: d,
        users: known(data.users.view(), model.user_ids(), &|number| model.user(number).map(<[f32]>::to_vec)),
        items: known(data.items.view(), model.item_ids(), &|number| model.item(number).map(<[f32]>::to_vec)),
        spectrum: vec![0.0; d],
    }
}

#[cfg(test)]
mod tests;
