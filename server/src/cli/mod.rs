//! The command line: one file per command. Exit codes: 0 done, 1 it could not be done, 2 the command line or the query is
//! wrong.

mod batch;
mod config;
mod demo;
mod index;
mod keys;
mod openapi;
mod rejects;
mod rooms;
mod rules;
mod search;
mod serve;
mod store;
mod table;
mod taste;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use tutti_engine::query::QueryError;

/// Search, rooms and recommendations for groups who choose music together: one program, one data directory.
#[derive(Parser)]
#[command(name = "tutti", version, about, propagate_version = true, max_term_width = 110)]
#[command(after_help = "Start with `tutti demo`. Every command has its own --help with examples.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Index the demo catalogue and serve it: the quickest way to see what this is
    Demo(demo::Demo),
    /// Serve the indexes of a data directory over HTTP
    Serve(serve::Serve),
    /// Build an index from files, in bulk, and swap it in when it is complete
    Index(index::Index),
    /// Search an index, or answer a file of queries
    Search(search::Search),
    /// Show, make or remove curation rules: what stands first, is left out or counts for more
    Rules(rules::RulesCommand),
    /// Put interactions into the data directory: who listened to, liked, skipped what
    Import(taste::Import),
    /// Learn tastes from who liked what
    Train(taste::Train),
    /// Recommend songs or venues for a person, a group, or a few likes
    Recommend(taste::Recommend),
    /// Measure recommendations on files of who liked what
    Evaluate(taste::Evaluate),
    /// Show, check and explain the configuration
    Config(config::ConfigCommand),
    /// Show or renew the API keys of a data directory
    Keys(keys::Keys),
    /// Follow a room in the terminal
    Rooms(rooms::Rooms),
    /// Export or import accounts and rooms
    Store(store::Store),
    /// Print the OpenAPI description of the HTTP API
    Openapi(openapi::OpenApi),
    /// Print a script that completes commands and options in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// The data directory, the same for every command.
#[derive(clap::Args)]
struct Data {
    /// The data directory: everything that is kept is in here
    #[arg(long = "data", value_name = "DIR", env = "TUTTI_DATA_DIR", default_value = "tutti-data")]
    folder: PathBuf,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Demo(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::Index(command) => command.run(),
        Command::Search(command) => command.run(),
        Command::Rules(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Train(command) => command.run(),
        Command::Recommend(command) => command.run(),
        Command::Evaluate(command) => command.run(),
        Command::Config(command) => command.run(),
        Command::Keys(command) => command.run(),
        Command::Rooms(command) => command.run(),
        Command::Store(command) => command.run(),
        Command::Openapi(command) => command.run(),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "tutti", &mut std::io::stdout());
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            if error.is::<Usage>()
                || error.is::<Diagnostics>()
                || error.downcast_ref::<tutti_engine::Error>().is_some_and(tutti_engine::Error::is_callers_fault)
            {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// What went wrong, on standard error. Diagnostics of a configuration have a line each, which begins with its place.
fn report(error: &anyhow::Error) {
    match error.downcast_ref::<Diagnostics>() {
        Some(Diagnostics(lines)) => eprintln!("{lines}"),
        None => eprintln!("error: {}", without_repetition(error)),
    }
}

/// Diagnostics of a configuration, a line each: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Diagnostics(String);

/// A command line or query that is wrong: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

impl Usage {
    /// A query error with the query underlined where it is wrong.
    fn query(text: &str, error: &QueryError) -> Usage {
        let before = text.get(..error.span.start).unwrap_or(text);
        let line = text.lines().nth(before.matches('\n').count()).unwrap_or_default();
        let column: usize = before.rsplit('\n').next().unwrap_or_default().chars().map(width).sum();
        let marked = text.get(error.span.start..error.span.end).unwrap_or_default().lines().next().unwrap_or_default();
        let length = marked.chars().map(width).sum::<usize>().max(1);
        let remedy = error.remedy.as_ref().map_or(String::new(), |remedy| format!("\n  {remedy}"));
        Usage(format!("{}\n  {line}\n  {}{}{remedy}", error.message, " ".repeat(column), "^".repeat(length)))
    }

    fn word(text: &str, error: crate::query_parameters::ParameterError) -> Usage {
        match error {
            crate::query_parameters::ParameterError::Wrong(message) => Usage(message),
            crate::query_parameters::ParameterError::Query(error) => Usage::query(text, &error),
        }
    }
}

/// Columns a character takes in a terminal.
fn width(letter: char) -> usize {
    unicode_width::UnicodeWidthChar::width(letter).unwrap_or(0)
}

/// The chain of causes, each once.
fn without_repetition(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// `tutti search ... | head` is no failure.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let kind = |cause: &(dyn std::error::Error + 'static)| match cause.downcast_ref::<serde_json::Error>() {
        Some(error) => error.io_error_kind(),
        None => cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind),
    };
    error.chain().any(|cause| kind(cause) == Some(std::io::ErrorKind::BrokenPipe))
}
