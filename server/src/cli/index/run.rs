//! Rows into a build, rejected ones aside, and the end of it: the swap, and what is said about it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::bail;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use serde_json::{Map, Value};
use tutti_datasets::{Conversion, Format, RowError};
use tutti_engine::index::{Built, BulkBuild};
use tutti_engine::{Access, Engine};

use crate::cli::rejects::Rejects;

/// Documents handed to the build together when they do not come as plain lines.
const CHUNK: usize = 8192;
/// A running server looks for a new build three times a second.
const TAKEN_UP: Duration = Duration::from_secs(3);

/// A build under way.
pub(super) struct Run {
    build: BulkBuild,
    rejects: Rejects,
    strict: bool,
    progress: Bar,
    started: Instant,
}

/// A progress bar and what it counts.
pub(super) struct Bar {
    bar: ProgressBar,
    of_rows: bool,
}

impl Run {
    pub(super) fn new(build: BulkBuild, rejects: &Path, strict: bool, progress: Bar) -> Run {
        Run { build, rejects: Rejects::new(rejects), strict, progress, started: Instant::now() }
    }

    /// Takes the documents of a file.
    pub(super) fn file(&mut self, path: &Path, source: Format, index: &str, conversion: &Conversion) -> anyhow::Result<()> {
        if source.is_plain_lines() && conversion.is_identity_for_json() {
            return self.plain_lines(path, &path.display().to_string());
        }
        let name = path.display().to_string();
        let mut numbers = Vec::with_capacity(CHUNK);
        let mut documents: Vec<Map<String, Value>> = Vec::with_capacity(CHUNK);
        for record in tutti_datasets::open(Some(source), index, &[path.to_owned()], conversion.clone()).map_err(super::refused)? {
            match record {
                Ok(record) => {
                    numbers.push(record.line);
                    documents.push(record.document);
                }
                Err(error) => self.reject_read(&name, &error)?,
            }
            if documents.len() == CHUNK {
                self.documents(&name, &mut numbers, &mut documents)?;
            }
        }
        self.documents(&name, &mut numbers, &mut documents)
    }

