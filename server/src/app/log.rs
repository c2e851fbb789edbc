//! The log, on standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::config::{Log, LogFormat};

/// A filter of the log. A level alone leaves out what tantivy says below a warning.
///
/// # Errors
/// What is wrong with it, when it is neither a level nor a filter.
pub(crate) fn log_filter(level: &str) -> Result<EnvFilter, String> {
    let filter = if level.contains(['=', ',']) {
        level.to_owned()
    } else {
        // `EnvFilter` takes a word that is no level for a module's name.
        level.parse::<LevelFilter>().map_err(|error| error.to_string())?;
        format!("{level},tantivy=warn")
    };
    EnvFilter::try_new(filter).map_err(|error| error.to_string())
}

/// Starts the log. The first call counts.
pub(crate) fn start_log(config: &Log) {
    let filter = log_filter(&config.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let started = match config.format {
        LogFormat::Json => log.json().try_init(),
        LogFormat::Text => log.with_target(false).try_init(),
    };
    // Somebody's log is there already: in a test, or an embedding program.
    drop(started);
}
