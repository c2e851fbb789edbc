//! `tutti recommend`: songs for a person, a group, or somebody with a few likes.

use std::collections::HashSet;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tutti_engine::taste::group::Strategy;
use tutti_engine::taste::{Model, Profile};

use crate::cli::{Data, Usage};

/// Lines answered together.
const CHUNK: usize = 512;

/// Recommend songs (or venues) for a person, a group, or a few likes
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tutti recommend --user u17
  tutti recommend --likes s101,s205,s9
  tutti recommend --group u17,u4,u301 --strategy fair
  tutti recommend --batch people.jsonl --k 20 --exclude-known

A line of a batch is {\"user\": ..}, {\"group\": .., \"members\": [..], \"strategy\": ..} or {\"likes\": [..]}, with \"exclude\": [..] if you
like; the answer has the same id with \"items\" and \"scores\", and \"unknown\" likes. Every item is scored.")]
pub(in crate::cli) struct Recommend {
    #[command(flatten)]
    data: Data,
    /// What is recommended: songs or venues
    #[arg(long, value_name = "WHAT", default_value = "songs", value_parser = ["songs", "venues"])]
    of: String,
    /// For this person
    #[arg(long, value_name = "ID", group = "who")]
    user: Option<String>,
    /// For somebody who likes these, comma separated
    #[arg(long, value_name = "IDS", group = "who")]
    likes: Option<String>,
    /// For these people together, comma separated
    #[arg(long, value_name = "IDS", group = "who")]
    group: Option<String>,
    /// Answer a file of requests, a JSON object a line
    #[arg(long, value_name = "FILE", group = "who")]
    batch: Option<PathBuf>,
    /// How a group's opinions become one
    #[arg(long, default_value = "fair")]
    strategy: String,
    /// How many
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    k: u32,
    /// Nothing that the person is known to have
    #[arg(long)]
    exclude_known: bool,
}

/// A request.
#[derive(Debug, Default, Deserialize)]
struct Line {
    #[serde(default)]
    id: Option<Value>,
    user: Option<Value>,
    group: Option<Value>,
    #[serde(default)]
    members: Vec<Value>,
    likes: Option<Vec<Value>>,
    strategy: Option<String>,
    #[serde(default)]
    exclude: Vec<Value>,
}

impl Recommend {
    pub(in crate::cli) fn run(self) -> anyhow::Result<()> {
        let path = tutti_engine::taste::model_path(&self.data.folder, &self.of);
        let model = Model::open(&path)?;
        let strategy = strategy(&self.strategy)?;
        if let Some(file) = &self.batch {
            return self.batch(&model, file);
        }
        let ids =
            |text: &Option<String>| -> Vec<Value> { text.iter().flat_map(|text| text.split(',')).map(|id| json!(id.trim())).collect() };
        let line = match (&self.user, &self.likes, &self.group) {
            (Some(user), _, _) => Line { user: Some(json!(user)), ..Line::default() },
            (_, Some(_), _) => Line { likes: Some(ids(&self.likes)), ..Line::default() },
            (_, _, Some(_)) => Line { members: ids(&self.group), group: Some(json!("group")), ..Line::default() },
            _ => return Err(Usage("say for whom: --user, --likes, --group or --batch".to_owned()).into()),
        };
        let found = self.list(&model, &line, strategy)?;
        let mut out = std::io::stdout().lock();
        for (item, score) in found {
            let facts = model.facts(item);
            let artist = facts.artist.and_then(|artist| model.artist_names().name(artist)).unwrap_or_default();
            let title = model.title(item).unwrap_or_default();
            let by = if artist.is_empty() { String::new() } else { format!("{artist}: ") };
            writeln!(out, "{score:8.3}  {:<14} {by}{title}", model.item_ids().name(item).unwrap_or_default())?;
        }
        Ok(())
    }

    fn batch(&self, model: &Model, path: &Path) -> anyhow::Result<()> {
        let strategy = strategy(&self.strategy)?;
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        let mut lines = tutti_datasets::open_input(path)?.lines().enumerate();
        loop {
            let mut chunk = Vec::with_capacity(CHUNK);
            for (at, line) in lines.by_ref().take(CHUNK) {
                chunk.push((at + 1, line?));
            }
            if chunk.is_empty() {
                break;
            }
            let written = chunk.par_iter().filter(|(_, line)| !line.trim().is_empty());
            let answers: Vec<Value> = written.map(|(number, line)| self.answer(model, *number, line, strategy)).collect();
            for answer in answers {
                serde_json::to_writer(&mut out, &answer)?;
                out.write_all(b"\n")?;
            }
        }
        Ok(out.flush()?)
    }

