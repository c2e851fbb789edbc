//! `tutti evaluate`: how good recommendations are, by the protocol of the papers.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Value, json};
use tutti_engine::taste::evaluate::{GroupLists, GroupMetrics, UserMetrics, evaluate_groups, evaluate_users, paired_difference};
use tutti_engine::taste::group::Strategy;
use tutti_engine::taste::train::train;
use tutti_engine::taste::{Model, Profile};

use super::pairs::{self, Pair};
use super::{TrainingArgs, progress};
use crate::cli::Usage;

/// Measure recommendations: train on one file, rank every item for everybody, and see what of another file is found
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tutti evaluate --train lastfm.train.tsv.gz --test lastfm.test.tsv.gz
  tutti evaluate --train lastfm.train.tsv.gz --test lastfm.test.tsv.gz --groups groups.jsonl --json
  tutti evaluate --train lastfm.train.tsv.gz --test lastfm.test.tsv.gz --against other-lists.jsonl

Every item that the person does not have in the training file is ranked; everybody with a line in the test file counts.
Settings are chosen on a part held out of the training file; the test file is looked at once, at the end.
--against takes the lists of another model, {\"user\", \"items\"} a line, and compares them person by person.")]
pub(in crate::cli) struct Evaluate {
    /// What to learn from: user, item, weight, tab separated
    #[arg(long, value_name = "FILE")]
    train: PathBuf,
    /// What to find
    #[arg(long, value_name = "FILE")]
    test: PathBuf,
    /// Groups to make lists for: {\"id\", \"kind\", \"size\", \"members\"} a line
    #[arg(long, value_name = "FILE")]
    groups: Option<PathBuf>,
    /// The strategies for groups, comma separated; \"all\" for each
    #[arg(long, default_value = "fair")]
    strategy: String,
    /// Lengths of lists looked at, comma separated
    #[arg(long, default_value = "10,20")]
    k: String,
    /// Length of groups' lists
    #[arg(long, default_value_t = 10)]
    group_k: usize,
    #[command(flatten)]
    training: TrainingArgs,
    /// What the items are, a JSON object a line; may repeat
    #[arg(long, value_name = "FILE")]
    items: Vec<PathBuf>,
    /// What the items consist of, for example the songs of artists; may repeat
    #[arg(long, value_name = "FILE")]
    parts: Vec<PathBuf>,
    /// Measure cold items instead: those of {"artists": [..]} are hidden from training, get a vector from --items and --parts, and are
    /// ranked alone for everybody who has one in the training file
    #[arg(long, value_name = "FILE", requires = "items")]
    cold: Option<PathBuf>,
    /// Use a trained model instead of training one
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Lists of another model to compare with
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Write the lists here, as evaluate.py reads them
    #[arg(long, value_name = "FILE")]
    lists: Option<PathBuf>,
    /// Write the groups' lists of the first strategy here
    #[arg(long, value_name = "FILE")]
    group_lists: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Deserialize)]
struct Group {
    id: String,
    #[serde(default)]
    kind: Option<String>,
    members: Vec<String>,
}

impl Evaluate {
    pub(in crate::cli) fn run(self) -> anyhow::Result<()> {
        let lengths = self.lengths()?;
        let strategies = strategies(&self.strategy)?;
        let (known, wanted) = (pairs::read(&self.train)?, pairs::read(&self.test)?);
        if let Some(path) = &self.cold {
            return self.cold(path, known, &lengths);
        }
        let model = self.model(&known)?;
        let test = Test::new(&model, &wanted);
        let longest = lengths.iter().copied().max().unwrap_or(20);
        let lists = test.lists(&model, longest);
        if let Some(path) = &self.lists {
            test.write(&model, &lists, path)?;
        }
        let popularity = model.popularity();
        let people = model.user_ids().len();
        let metrics: Vec<UserMetrics> = lengths.iter().map(|k| evaluate_users(&lists, *k, popularity, people)).collect();
        let compared = self.against.as_ref().map(|path| test.against(&model, path, &metrics, longest)).transpose()?;
        let groups = self.groups.as_ref().map(|path| self.group_metrics(&model, &test, path, &strategies)).transpose()?.unwrap_or_default();
        let mut out = std::io::stdout().lock();
        if self.json {
            serde_json::to_writer(&mut out, &as_json(&model, &metrics, compared.as_ref(), &groups))?;
            writeln!(out)?;
        } else {
            print_people(&mut out, &metrics)?;
            if let Some(compared) = &compared {
                writeln!(out, "\n{compared}")?;
            }
            print_groups(&mut out, &groups)?;
        }
        Ok(())
    }

