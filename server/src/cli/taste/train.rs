//! `tutti train`: a model of taste from interactions.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use tutti_engine::taste::Model;
use tutti_engine::taste::train::{Dataset, Options, Tune, train};

use super::{TrainingArgs, content, pairs, progress};
use crate::cli::Data;

/// Learn tastes from who liked what, and put the model in the data directory
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tutti train --interactions listens.tsv.gz
  tutti train --interactions listens.tsv.gz --items songs.jsonl.gz --tune thorough
  tutti train --interactions visits.tsv.gz --of venues

A line of interactions is user, item and, if you have it, weight, tab separated; a weight below 0 is something not liked.
A first training searches its settings on a part held out; later ones start from the last model and keep its settings.
The model is written beside the last one and replaces it in one step: a server takes it up, and one that is interrupted
leaves everything as it was.")]
pub(in crate::cli) struct Train {
    #[command(flatten)]
    data: Data,
    /// Who liked what: user, item, weight; - is standard input
    #[arg(long, value_name = "FILE")]
    interactions: PathBuf,
    /// What is learned: songs or venues
    #[arg(long, value_name = "WHAT", default_value = "songs", value_parser = ["songs", "venues"])]
    of: String,
    /// What the items are, a JSON object a line: those nobody has touched get a vector from it; may repeat
    #[arg(long, value_name = "FILE")]
    items: Vec<PathBuf>,
    /// What the items consist of, for example the songs of artists; may repeat
    #[arg(long, value_name = "FILE")]
    parts: Vec<PathBuf>,
    #[command(flatten)]
    training: TrainingArgs,
    /// Forget the last model and its settings
    #[arg(long)]
    fresh: bool,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
}

impl Train {
    pub(in crate::cli) fn run(self) -> anyhow::Result<()> {
        let started = Instant::now();
        let dataset = dataset(&pairs::read(&self.interactions)?, &self.items, &self.parts)?;
        let path = tutti_engine::taste::model_path(&self.data.folder, &self.of);
        let last = if self.fresh { None } else { Model::open(&path).ok() };
        let mut options: Options = self.training.options()?;
        if let Some(last) = last.as_ref().filter(|last| !self.training.tune_given() && last.dimensions() == options.settings.dimensions) {
            options = Options { tune: Tune::Never, settings: *last.settings(), ..options };
        }
        options.now = now();
        let trained = train(&dataset, &options, last.as_ref(), interrupted(), &mut progress::printer(self.quiet))?;
        trained.write(&path)?;
        let model = Model::open(&path)?;
        let about = model.about();
        eprintln!(
            "{}: {} people, {} items, {} numbers a vector, walks {}, {:.1} s, {}",
            self.of,
            model.people_names().len(),
            model.item_names().len(),
            model.dimensions(),
            about.blend.walks,
            started.elapsed().as_secs_f64(),
            path.display()
        );
        Ok(())
    }
}

pub(super) fn dataset(rows: &[pairs::Pair], items: &[PathBuf], parts: &[PathBuf]) -> anyhow::Result<Dataset> {
    let dataset = pairs::dataset(rows);
    if items.is_empty() && parts.is_empty() {
        return Ok(dataset);
    }
    let known: HashSet<&str> = rows.iter().map(|row| row.item.as_str()).collect();
    let content = content::read(items, parts, &known)?;
    Ok(dataset.with_content(content))
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs() as i64)
}

/// Set when the terminal asks to stop.
pub(super) fn interrupted() -> &'static AtomicBool {
    static STOP: AtomicBool = AtomicBool::new(false);
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = runtime
            && runtime.block_on(tokio::signal::ctrl_c()).is_ok()
        {
            STOP.store(true, std::sync::atomic::Ordering::Relaxed);
            eprintln!("stopping after this pass; the last model stays");
        }
    });
    &STOP
}
