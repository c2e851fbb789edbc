//! `tutti train`: a model of taste from interactions.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use tutti_engine::taste::Model;
use tutti_engine::taste::train::{Dataset, Options, Tune, train};
use tutti_engine::{Access, Engine};

use super::{TrainingArgs, content, pairs, progress};
use crate::cli::Data;
use crate::clock::Clock;
use crate::taste::item_of;

/// Learn tastes from who liked what, and put the model in the data directory
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tutti train
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
    /// Who liked what: user, item, weight; - is standard input. Without it, what the data directory holds
    #[arg(long, value_name = "FILE")]
    interactions: Option<PathBuf>,
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
        let (dataset, sequence) = self.dataset()?;
        let path = tutti_engine::taste::model_path(&self.data.folder, &self.of);
        let last = if self.fresh { None } else { Model::open(&path).ok() };
        let mut options: Options = self.training.options()?;
        if let Some(last) = last.as_ref().filter(|last| !self.training.tune_given() && last.dimensions() == options.settings.dimensions) {
            options = Options { tune: Tune::Never, settings: *last.settings(), ..options };
        }
        options.now = Clock::System.now();
        options.interactions = sequence;
        let trained = train(&dataset, &options, last.as_ref(), interrupted(), &mut progress::printer(self.quiet))?;
        trained.write(&path)?;
        let model = Model::open(&path)?;
        let about = model.metadata();
        eprintln!(
            "{}: {} people, {} items, {} numbers a vector, walks {}, {:.1} s, {}",
            self.of,
            model.user_ids().len(),
            model.item_ids().len(),
            model.dimensions(),
            about.blend.item_item,
            started.elapsed().as_secs_f64(),
            path.display()
        );
        Ok(())
    }
}

impl Train {
    /// The data, and the last record of the data directory's interactions that is in it.
    fn dataset(&self) -> anyhow::Result<(Dataset, u64)> {
        if let Some(path) = &self.interactions {
            return Ok((dataset(&pairs::read(path)?, &self.items, &self.parts)?, 0));
        }
        let held = tutti_engine::taste::interactions::read(&self.data.folder.join("taste").join("interactions"))?;
        let rows = held.rows(self.of == "venues", Clock::System.now());
        let data = Dataset::of(&rows);
        let known: HashSet<&str> = rows.iter().map(|(_, item, _)| *item).collect();
        let mut content = content::read(&self.items, &self.parts, &known)?;
        if self.items.is_empty() && self.of == "songs" {
            // What songs are stands in their index.
            let engine = Engine::open(&self.data.folder, Access::Read)?;
            if let Ok(index) = engine.index("songs") {
                index.each_document(|document| content.extend(item_of(&document)))?;
            }
        }
        Ok((if content.is_empty() { data } else { data.with_content(content) }, held.last()))
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
