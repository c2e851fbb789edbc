//! `tutti rules`: the curation rules of an index.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;
use serde_json::Value;
use tutti_engine::index::{Rule, RuleError};
use tutti_engine::{Access, Engine, Index};

use super::{Data, Usage};
use crate::http::catalogue::{RuleAnswer, RuleList};

/// Show, make or remove the curation rules of an index.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tutti rules songs
  tutti rules songs put christmas rule.json
  tutti rules songs delete christmas

A rule is a JSON object; a running server follows at once:
  {\"when\": {\"query\": \"christmas\", \"match\": \"contains\"}, \"pin\": [\"s7\"], \"hide\": [\"s9\"],
   \"boost\": [{\"filter\": \"year ge 2000\", \"factor\": 2}], \"until\": \"2027-01-06T00:00:00Z\"}")]
pub(super) struct RulesCommand {
    #[command(flatten)]
    data: Data,
    /// The index
    index: String,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Print the rules by precedence, as JSON
    List,
    /// Make or replace a rule
    Put {
        /// The rule's name
        name: String,
        /// A file with the rule in JSON; - is standard input
        file: PathBuf,
    },
    /// Remove a rule
    Delete {
        /// The rule's name
        name: String,
    },
}

impl RulesCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let folder = &self.data.folder;
        if !folder.is_dir() {
            return Err(Usage(format!("there is no data directory {}", folder.display())).into());
        }
        let engine = Engine::open(folder, Access::WriteIfFree)?;
        let index = engine.index(&self.index)?;
        match self.action.unwrap_or(Action::List) {
            Action::List => print(&RuleList::new(&*index.rules()?)),
            Action::Put { name, file } => put(&index, &name, &file),
            Action::Delete { name } if index.delete_rule(&name)? => Ok(()),
            Action::Delete { name } => Err(anyhow::anyhow!("index `{}` has no rule `{name}`", index.name())),
        }
    }
}

fn put(index: &Index, name: &str, file: &Path) -> anyhow::Result<()> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.with_context(|| format!("cannot read {}", file.display()))?;
    let rule: Value = serde_json::from_str(&text).map_err(|error| Usage(format!("{} is not JSON: {error}", file.display())))?;
    let stored = Rule::read(name, rule).and_then(|rule| index.put_rule(name, rule)).map_err(refused)?;
    print(&RuleAnswer::from(&stored))
}

fn print(answer: &impl serde::Serialize) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, answer)?;
    writeln!(out)?;
    Ok(())
}

fn refused(error: RuleError) -> anyhow::Error {
    match error {
        RuleError::Shape(message) => Usage(message).into(),
        RuleError::Filter { place, text, error } => {
            let Usage(message) = Usage::query(&text, &error);
            Usage(format!("`{place}`: {message}")).into()
        }
        RuleError::Engine(error) => error.into(),
    }
}