    fn lengths(&self) -> anyhow::Result<Vec<usize>> {
        let parse = |text: &str| text.trim().parse::<usize>().ok().filter(|k| (1..=1000).contains(k));
        let lengths: Option<Vec<usize>> = self.k.split(',').map(parse).collect();
        Ok(lengths.ok_or_else(|| Usage(format!("--k is numbers between 1 and 1000 with commas between them, not `{}`", self.k)))?)
    }

    fn model(&self, known: &[Pair]) -> anyhow::Result<Model> {
        if let Some(path) = &self.model {
            let model = Model::open(path)?;
            model.verify(path)?;
            return Ok(model);
        }
        let options = self.training.options()?;
        let trained = train(
            &super::train::dataset(known, &self.items, &self.parts)?,
            &options,
            None,
            &AtomicBool::new(false),
            &mut progress::printer(self.quiet),
        )?;
        Ok(trained.into_model()?)
    }

    /// Items nobody has heard: hidden from training, ranked by what their content promises.
    fn cold(&self, path: &Path, known: Vec<Pair>, lengths: &[usize]) -> anyhow::Result<()> {
        #[derive(Deserialize)]
        struct Cold {
            #[serde(alias = "items")]
            artists: Vec<String>,
        }
        let text = std::fs::read(path).with_context(|| path.display().to_string())?;
        let cold: Cold = serde_json::from_slice(&text).map_err(|error| Usage(format!("{}: {error}", path.display())))?;
        let cold: HashSet<String> = cold.artists.into_iter().collect();
        let (hidden, rest): (Vec<Pair>, Vec<Pair>) = known.into_iter().partition(|pair| cold.contains(&pair.item));
        let ids: HashSet<&str> = hidden.iter().chain(&rest).map(|pair| pair.item.as_str()).collect();
        let content = super::content::read(&self.items, &self.parts, &ids)?;
        let data = pairs::dataset(&rest).with_content(content);
        let trained = train(&data, &self.training.options()?, None, &AtomicBool::new(false), &mut progress::printer(self.quiet))?;
        let model = trained.into_model()?;
        let test = Test::new(&model, &hidden);
        let numbers: HashSet<u32> = cold.iter().filter_map(|id| model.item_ids().number(id)).collect();
        let longest = lengths.iter().copied().max().unwrap_or(20);
        let lists = test.lists_among(&model, longest, &numbers);
        let metrics: Vec<UserMetrics> =
            lengths.iter().map(|k| evaluate_users(&lists, *k, model.popularity(), model.user_ids().len())).collect();
        let mut out = std::io::stdout().lock();
        if self.json {
            serde_json::to_writer(&mut out, &as_json(&model, &metrics, None, &[]))?;
            return Ok(writeln!(out)?);
        }
        writeln!(out, "{} cold items, {} of them with content", cold.len(), numbers.len())?;
        Ok(print_people(&mut out, &metrics)?)
    }

    fn group_metrics(
        &self,
        model: &Model,
        test: &Test,
        path: &Path,
        strategies: &[Strategy],
    ) -> anyhow::Result<Vec<(Strategy, Vec<GroupMetrics>)>> {
        let mut groups = Vec::new();
        for (at, line) in tutti_datasets::open_input(path)?.lines().enumerate() {
            let line = line?;
            if !line.trim().is_empty() {
                let group: Group = serde_json::from_str(&line).map_err(|error| Usage(format!("{}:{}: {error}", path.display(), at + 1)))?;
                groups.push(group);
            }
        }
        let mut out = Vec::new();
        for (at, strategy) in strategies.iter().enumerate() {
            let lists = test.group_lists(model, &groups, *strategy, self.group_k);
            if let (0, Some(path)) = (at, &self.group_lists) {
                let mut file = std::io::BufWriter::new(std::fs::File::create(path).with_context(|| path.display().to_string())?);
                for (group, list) in groups.iter().zip(&lists) {
                    let items: Vec<_> = list.items.iter().filter_map(|item| model.item_ids().name(*item)).collect();
                    writeln!(file, "{}", json!({"group": group.id, "items": items}))?;
                }
                file.flush()?;
            }
            out.push((*strategy, evaluate_groups(&lists, self.group_k)));
        }
        Ok(out)
    }
}

fn strategies(text: &str) -> anyhow::Result<Vec<Strategy>> {
    if text == "all" {
        return Ok(Strategy::ALL.iter().map(|(strategy, _)| *strategy).collect());
    }
    let known = || Strategy::ALL.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
    let named = |name: &str| {
        Strategy::named(name.trim()).ok_or_else(|| Usage(format!("`{name}` is no strategy: there are {}, all", known())).into())
    };
    text.split(',').map(named).collect()
}

