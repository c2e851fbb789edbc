//! `tutti demo`: the shipped catalogue, indexed and served, with a few things to try.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use serde::Serialize;
use serde_json::{Map, Value};
use tutti_engine::index::BulkOptions;
use tutti_engine::{Access, Engine};

use super::serve;
use crate::http::Limits;
use crate::keys::ApiKeys;

/// Index the demo catalogue and serve it: the quickest way to see what this is.
#[derive(clap::Args)]
#[command(
    after_help = "The catalogue: some ten thousand generated songs with their artists, listeners and playlists, and six thousand real
venues of London, Copenhagen, Salzburg, Hel and Gdańsk (OpenStreetMap contributors, Greater London Authority).
It is built once; a second `tutti demo` serves what is there."
)]
pub(super) struct Demo {
    /// The data directory of the demo
    #[arg(long = "data", value_name = "DIR", env = "TUTTI_DEMO_DIR", default_value = "tutti-data/demo")]
    folder: PathBuf,
    /// Address and port; port 0 takes a free one
    #[arg(long, env = "TUTTI_LISTEN", default_value = "127.0.0.1:7070")]
    listen: SocketAddr,
    /// The API key that opens everything; otherwise one is made
    #[arg(long, env = "TUTTI_ADMIN_KEY", hide_env_values = true, value_parser = serve::key)]
    admin_key: Option<String>,
    /// The API key that reads documents; otherwise one is made
    #[arg(long, env = "TUTTI_QUERY_KEY", hide_env_values = true, value_parser = serve::key)]
    query_key: Option<String>,
    /// Build the catalogue anew
    #[arg(long)]
    rebuild: bool,
}

impl Demo {
    pub(super) fn run(self) -> anyhow::Result<()> {
        serve::start_log(false, "warn");
        let engine = Engine::open(&self.folder, Access::WriteIfFree)?;
        if self.rebuild || engine.index_names()?.len() < 5 {
            build(&engine)?;
        }
        drop(engine);
        let engine = serve::open(&self.folder)?;
        let keys = ApiKeys::open(&self.folder, self.admin_key, self.query_key).context("cannot keep the API keys")?;
        let shown = keys.clone();
        serve::serve(engine, keys, self.listen, Limits::default(), None, |base| introduce(base, &self.folder, &shown))
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

fn introduce(base: &str, folder: &Path, keys: &ApiKeys) {
    println!(
        "
Tutti is serving at {base}

In a browser:
  {base}/
  {base}/v1/songs/search?q=love&facet=genres&highlight=title&pretty=true
  {base}/v1/venues/search?q=crown+OR+anchor&facet=city&pretty=true

In another terminal:
  tutti search --data {folder} songs 'title:lov~1 AND NOT live' --facet genres
  tutti search --data {folder} songs 'night' --filter 'year ge 1980 and year lt 1990' --sort 'year desc'
  tutti search --data {folder} venues '\"red lion\"' --explain

With an Azure AI Search SDK: endpoint {base}
  admin key {admin}
  query key {query}

Ctrl-C ends it.",
        folder = folder.display(),
        admin = keys.admin,
        query = keys.query,
    );
}
