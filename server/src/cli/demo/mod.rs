//! `tutti demo`: the shipped catalogue, indexed and served, with a few things to try.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;
use serde_json::{Map, Value};
use tutti_engine::index::BulkOptions;
use tutti_engine::taste::ModelKind;
use tutti_engine::taste::interactions::{Interaction, Kind};
use tutti_engine::taste::venue::grid::Point;
use tutti_engine::{Access, Engine};

mod party;
mod venue;

use super::serve;
use crate::access::api_keys::{ApiKeys, valid_key};
use crate::app::{log_filter, open_indexes, start_log};
use crate::clock::Clock;
use crate::config::Config;
use crate::http::ApiError;
use crate::http::taste::{Around, GroupBody, songs_for_group, venues_around};
use crate::taste::TasteService;

/// Index the demo catalogue and serve it: the quickest way to see what this is.
#[derive(clap::Args)]
#[command(
    after_help = "The catalogue: some ten thousand generated songs with their artists, listeners and playlists, and six thousand real
venues of London, Copenhagen, Salzburg, Hel and Gdańsk (OpenStreetMap contributors, Greater London Authority).
It is built once; a second `tutti demo` serves what is there. Each start begins a party with four guests in a venue of London whose
regulars are made up. What it prints opens in a browser; `--listen 0.0.0.0:7070` lets phones of the same network in."
)]
pub(super) struct Demo {
    /// The data directory of the demo
    #[arg(long = "data", value_name = "DIR", env = "TUTTI_DEMO_DIR", default_value = "tutti-data/demo")]
    folder: PathBuf,
    /// Address and port; port 0 takes a free one
    #[arg(long, env = "TUTTI_LISTEN", default_value = "127.0.0.1:7070")]
    listen: SocketAddr,
    /// The API key that opens everything; otherwise one is made
    #[arg(long, env = "TUTTI_ADMIN_KEY", hide_env_values = true, value_parser = valid_key)]
    admin_key: Option<String>,
    /// The API key that reads documents; otherwise one is made
    #[arg(long, env = "TUTTI_QUERY_KEY", hide_env_values = true, value_parser = valid_key)]
    query_key: Option<String>,
    /// Build the catalogue anew
    #[arg(long)]
    rebuild: bool,
}

impl Demo {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let mut config = Config::default();
        config.server.data_dir.clone_from(&self.folder);
        config.server.listen = self.listen;
        config.security.admin_key = self.admin_key;
        config.security.query_key = self.query_key;
        config.log.level = std::env::var("TUTTI_LOG").ok().filter(|level| log_filter(level).is_ok()).unwrap_or_else(|| "warn".to_owned());
        start_log(&config.log);
        let engine = Engine::open(&self.folder, Access::WriteIfFree)?;
        if self.rebuild || engine.index_names()?.len() < 5 {
            build(&engine)?;
        }
        drop(engine);
        let venue = {
            let (engine, tastes) = open_indexes(&self.folder, Clock::System)?;
            let venue = venue::find(&engine)?;
            learn(&engine, &tastes, venue.as_deref())?;
            venue
        };
        let folder = self.folder;
        serve::serve(config, move |app| {
            let state = app.state();
            if let Err(error) = show(&state.tastes, &state.engine) {
                println!("no recommendation: {}", error.message());
            }
            let (base, keys) = (app.base().to_owned(), Arc::clone(&state.keys));
            // The server answers once this returns.
            std::thread::spawn(move || {
                let party = party::go_on(&base, &keys.admin, venue.as_deref(), &folder);
                introduce(&base, &folder, &keys, venue.as_deref(), &party);
            });
        })
    }
}

fn build(engine: &Engine) -> anyhow::Result<()> {
    let demo = tutti_datasets::demo();
    index(engine, "songs", demo.songs())?;
    index(engine, "artists", demo.artists())?;
    index(engine, "users", demo.users())?;
    index(engine, "playlists", demo.playlists())?;
    index(engine, "venues", demo.venues())
}

fn index<T: Serialize>(engine: &Engine, name: &str, documents: impl Iterator<Item = T>) -> anyhow::Result<()> {
    let started = Instant::now();
    let Some(definition) = tutti_index_schema::shipped(name) else { anyhow::bail!("no definition of `{name}` is shipped") };
    let mut build = engine.build_index(&definition, &BulkOptions { memory: 32 << 20, ..BulkOptions::default() })?;
    let mut chunk: Vec<Map<String, Value>> = Vec::new();
    for document in documents {
        if let Value::Object(document) = serde_json::to_value(document)? {
            chunk.push(document);
        }
        if chunk.len() == 4096 {
            build.add_documents(&chunk)?;
            chunk.clear();
        }
    }
    build.add_documents(&chunk)?;
    let built = build.finish()?;
    println!("{name:<10} {:>6} documents indexed in {:.1} s", built.documents, started.elapsed().as_secs_f64());
    Ok(())
}

/// Where the demo looks for a venue: latitude, longitude.
const SOHO: (f64, f64) = (51.5142, -0.1340);
/// Interactions in a batch.
const BATCH: usize = 8192;

