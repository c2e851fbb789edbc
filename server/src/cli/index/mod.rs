//! `tutti index`: files to a new index, swapped in when it is complete.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use serde_json::{Map, Value};
use tutti_datasets::{Format, Mapping, RowError};
use tutti_engine::index::{Built, BulkBuild, BulkOptions};
use tutti_engine::{Access, Engine};
use tutti_index_schema::IndexDefinition;

use super::rejects::Rejects;
use super::{Data, Usage};

/// Documents handed to the build together when they do not come as plain lines.
const CHUNK: usize = 8192;

/// Build an index from files, in bulk, and swap it in when it is complete.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tutti index --index songs songs.jsonl.gz
  tutti index --index songs spotify_songs.csv
  tutti index --index venues london_pubs.geojson copenhagen.geojson
  tutti index --index tracks --definition tracks.json --map track_name=title --map 'tags=tags:string:;' tracks.csv
  zcat dump.gz | tutti index --index songs -

The index is built beside the one that is served and replaces it in one step at the end; interrupted or killed, it
leaves everything as it was. Rows that are no documents of the index go to a file with line and reason. Documents
written through a running server while the build goes on are kept.")]
pub(super) struct Index {
    #[command(flatten)]
    data: Data,
    /// The index to build
    #[arg(long)]
    index: String,
    /// Its definition, in Azure AI Search's JSON; needed once for an index that is not a shipped one
    #[arg(long, value_name = "FILE.json")]
    definition: Option<PathBuf>,
    /// The format, when it is not recognised by itself; "list" shows the names
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    /// Column to field: column=field, column=field:type, column=field:type:separator; may repeat
    #[arg(long = "map", value_name = "COLUMN=FIELD")]
    map: Vec<String>,
    /// A column mapping as a JSON file
    #[arg(long, value_name = "FILE.json")]
    mapping: Option<PathBuf>,
    /// Where rejected rows go
    #[arg(long, value_name = "FILE", default_value = "tutti-rejects.jsonl")]
    rejects: PathBuf,
    /// Stop at the first rejected row and change nothing
    #[arg(long)]
    strict: bool,
    /// Indexing threads; 0 is one per core
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Megabytes of memory per indexing thread
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(16..=16384))]
    memory: u32,
    /// Leave the index in several segments: sooner ready, slower to search
    #[arg(long)]
    no_merge: bool,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
    /// The files: jsonl, json, csv, tsv, parquet, geojson and others, plain or gzip or zstd; - is standard input
    #[arg(required_unless_present_any = ["format_list"], value_name = "FILE")]
    files: Vec<PathBuf>,
    #[arg(long, hide = true)]
    format_list: bool,
}

impl Index {
    pub(super) fn run(self) -> anyhow::Result<()> {
        if self.format_list || self.format.as_deref() == Some("list") {
            Format::names().for_each(|name| println!("{name}"));
            return Ok(());
        }
        let source = self.format.as_deref().map(str::parse::<Format>).transpose().map_err(|error| Usage(error.to_string()))?;
        let mapping = self.mapping()?;
        let engine = Engine::open(&self.data.folder, Access::WriteIfFree)?;
        let definition = self.definition(&engine)?;
        let options = BulkOptions { threads: self.threads, memory: (self.memory as usize) << 20, merge: !self.no_merge };
        let build = engine.build_index(&definition, &options)?;
        let mut run = Run {
            build,
            rejects: Rejects::new(&self.rejects),
            strict: self.strict,
            progress: progress(&self.files, self.quiet),
            started: Instant::now(),
        };
        let mapping = mapping.typed(&definition);
        for file in &self.files {
            run.file(file, source, &definition.name, &mapping)?;
        }
        run.finish(&definition.name)
    }

    fn mapping(&self) -> anyhow::Result<Mapping> {
        let mut mapping = match &self.mapping {
            Some(path) => {
                let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
                Mapping::from_json(&bytes).map_err(|error| Usage(format!("{}: {error}", path.display())))?
            }
            None => Mapping::default(),
        };
        for pair in &self.map {
            mapping.add_pair(pair).map_err(|error| Usage(error.to_string()))?;
        }
        Ok(mapping)
    }

    /// The definition given, the one in force, or the shipped one.
    fn definition(&self, engine: &Engine) -> anyhow::Result<IndexDefinition> {
        if let Some(path) = &self.definition {
            let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            let mut definition = IndexDefinition::from_json(&bytes).map_err(|errors| Usage(format!("{}:\n{errors}", path.display())))?;
            definition.name.clone_from(&self.index);
            return Ok(definition);
        }
        match engine.index(&self.index) {
            Ok(index) => Ok((*index.definition()).clone()),
            Err(tutti_engine::Error::NoSuchIndex(name)) => tutti_index_schema::shipped(&name).ok_or_else(|| {
                let shipped: Vec<_> = tutti_index_schema::shipped_names().collect();
                Usage(format!(
                    "there is no index `{name}` and none is shipped by that name ({}); give --definition FILE.json",
                    shipped.join(", ")
                ))
                .into()
            }),
            Err(error) => Err(error.into()),
        }
    }
}