    /// Takes a file of a document a line, parsed on every core; `name` is what it is called in front of people.
    pub(super) fn plain_lines(&mut self, path: &Path, name: &str) -> anyhow::Result<()> {
        for chunk in tutti_datasets::open_chunks(path)? {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                Err(error) => {
                    self.reject_read(name, &error)?;
                    continue;
                }
            };
            let lines: Vec<(u64, &[u8])> = chunk.lines().collect();
            let rows: Vec<&[u8]> = lines.iter().map(|(_, line)| *line).collect();
            let first = self.build.rows();
            for rejected in self.build.add_sources(&rows)? {
                let (line, row) = lines[(rejected.row - first) as usize];
                self.reject(name, line, &rejected.reason, &String::from_utf8_lossy(&row[..row.len().min(4096)]))?;
            }
            self.advance();
        }
        Ok(())
    }

    fn documents(&mut self, name: &str, numbers: &mut Vec<u64>, documents: &mut Vec<Map<String, Value>>) -> anyhow::Result<()> {
        let first = self.build.rows();
        for rejected in self.build.add_documents(documents)? {
            let at = (rejected.row - first) as usize;
            let raw = serde_json::to_string(&documents[at]).unwrap_or_default();
            self.reject(name, numbers[at], &rejected.reason, &raw.chars().take(4096).collect::<String>())?;
        }
        self.advance();
        numbers.clear();
        documents.clear();
        Ok(())
    }

    /// A row that could not be read. When the rest of the file cannot be read either, nothing may be swapped in.
    fn reject_read(&mut self, name: &str, error: &RowError) -> anyhow::Result<()> {
        if error.fatal || error.line == 0 {
            bail!("{name}: {}; the index is unchanged", error.reason);
        }
        self.reject(name, error.line, &error.reason, &error.raw)
    }

    fn reject(&mut self, name: &str, line: u64, reason: &str, raw: &str) -> anyhow::Result<()> {
        if self.strict {
            bail!("{name}:{line}: {reason}; stopped because of --strict, the index is unchanged");
        }
        self.rejects.add(name, line, reason, raw)
    }

    /// Rows taken, rejected ones included.
    pub(super) fn rows(&self) -> u64 {
        self.build.rows()
    }

    /// Whether not one document was taken.
    pub(super) fn is_empty(&self) -> bool {
        self.build.rows() == self.build.rejected()
    }

    /// Ends a run without a document.
    pub(super) fn refuse_empty(self) -> anyhow::Result<()> {
        show_rejects(self.rejects)?;
        bail!("there is not one document in the files; the index is unchanged")
    }

    /// Swaps the new index in, and waits until a running server has taken it up.
    pub(super) fn finish(self, engine: &Engine, data: &Path, index: &str) -> anyhow::Result<()> {
        let Run { build, rejects, progress: Bar { bar, .. }, started, .. } = self;
        bar.set_message("merging and swapping in");
        let served = is_served_elsewhere(engine, data, index);
        let Built { documents, bytes, .. } = build.finish()?;
        let until = Instant::now() + TAKEN_UP;
        while served && engine.has_older_generation(index)? && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        bar.finish_and_clear();
        let seconds = started.elapsed().as_secs_f64().max(1e-3);
        eprintln!(
            "{index}: {} documents in {seconds:.1} s ({}/s), {} on disk",
            HumanCount(documents),
            HumanCount((documents as f64 / seconds) as u64),
            HumanBytes(bytes)
        );
        show_rejects(rejects)
    }

    /// Moves the bar to what has been read, and says how many rows that were.
    fn advance(&self) {
        let Bar { bar, of_rows } = &self.progress;
        let rows = self.build.rows();
        bar.set_position(if *of_rows { rows } else { tutti_datasets::bytes_read() });
        let seconds = self.started.elapsed().as_secs_f64().max(1e-3);
        bar.set_message(format!("{} rows, {}/s,", HumanCount(rows), HumanCount((rows as f64 / seconds) as u64)));
    }
}

/// Whether another process, a server, has the index open for writing.
fn is_served_elsewhere(engine: &Engine, data: &Path, index: &str) -> bool {
    match engine.opened().into_iter().find(|open| open.name() == index) {
        Some(open) => !open.is_writable(),
        // Opened for a moment only.
        None => Engine::open(data, Access::WriteIfFree).and_then(|probe| probe.index(index)).is_ok_and(|open| !open.is_writable()),
    }
}

fn show_rejects(rejects: Rejects) -> anyhow::Result<()> {
    let (count, examples) = (rejects.count, rejects.examples.clone());
    if let Some(path) = rejects.finish()? {
        eprintln!("{} rows were rejected, see {}:", HumanCount(count), path.display());
        examples.iter().for_each(|example| eprintln!("  {example}"));
    }
    Ok(())
}

/// A bar over the bytes of the files, with rate, rows and the time left. Without sizes (standard input) it counts up.
pub(super) fn bytes_bar(files: &[PathBuf], quiet: bool) -> Bar {
    let sizes: Option<u64> =
        files.iter().map(|file| std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file).map(|meta| meta.len())).sum();
    let template = match sizes {
        Some(_) => "{bar:30} {bytes}/{total_bytes} {msg} {elapsed} gone, {eta} left",
        None => "{spinner} {bytes} {msg} {elapsed} gone",
    };
    bar(sizes, template, quiet, false)
}

/// A bar over rows whose number is known.
pub(super) fn rows_bar(rows: u64, quiet: bool) -> Bar {
    bar(Some(rows), "{bar:30} {human_pos}/{human_len} {msg} {elapsed} gone, {eta} left", quiet, true)
}

fn bar(length: Option<u64>, template: &str, quiet: bool, of_rows: bool) -> Bar {
    if quiet {
        return Bar { bar: ProgressBar::hidden(), of_rows };
    }
    let bar = length.map_or_else(ProgressBar::no_length, ProgressBar::new);
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    Bar { bar, of_rows }
}
