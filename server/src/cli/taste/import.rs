//! `tutti import`: interactions in bulk, into the data directory.

use std::io::BufRead;
use std::path::PathBuf;
use std::time::Instant;

use serde::Deserialize;
use tutti_engine::taste::interactions::{BULK, History, Interaction, Kind};

use crate::cli::{Data, Usage};
use crate::clock::Clock;

/// Put interactions into the data directory: who listened to, liked, skipped what
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tutti import listens.tsv.gz
  tutti import --kind check_in visits.tsv.gz
  tutti import interactions.jsonl.gz

A line is user, item, times, seconds since 1970, tab separated, the last two if you have them; or JSON:
{\"user\", \"item\", \"kind\", \"at\", \"times\", \"venue\"}. Kinds are listen, like, playlist_add, vote_up, check_in, skip, vote_down, dislike.
A line that cannot be read ends the import before anything of its batch is kept; what was kept before it stays.
Beside a running server send interactions to POST /v1/interactions.")]
pub(in crate::cli) struct Import {
    #[command(flatten)]
    data: Data,
    /// What lines without a kind are
    #[arg(long, default_value = "listen")]
    kind: String,
    /// Show nothing
    #[arg(long, short)]
    quiet: bool,
    /// The files, plain or gzip or zstd; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Line {
    user: String,
    item: String,
    kind: Option<String>,
    at: Option<i64>,
    times: Option<f32>,
    venue: Option<String>,
}

impl Import {
    pub(in crate::cli) fn run(self) -> anyhow::Result<()> {
        let started = Instant::now();
        let otherwise = kind(&self.kind)?;
        let now = Clock::System.now();
        let history = History::open(&self.data.folder.join("taste").join("interactions"))?;
        let mut batch = Vec::with_capacity(BULK);
        let mut count = 0usize;
        for path in &self.files {
            for (at, line) in tutti_datasets::open_input(path)?.lines().enumerate() {
                let place = || format!("{}:{}", path.display(), at + 1);
                let line = line.map_err(|error| Usage(format!("{}: {error}", place())))?;
                if line.trim().is_empty() || line.starts_with('#') {
                    continue;
                }
                batch.push(read(&line, otherwise, now).map_err(|error| Usage(format!("{}: {error}", place())))?);
                if batch.len() == BULK {
                    count += batch.len();
                    history.append(&batch)?;
                    batch.clear();
                }
            }
        }
        count += batch.len();
        history.append(&batch)?;
        if !self.quiet {
            eprintln!("{count} interactions in {:.1} s", started.elapsed().as_secs_f64());
        }
        Ok(())
    }
}

fn kind(name: &str) -> anyhow::Result<Kind> {
    let known = || Kind::ALL.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
    Kind::named(name).ok_or_else(|| Usage(format!("`{name}` is no kind of interaction: there are {}", known())).into())
}

fn read(line: &str, otherwise: Kind, now: i64) -> anyhow::Result<Interaction> {
    let line: Line = if line.starts_with('{') {
        serde_json::from_str(line)?
    } else {
        let mut cells = line.trim_end_matches('\r').split('\t').map(str::trim);
        let mut cell = |what: &str| cells.next().filter(|cell| !cell.is_empty()).ok_or_else(|| anyhow::anyhow!("no {what}"));
        let (user, item) = (cell("user")?.to_owned(), cell("item")?.to_owned());
        let times = cells.next().filter(|cell| !cell.is_empty()).map(str::parse).transpose()?;
        let at = cells.next().filter(|cell| !cell.is_empty()).map(str::parse).transpose()?;
        Line { user, item, kind: None, at, times, venue: None }
    };
    let times = line.times.unwrap_or(1.0);
    anyhow::ensure!(times.is_finite() && times > 0.0, "`times` is a number above 0");
    anyhow::ensure!(!line.user.is_empty() && !line.item.is_empty(), "ids are not empty");
    let kind = line.kind.as_deref().map(kind).transpose()?.unwrap_or(otherwise);
    Ok(Interaction { user: line.user, item: line.item, kind, at: line.at.unwrap_or(now), times, venue: line.venue })
}