/// Who has to find what. Items that the training file does not have cannot be found, but count.
struct Test {
    /// Ids in the order of the file, with the number the model has for each and what there is to find.
    people: Vec<(String, Option<u32>, HashSet<u32>)>,
    by_id: HashMap<String, usize>,
}

impl Test {
    fn new(model: &Model, wanted: &[Pair]) -> Test {
        let mut out = Test { people: Vec::new(), by_id: HashMap::new() };
        // Items the model does not know get numbers beyond its own.
        let mut others: HashMap<&str, u32> = HashMap::new();
        for pair in wanted {
            let at = *out.by_id.entry(pair.person.clone()).or_insert_with(|| {
                out.people.push((pair.person.clone(), model.user_ids().number(&pair.person), HashSet::new()));
                out.people.len() - 1
            });
            let next = (model.item_ids().len() + others.len()) as u32;
            let item = model.item_ids().number(&pair.item).unwrap_or_else(|| *others.entry(&pair.item).or_insert(next));
            out.people[at].2.insert(item);
        }
        out
    }

    fn lists(&self, model: &Model, k: usize) -> Vec<(Vec<u32>, HashSet<u32>)> {
        let profile = |at: usize| {
            let number = self.people.get(at).and_then(|(_, number, _)| *number);
            number.and_then(|number| model.profile_of(number)).unwrap_or_else(|| model.profile(&[]))
        };
        let lists = model.exhaustive_lists(self.people.len(), profile, k);
        lists.into_iter().zip(&self.people).map(|(list, (_, _, relevant))| (list, relevant.clone())).collect()
    }

    /// Lists of some items only.
    fn lists_among(&self, model: &Model, k: usize, items: &HashSet<u32>) -> Vec<(Vec<u32>, HashSet<u32>)> {
        let allowed = |item: u32| items.contains(&item);
        let of = |(_, number, relevant): &(String, Option<u32>, HashSet<u32>)| {
            let profile = number.and_then(|number| model.profile_of(number)).unwrap_or_else(|| model.profile(&[]));
            let list = model.exhaustive_candidates(&profile, k, &allowed);
            (list.into_iter().map(|(item, _)| item).collect(), relevant.clone())
        };
        self.people.iter().map(of).collect()
    }

    fn write(&self, model: &Model, lists: &[(Vec<u32>, HashSet<u32>)], path: &Path) -> anyhow::Result<()> {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path).with_context(|| path.display().to_string())?);
        for ((id, _, _), (list, _)) in self.people.iter().zip(lists) {
            let items: Vec<_> = list.iter().filter_map(|item| model.item_ids().name(*item)).collect();
            writeln!(file, "{}", json!({"user": id, "items": items}))?;
        }
        Ok(file.flush()?)
    }

    /// The lists of another model beside ours.
    fn against(&self, model: &Model, path: &Path, ours: &[UserMetrics], longest: usize) -> anyhow::Result<Comparison> {
        #[derive(Deserialize)]
        struct Line {
            user: String,
            items: Vec<String>,
        }
        let mut lists: Vec<(Vec<u32>, HashSet<u32>)> = self.people.iter().map(|(_, _, relevant)| (Vec::new(), relevant.clone())).collect();
        for (at, line) in tutti_datasets::open_input(path)?.lines().enumerate() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            let line: Line = serde_json::from_str(&line).map_err(|error| Usage(format!("{}:{}: {error}", path.display(), at + 1)))?;
            if let Some(at) = self.by_id.get(&line.user) {
                let numbers = line.items.iter().map(|item| model.item_ids().number(item).unwrap_or(u32::MAX));
                lists[*at].0 = numbers.collect();
            }
        }
        let theirs = evaluate_users(&lists, longest, model.popularity(), model.user_ids().len());
        let ours = ours.iter().find(|metrics| metrics.k == longest).cloned().unwrap_or_default();
        let (difference, low, high) = paired_difference(&ours.ndcg_of, &theirs.ndcg_of, 2000, 1);
        Ok(Comparison { k: longest, theirs, difference, low, high })
    }

    fn group_lists(&self, model: &Model, groups: &[Group], strategy: Strategy, k: usize) -> Vec<GroupLists> {
        use rayon::prelude::*;
        groups
            .par_iter()
            .map(|group| {
                let members: Vec<Profile> = group
                    .members
                    .iter()
                    .map(|id| model.user_ids().number(id).and_then(|number| model.profile_of(number)))
                    .map(|profile| profile.unwrap_or_else(|| model.profile(&[])))
                    .collect();
                let seen: HashSet<u32> = members.iter().flat_map(|member| member.known().columns.iter().copied()).collect();
                let relevant = group.members.iter().map(|id| {
                    let wanted = self.by_id.get(id).map(|at| &self.people[*at].2);
                    wanted.into_iter().flatten().copied().filter(|item| !seen.contains(item)).collect()
                });
                let size = group.members.len();
                let mut cuts = vec![format!("size {size}")];
                if let Some(kind) = &group.kind {
                    cuts.extend([kind.clone(), format!("{kind}/{size}")]);
                }
                let list = model.exhaustive_group_list(&members, strategy, k, &|_| true);
                GroupLists { cuts, items: list.into_iter().map(|(item, _)| item).collect(), relevant: relevant.collect() }
            })
            .collect()
    }
}

