//! `tutti search`: one query to a table or JSON, or a file of queries.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use tutti_engine::search::{HighlightRequest, HybridCount, SearchRequest, SearchResponse, apply_corrections};
use tutti_engine::{Access, Engine};

use super::{Data, Usage, batch, table};
use crate::clock::Clock;
use crate::http::catalogue;
use crate::query_parameters::{self, Syntax};

/// Search an index, or answer a file of queries.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tutti search songs 'title:lov* AND NOT live'
  tutti search songs 'artist:\"daft punk\"~2 title:lov~' --facet genres --explain
  tutti search songs love --filter 'year ge 1980 and year lt 1990' --sort 'year desc' --top 5
  tutti search venues 'crown' --facet city --facet kind --json
  tutti search songs --batch queries.jsonl > answers.jsonl")]
pub(super) struct Search {
    #[command(flatten)]
    data: Data,
    /// The index
    index: String,
    /// The query; "" finds everything. Needed unless --batch, --like or --vector is given
    #[arg(required_unless_present_any = ["batch", "like", "vector"], conflicts_with = "batch")]
    query: Option<String>,
    /// Answer a file of queries instead, one JSON object a line (- is standard input): {"id","query","mode","fields","syntax","top"}
    #[arg(long, value_name = "FILE")]
    batch: Option<PathBuf>,
    /// The grammar of the query
    #[arg(long, value_enum, default_value_t)]
    syntax: Syntax,
    /// How words without an operator combine: any or all of them
    #[arg(long, default_value = "any")]
    mode: String,
    /// Fields to search when the query names none, each with a factor if wanted: title^3,artist
    #[arg(long, default_value = "", value_name = "FIELD[^FACTOR],...", hide_default_value = true)]
    fields: String,
    /// A condition that does not count towards the score, in OData: "year ge 1990 and genres/any(g: g eq 'rock')"
    #[arg(long, default_value = "", value_name = "ODATA", hide_default_value = true)]
    filter: String,
    /// Count values of a field: genres, genres,count:20,sort:value, year,interval:10, year,values:1980|1990; may repeat
    #[arg(long, value_name = "FIELD[,OPTION:VALUE...]")]
    facet: Vec<String>,
    /// Keep documents with one of these values, without narrowing that field's own facet: genres:rock|jazz; may repeat
    #[arg(long, value_name = "FIELD:VALUE[|VALUE...]")]
    choose: Vec<String>,
    /// Sort keys: "year desc, score"
    #[arg(long, default_value = "", value_name = "KEYS", hide_default_value = true)]
    sort: String,
    /// Hits to show
    #[arg(long, default_value_t = 10)]
    top: usize,
    /// Hits to leave out at the start
    #[arg(long, default_value_t = 0)]
    skip: usize,
    /// Go on after this cursor, as the page before printed it
    #[arg(long)]
    cursor: Option<String>,
    /// Fields to show
    #[arg(long, default_value = "", value_name = "FIELD,...", hide_default_value = true)]
    select: String,
    /// Mark what matched in these fields
    #[arg(long, default_value = "", value_name = "FIELD[-FRAGMENTS],...", hide_default_value = true)]
    highlight: String,
    /// One hit for each value of this field
    #[arg(long, value_name = "FIELD")]
    distinct: Option<String>,
    /// Documents like the one with this key
    #[arg(long, value_name = "KEY", conflicts_with = "query")]
    like: Option<String>,
    /// Places whose distance hits say, and that --sort distance goes by: place:51.2,0.1;50.9,-0.7
    #[arg(long, value_name = "FIELD:LAT,LON[;LAT,LON...]")]
    near: Option<String>,
    /// How far from the nearest place, in kilometres: 30, or a ring, 20..60
    #[arg(long, value_name = "KM", requires = "near")]
    within: Option<String>,
    /// Look for the neighbours of a vector: vec,k:20,values:0.1|0.2; may repeat
    #[arg(long, value_name = "FIELD[,OPTION:VALUE...],values:N|N")]
    vector: Vec<String>,
    /// The scoring profile that ranks
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Values of a parameter of the scoring profile: who-Ann,Bob; may repeat
    #[arg(long, value_name = "NAME-VALUE[,VALUE...]")]
    parameter: Vec<String>,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Say how each score came about
    #[arg(long)]
    explain: bool,
    /// Whether the index's curation rules hold (`tutti rules`)
    #[arg(long, value_enum, default_value_t)]
    rules: OnOff,
}

/// Whether something holds.
#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum OnOff {
    #[default]
    On,
    Off,
}