    fn answer(&self, model: &Model, number: usize, line: &str, strategy: Strategy) -> Value {
        let wrong = |what: String| json!({"id": null, "error": format!("line {number}: {what}")});
        let parsed: Line = match serde_json::from_str(line) {
            Ok(line) => line,
            Err(error) => return wrong(error.to_string()),
        };
        let mut answer = Map::new();
        for (name, value) in [("id", &parsed.id), ("user", &parsed.user), ("group", &parsed.group)] {
            if let Some(value) = value {
                answer.insert(name.to_owned(), value.clone());
            }
        }
        let unknown = unknown(model, &parsed);
        if !unknown.is_empty() {
            answer.insert("unknown".to_owned(), unknown.into());
        }
        match self.list(model, &parsed, strategy) {
            Ok(found) => {
                let names = model.item_ids();
                answer.insert("items".to_owned(), found.iter().map(|(item, _)| names.name(*item).unwrap_or_default()).collect());
                answer.insert("scores".to_owned(), found.iter().map(|(_, score)| *score).collect());
            }
            Err(error) => {
                answer.insert("error".to_owned(), format!("line {number}: {error}").into());
            }
        }
        Value::Object(answer)
    }

    fn list(&self, model: &Model, line: &Line, strategy: Strategy) -> anyhow::Result<Vec<(u32, f32)>> {
        let k = self.k as usize;
        let excluded: HashSet<u32> = line.exclude.iter().filter_map(|id| item(model, &text(id))).collect();
        if line.group.is_some() || !line.members.is_empty() {
            let named = line.strategy.as_deref().map(self::strategy).transpose()?.unwrap_or(strategy);
            if line.members.is_empty() {
                return Err(Usage("a group without members cannot be recommended anything".to_owned()).into());
            }
            let members: Vec<Profile> = line.members.iter().map(|id| person(model, &text(id))).collect::<anyhow::Result<_>>()?;
            let list = model.exhaustive_group_list(&members, named, k, &|item| !excluded.contains(&item));
            return Ok(list);
        }
        let profile = match (&line.user, &line.likes) {
            (Some(user), _) => person(model, &text(user))?,
            (None, Some(likes)) => {
                // Of somebody whose likes are all unknown nothing is known: the list is that of a newcomer, and says so.
                let known: Vec<(u32, f32)> = likes.iter().filter_map(|id| item(model, &text(id))).map(|item| (item, 1.0)).collect();
                model.profile(&known)
            }
            (None, None) => return Err(Usage("say for whom: \"user\", \"likes\", or \"group\" with \"members\"".to_owned()).into()),
        };
        let known: HashSet<u32> = if self.exclude_known { profile.known().columns.iter().copied().collect() } else { HashSet::new() };
        Ok(model.exhaustive_candidates(&profile, k, &|item| !known.contains(&item) && !excluded.contains(&item)))
    }
}

/// Likes that the model does not know.
fn unknown(model: &Model, line: &Line) -> Vec<String> {
    line.likes.iter().flatten().map(text).filter(|id| item(model, id).is_none()).collect()
}

fn strategy(name: &str) -> anyhow::Result<Strategy> {
    let known = || Strategy::ALL.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
    Strategy::named(name).ok_or_else(|| Usage(format!("`{name}` is no strategy: there are {}", known())).into())
}

/// Ids may come as numbers.
fn text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn item(model: &Model, id: &str) -> Option<u32> {
    let names = model.item_ids();
    names.number(id).or_else(|| names.number(bare(id)?))
}

fn person(model: &Model, id: &str) -> anyhow::Result<Profile> {
    let names = model.user_ids();
    let number = names.number(id).or_else(|| names.number(bare(id)?));
    let unknown = || Usage(format!("the model does not know `{id}`; somebody new can be described with likes"));
    Ok(number.and_then(|number| model.profile_of(number)).ok_or_else(unknown)?)
}

/// Digits with a letter before them, without it.
fn bare(id: &str) -> Option<&str> {
    id.strip_prefix(|letter: char| letter.is_ascii_alphabetic())
        .filter(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}
