//! `tutti config`: what the settings are, whether a file is right, what a key means.

use std::path::PathBuf;

use super::{Diagnostics, Usage};
use crate::config::flags::Flags;
use crate::config::{Loaded, as_json, as_toml, defaults, explain};

/// Show, check and explain the configuration.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tutti config print --defaults > tutti.toml
  tutti config check tutti.toml
  tutti config print --sources
  tutti config explain server.listen")]
pub(super) struct ConfigCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Print the configuration in effect; secrets are masked. Takes the flags of `serve`
    Print {
        /// As one JSON object on one line: sizes in bytes
        #[arg(long)]
        json: bool,
        /// Where each value comes from
        #[arg(long)]
        sources: bool,
        /// Every key with its meaning and default instead
        #[arg(long)]
        defaults: bool,
        #[command(flatten)]
        flags: Flags,
    },
    /// Check a file: every mistake with its line and column
    Check {
        /// The file; otherwise the one that `serve` would read
        file: Option<PathBuf>,
        #[command(flatten)]
        flags: Flags,
    },
    /// Explain a key: meaning, default, names, the value now and where it comes from
    Explain {
        /// Section and name, such as server.listen
        key: String,
        #[command(flatten)]
        flags: Flags,
    },
}

impl ConfigCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self.what {
            What::Print { defaults: true, .. } => print!("{}", defaults()),
            What::Print { json, sources, flags, .. } => {
                let loaded = Loaded::from(&flags.sources()).map_err(|error| Diagnostics(error.to_string()))?;
                if json {
                    println!("{}", as_json(&loaded, sources));
                } else {
                    print!("{}", as_toml(&loaded, sources));
                }
            }
            What::Check { file, flags } => {
                let mut sources = flags.with_file(file).sources();
                sources.masks = true;
                Loaded::from(&sources).map_err(|error| Diagnostics(error.to_string()))?;
                println!("the configuration is right");
            }
            What::Explain { key, flags } => {
                let loaded = Loaded::from(&flags.sources());
                print!("{}", explain(&key, loaded.as_ref()).map_err(Usage)?);
            }
        }
        Ok(())
    }
}