impl Search {
    pub(super) fn run(self) -> anyhow::Result<()> {
        if !self.data.folder.is_dir() {
            return Err(Usage(format!(
                "there is no data directory {}: make one with `tutti index` or `tutti demo`",
                self.data.folder.display()
            ))
            .into());
        }
        let engine = Engine::open(&self.data.folder, Access::WriteIfFree)?;
        let index = engine.index(&self.index).map_err(|error| self.with_names(&engine, error))?;
        if let Some(path) = &self.batch {
            return batch::run(&index, path, self.rules == OnOff::On);
        }
        let text = self.query.clone().unwrap_or_default();
        let mut request = self.request(&text)?;
        let started = Instant::now();
        // As over HTTP: what is like a document is found without rules.
        let rules = match self.rules {
            OnOff::On if self.like.is_none() => catalogue::apply_rules(&index, &text, &self.filter, &mut request)?,
            OnOff::On | OnOff::Off => Vec::new(),
        };
        let response = index.search(&request).map_err(|error| match error {
            tutti_engine::Error::Query(error) => anyhow::Error::from(Usage::query(&text, &error)),
            error => error.into(),
        })?;
        let took = started.elapsed();
        let mut out = std::io::stdout().lock();
        if self.json {
            let corrected = corrected(&text, &response);
            let answer = catalogue::SearchResult { rules, ..catalogue::response(response, corrected, took) };
            serde_json::to_writer_pretty(&mut out, &answer)?;
            writeln!(out)?;
        } else {
            let corrected = corrected(&text, &response);
            table::print(&mut out, &index.definition(), &response, corrected.as_deref(), took).context("cannot print")?;
            if !rules.is_empty() {
                writeln!(out, "rules: {}", rules.join(", "))?;
            }
        }
        Ok(())
    }

    fn request(&self, text: &str) -> Result<SearchRequest, Usage> {
        let plain = |error| Usage::word("", error);
        let highlight = query_parameters::highlight(&self.highlight).map_err(plain)?;
        let (pre_tag, post_tag) =
            if !self.json && std::io::stdout().is_terminal() { ("\u{1b}[1m", "\u{1b}[0m") } else { ("<em>", "</em>") };
        let near = self.near.as_ref().map(|near| query_parameters::near(near, self.within.as_deref())).transpose().map_err(plain)?;
        let sort = query_parameters::sort(&self.sort).map_err(plain)?;
        let parameters = self.parameter.iter().map(|text| query_parameters::profile_parameter(text));
        Ok(SearchRequest {
            sort: catalogue::sort_with_distance(sort, near.as_ref()),
            near,
            distinct: self.distinct.clone(),
            like: self.like.clone(),
            vectors: self.vector.iter().map(|text| query_parameters::vector(text)).collect::<Result<_, _>>().map_err(plain)?,
            hybrid_count: HybridCount::Listed,
            profile: self.profile.clone(),
            now_micros: Some(Clock::System.now_micros()),
            profile_parameters: parameters.collect::<Result<_, _>>().map_err(plain)?,
            query: query_parameters::query(text, self.syntax).map_err(|error| Usage::word(text, error))?,
            mode: query_parameters::mode(&self.mode).map_err(plain)?,
            fields: query_parameters::fields(&self.fields).map_err(plain)?,
            filter: query_parameters::filter(&self.filter).map_err(|error| Usage::word(&self.filter, error))?,
            post_filter: self.choose.iter().map(|text| query_parameters::choice(text)).collect::<Result<_, _>>().map_err(plain)?,
            facets: self.facet.iter().map(|text| query_parameters::facet(text)).collect::<Result<_, _>>().map_err(plain)?,
            skip: self.skip,
            top: self.top,
            cursor: self.cursor.clone(),
            count: true,
            select: (!self.select.is_empty()).then(|| query_parameters::names(&self.select)),
            highlight: (!highlight.is_empty()).then(|| HighlightRequest {
                fields: highlight,
                pre_tag: pre_tag.to_owned(),
                post_tag: post_tag.to_owned(),
                fragment_chars: 160,
            }),
            explain: self.explain,
            did_you_mean: true,
            ..SearchRequest::default()
        })
    }

    fn with_names(&self, engine: &Engine, error: tutti_engine::Error) -> anyhow::Error {
        let names = engine.index_names().unwrap_or_default();
        match error {
            tutti_engine::Error::NoSuchIndex(name) if names.is_empty() => Usage(format!(
                "index `{name}` does not exist; {} holds none yet: `tutti index --index {name} FILE` makes it",
                self.data.folder.display()
            ))
            .into(),
            tutti_engine::Error::NoSuchIndex(name) => {
                Usage(format!("index `{name}` does not exist; there are {}", names.join(", "))).into()
            }
            error => error.into(),
        }
    }
}

fn corrected(text: &str, response: &SearchResponse) -> Option<String> {
    (!response.corrections.is_empty()).then(|| apply_corrections(text, &response.corrections))
}