/// Learns the tastes of the demo's people, once, and shows what comes of it.
fn learn(engine: &Engine, tastes: &TasteService, venue: Option<&str>) -> anyhow::Result<()> {
    let demo = tutti_datasets::demo();
    if tastes.taste.history().table().is_empty() {
        let now = tastes.now();
        let mut rows: Vec<Interaction> =
            demo.listens().zip(0i64..).map(|(listen, at)| interaction(listen, Kind::Listen, now - at % 8_000_000)).collect();
        rows.extend(
            demo.visits(&venue_ids(engine)?)
                .into_iter()
                .zip(0i64..)
                .map(|(visit, at)| interaction(visit, Kind::CheckIn, now - (at * 977) % 2_000_000)),
        );
        for batch in rows.chunks(BATCH) {
            tastes.taste.history().append(batch)?;
        }
        // Two of three agree to be counted near venues.
        for person in demo.users().step_by(3).chain(demo.users().skip(1).step_by(3)) {
            tastes.taste.set_consent(&person.id, true)?;
        }
    }
    if tastes.taste.model(ModelKind::Songs).is_err() {
        let started = Instant::now();
        tastes.train(engine, ModelKind::Songs, |_| ())?;
        if let Some(venue) = venue {
            venue::fill(tastes, venue)?;
        }
        tastes.train(engine, ModelKind::Venues, |_| ())?;
        println!(
            "{:<10} {:>6} interactions learned from in {:.1} s",
            "tastes",
            tastes.taste.history().table().len(),
            started.elapsed().as_secs_f64()
        );
    } else if let Some(venue) = venue {
        venue::fill(tastes, venue)?;
    }
    Ok(())
}

/// Ids of the demo's venues, in order.
fn venue_ids(engine: &Engine) -> anyhow::Result<Vec<String>> {
    let mut ids = Vec::new();
    engine.index("venues")?.each_document(|document| ids.extend(document.get("id").and_then(Value::as_str).map(str::to_owned)))?;
    ids.sort_unstable();
    Ok(ids)
}

fn interaction(listen: tutti_datasets::Listen, kind: Kind, at: i64) -> Interaction {
    let times = if kind == Kind::Listen { listen.weight as f32 } else { 1.0 };
    Interaction { user: listen.user, item: listen.item, kind, at, times, venue: None }
}

/// What some of the demo's people are recommended: songs for them together, and where to go.
fn show(tastes: &TasteService, engine: &Engine) -> Result<(), ApiError> {
    let people = ["u1", "u2", "u3"];
    println!("\nFor {} together:", people.join(", "));
    let songs = songs_for_group(tastes, engine, GroupBody::of_users(&people, 4))?;
    for song in songs.songs {
        println!("  {}: {} ({})", song.artist.unwrap_or_default(), song.title.unwrap_or_default(), song.reason);
    }
    let Some(soho) = Point::new(SOHO.0, SOHO.1) else { return Ok(()) };
    println!("\nFor {}, walking in Soho:", people[0]);
    let venues = venues_around(tastes, engine, &Around::here(soho, &people[..1], 3, tastes.now()))?;
    for venue in venues.venues {
        let text = |name: &str| venue.document.get(name).and_then(Value::as_str).unwrap_or_default();
        println!("  {}, {} ({})", text("name"), text("kind").replace('_', " "), venue.because.join(", "));
    }
    Ok(())
}

fn introduce(base: &str, folder: &Path, keys: &ApiKeys, venue: Option<&str>, party: &Result<party::Party, ureq::Error>) {
    let admin = &keys.admin;
    println!("\nTutti is serving at {base}\n\nIn a browser:");
    match party {
        Ok(party) => println!(
            "  {base}/             begin or join a party
  {base}/r/{code}     join the one that goes on
  {base}/r/{code}/wall#token={screen}
                                     the same party on the big screen
  {base}/r/{code}#as={token}
                                     the same party as its host",
            code = party.code,
            screen = party.screen,
            token = party.token,
        ),
        Err(error) => println!("  no party: {error}"),
    }
    if let Some(venue) = venue {
        println!(
            "  {base}/venue/{venue}#key={admin}
                                     a venue as its owner sees it"
        );
    }
    println!(
        "  {base}/places       where to go, by taste
  {base}/console#key={admin}
                                     search: syntax, facets, scores
  {base}/docs         the API

In another terminal:
  tutti search --data {folder} songs 'title:lov~1 AND NOT live' --facet genres
  tutti search --data {folder} venues '\"red lion\"' --explain
  tutti recommend --data {folder} --group u1,u2,u3 --k 10",
        folder = folder.display(),
    );
    if let Ok(party) = party {
        println!(
            "  tutti rooms watch {code} --server {base}
  curl --json '{{\"text\": \"hello\"}}' -H 'authorization: Bearer {token}' {base}/v1/rooms/{id}/commands/chat:send",
            code = party.code,
            token = party.token,
            id = party.id,
        );
    }
    println!(
        "
With an Azure AI Search SDK: endpoint {base}
  admin key {admin}
  query key {query}

Ctrl-C ends it.",
        query = keys.query,
    );
}