/// Two models over the same people.
struct Comparison {
    k: usize,
    theirs: UserMetrics,
    difference: f64,
    low: f64,
    high: f64,
}

impl std::fmt::Display for Comparison {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "against: recall@{k} {:.4}, ndcg@{k} {:.4}; ours is {:+.4} in ndcg@{k}, 95 % interval {:+.4} to {:+.4} (paired bootstrap)",
            self.theirs.recall,
            self.theirs.ndcg,
            self.difference,
            self.low,
            self.high,
            k = self.k
        )
    }
}

fn as_json(model: &Model, people: &[UserMetrics], compared: Option<&Comparison>, groups: &[(Strategy, Vec<GroupMetrics>)]) -> Value {
    let groups: BTreeMap<&str, Value> = groups
        .iter()
        .map(|(strategy, cuts)| {
            (strategy.name(), cuts.iter().map(|cut| (cut.cut.clone(), json!(cut))).collect::<serde_json::Map<_, _>>().into())
        })
        .collect();
    let about = model.metadata();
    json!({
        "settings": about.settings,
        "walks": about.item_item,
        "blend": about.blend,
        "passes": about.passes,
        "held_out_ndcg": about.held_out_ndcg,
        "people": people,
        "against": compared.map(|compared| json!({
            "metrics": compared.theirs, "ndcg_difference": compared.difference, "interval": [compared.low, compared.high],
        })),
        "groups": groups,
    })
}

fn print_people(out: &mut impl Write, metrics: &[UserMetrics]) -> std::io::Result<()> {
    writeln!(out, "people {}", metrics.first().map_or(0, |metrics| metrics.users))?;
    write!(out, "{:<14}", "metric")?;
    metrics.iter().try_for_each(|metrics| write!(out, "{:>10}", format!("@{}", metrics.k)))?;
    writeln!(out)?;
    type Figure = fn(&UserMetrics) -> f64;
    let rows: [(&str, Figure); 8] = [
        ("recall", |m| m.recall),
        ("crecall", |m| m.capped_recall),
        ("ndcg", |m| m.ndcg),
        ("hit", |m| m.hit),
        ("mrr", |m| m.mrr),
        ("coverage", |m| m.coverage),
        ("novelty", |m| m.novelty),
        ("concentration", |m| m.concentration),
    ];
    for (name, of) in rows {
        write!(out, "{name:<14}")?;
        metrics.iter().try_for_each(|metrics| write!(out, "{:>10.4}", of(metrics)))?;
        writeln!(out)?;
    }
    Ok(())
}

fn print_groups(out: &mut impl Write, groups: &[(Strategy, Vec<GroupMetrics>)]) -> std::io::Result<()> {
    for (strategy, cuts) in groups {
        writeln!(out, "\ngroups, {}", strategy.name())?;
        let names = ["ndcg_mean", "ndcg_min", "ndcg_ratio", "recall_mean", "zrecall", "dfh", "dpf"];
        write!(out, "{:<16}{:>7}", "cut", "groups")?;
        names.iter().try_for_each(|name| write!(out, "{name:>12}"))?;
        writeln!(out)?;
        for cut in cuts {
            write!(out, "{:<16}{:>7}", cut.cut, cut.groups)?;
            let numbers = [cut.ndcg_mean, cut.ndcg_min, cut.ndcg_ratio, cut.recall_mean, cut.without_hit, cut.first_hit, cut.proportional];
            numbers.iter().try_for_each(|number| write!(out, "{number:>12.4}"))?;
            writeln!(out)?;
        }
    }
    Ok(())
}
