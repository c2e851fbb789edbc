//! Commands of taste: train, recommend, evaluate.

mod content;
mod evaluate;
mod import;
mod pairs;
mod progress;
mod recommend;
mod train;

use tutti_engine::taste::factors::Settings;
use tutti_engine::taste::train::{Options, Tune};

use super::Usage;
pub(super) use evaluate::Evaluate;
pub(super) use import::Import;
pub(super) use recommend::Recommend;
pub(super) use train::Train;

/// How to train: the same options wherever that is done.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct TrainingArgs {
    /// Numbers in a vector
    #[arg(long, default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..=1024))]
    dimensions: u32,
    /// How settings are searched on a held-out part: never, quick (what a first training does) or thorough (--tune alone)
    #[arg(long, value_name = "HOW", num_args = 0..=1, default_missing_value = "thorough")]
    tune: Option<String>,
    /// The weight of unobserved pairs (a0); where the search starts, or what is used without one
    #[arg(long)]
    unobserved: Option<f32>,
    /// The weight of the regularisation (lambda)
    #[arg(long)]
    regularisation: Option<f32>,
    /// Passes over the data, at most
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    passes: u32,
    /// What random numbers are drawn from; the same seed and data give the same model
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Learn factors alone, no walks from item to item
    #[arg(long)]
    no_walks: bool,
}

impl TrainingArgs {
    fn tune_given(&self) -> bool {
        self.tune.is_some() || self.unobserved.is_some() || self.regularisation.is_some()
    }

    fn options(&self) -> anyhow::Result<Options> {
        let tune = match self.tune.as_deref() {
            Some("never") => Tune::Never,
            None | Some("quick") => Tune::Quick,
            Some("thorough") => Tune::Thorough,
            Some(other) => return Err(Usage(format!("--tune is never, quick or thorough, not `{other}`")).into()),
        };
        let start = Settings::default();
        let settings = Settings {
            dimensions: self.dimensions as usize,
            unobserved: self.unobserved.unwrap_or(start.unobserved),
            regularisation: self.regularisation.unwrap_or(start.regularisation),
            seed: self.seed,
            ..start
        };
        let options = Options { settings, tune, most_passes: self.passes, ..Options::default() };
        Ok(if self.no_walks { Options { item_item: None, ..options } } else { options })
    }
}