struct Run {
    build: BulkBuild,
    rejects: Rejects,
    strict: bool,
    progress: ProgressBar,
    started: Instant,
}

impl Run {
    fn file(&mut self, path: &Path, source: Option<Format>, index: &str, mapping: &Mapping) -> anyhow::Result<()> {
        let source = match source {
            Some(source) => source,
            None => tutti_datasets::detect(path)?,
        };
        if source.is_plain_lines() && mapping.is_identity_for_json() {
            for chunk in tutti_datasets::open_chunks(path)? {
                let chunk = match chunk {
                    Ok(chunk) => chunk,
                    Err(error) => {
                        self.reject_read(path, &error)?;
                        continue;
                    }
                };
                let lines: Vec<(u64, &[u8])> = chunk.lines().collect();
                let rows: Vec<&[u8]> = lines.iter().map(|(_, line)| *line).collect();
                let first = self.build.rows();
                for rejected in self.build.add_sources(&rows)? {
                    let (line, row) = lines[(rejected.row - first) as usize];
                    self.reject(path, line, &rejected.reason, &String::from_utf8_lossy(&row[..row.len().min(4096)]))?;
                }
                advance(&self.progress, self.started, self.build.rows());
            }
            return Ok(());
        }
        let mut numbers = Vec::with_capacity(CHUNK);
        let mut documents: Vec<Map<String, Value>> = Vec::with_capacity(CHUNK);
        for record in tutti_datasets::open(Some(source), index, &[path.to_owned()], mapping.clone())? {
            match record {
                Ok(record) => {
                    numbers.push(record.line);
                    documents.push(record.document);
                }
                Err(error) => self.reject_read(path, &error)?,
            }
            if documents.len() == CHUNK {
                self.documents(path, &mut numbers, &mut documents)?;
            }
        }
        self.documents(path, &mut numbers, &mut documents)
    }

    fn documents(&mut self, path: &Path, numbers: &mut Vec<u64>, documents: &mut Vec<Map<String, Value>>) -> anyhow::Result<()> {
        let first = self.build.rows();
        for rejected in self.build.add_documents(documents)? {
            let at = (rejected.row - first) as usize;
            let raw = serde_json::to_string(&documents[at]).unwrap_or_default();
            self.reject(path, numbers[at], &rejected.reason, &raw.chars().take(4096).collect::<String>())?;
        }
        advance(&self.progress, self.started, self.build.rows());
        numbers.clear();
        documents.clear();
        Ok(())
    }

    /// A row that could not be read. When the rest of the file cannot be read either, nothing may be swapped in.
    fn reject_read(&mut self, path: &Path, error: &RowError) -> anyhow::Result<()> {
        if error.fatal || error.line == 0 {
            bail!("{}: {}; the index is unchanged", path.display(), error.reason);
        }
        self.reject(path, error.line, &error.reason, &error.raw)
    }

    fn reject(&mut self, path: &Path, line: u64, reason: &str, raw: &str) -> anyhow::Result<()> {
        let name = path.display().to_string();
        if self.strict {
            bail!("{name}:{line}: {reason}; stopped because of --strict, the index is unchanged");
        }
        self.rejects.add(&name, line, reason, raw)
    }

    fn finish(self, index: &str) -> anyhow::Result<()> {
        let Run { build, rejects, progress, started, .. } = self;
        let rows = build.rows();
        let (count, examples) = (rejects.count, rejects.examples.clone());
        let path = rejects.finish()?;
        let show_rejects = || {
            if let Some(path) = &path {
                eprintln!("{} rows were rejected, see {}:", HumanCount(count), path.display());
                examples.iter().for_each(|example| eprintln!("  {example}"));
            }
        };
        if rows == build.rejected() {
            show_rejects();
            bail!("there is not one document in the files; the index is unchanged");
        }
        progress.set_message("merging and swapping in");
        let Built { documents, bytes, .. } = build.finish()?;
        progress.finish_and_clear();
        let seconds = started.elapsed().as_secs_f64().max(1e-3);
        eprintln!(
            "{index}: {} documents in {seconds:.1} s ({}/s), {} on disk",
            HumanCount(documents),
            HumanCount((documents as f64 / seconds) as u64),
            HumanBytes(bytes)
        );
        show_rejects();
        Ok(())
    }
}

/// A bar over the bytes of the files, with rate, rows and the time left. Without sizes (standard input) it counts up.
fn progress(files: &[PathBuf], quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let sizes: Option<u64> =
        files.iter().map(|file| std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file).map(|meta| meta.len())).sum();
    let (bar, template) = match sizes {
        Some(bytes) => (ProgressBar::new(bytes), "{bar:30} {bytes}/{total_bytes} {msg} {elapsed} gone, {eta} left"),
        None => (ProgressBar::no_length(), "{spinner} {bytes} {msg} {elapsed} gone"),
    };
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Moves the bar to what has been read, and says how many rows that were.
fn advance(bar: &ProgressBar, started: Instant, rows: u64) {
    bar.set_position(tutti_datasets::bytes_read());
    let seconds = started.elapsed().as_secs_f64().max(1e-3);
    bar.set_message(format!("{} rows, {}/s,", HumanCount(rows), HumanCount((rows as f64 / seconds) as u64)));
}
