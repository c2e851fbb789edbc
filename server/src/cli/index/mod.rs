//! `tutti index`: files, or another service (`from_azure`), to a new index, swapped in when it is complete (`run`).

mod from_azure;
mod run;

use std::path::PathBuf;

use anyhow::Context;
use indicatif::HumanCount;
use tutti_datasets::{Conversion, ConversionOptions, Format, LeftOut, Mapping};
use tutti_engine::index::BulkOptions;
use tutti_engine::{Access, Engine};
use tutti_index_schema::IndexDefinition;

use from_azure::{Copy, Part};
use run::{Run, bytes_bar};

use super::{Data, Usage};

/// Names of members that were left out, shown at the end.
const SHOWN: usize = 20;

/// Build an index from files, or from a live Azure AI Search service, in bulk, and swap it in when it is complete.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tutti index --index songs songs.jsonl.gz
  tutti index --index songs spotify_songs.csv
  tutti index --index venues london_pubs.geojson copenhagen.geojson
  tutti index --index tracks --definition tracks.json --map track_name=title --map 'tags=tags:string:;' tracks.csv
  zcat dump.gz | tutti index --index songs -
  tutti index --index things --definition things.json --ignore-unknown dump/shop/things.bson
  tutti index --index things --definition things.json --source-index things-v2 scroll.json
  TUTTI_FROM_AZURE_KEY=... tutti index --from-azure https://NAME.search.windows.net --index hotels

The index is built beside the one that is served and replaces it in one step at the end; interrupted or killed, it
leaves everything as it was. Rows that are no documents of the index go to a file with line and reason. Documents
written through a running server while the build goes on are kept.

Files of MongoDB (extended JSON, BSON) and of Elasticsearch or OpenSearch (_bulk files, answers to searches, hits): `_id`
becomes the key unless the row has the key field; a scalar is taken for a list, a list of one for a value, places and dates in
their notations.

--from-azure copies definition, synonym maps and documents. Killed, the same command goes on after the last whole page.")]
pub(super) struct Index {
    #[command(flatten)]
    data: Data,
    /// The index to build
    #[arg(long)]
    index: String,
    /// Its definition, in Azure AI Search's JSON; needed once for an index that is not a shipped one
    #[arg(long, value_name = "FILE.json")]
    definition: Option<PathBuf>,
    /// The format, when it is not recognised by itself; "list" shows the names
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    /// Column to field: column=field, column=field:type, column=field:type:separator; may repeat
    #[arg(long = "map", value_name = "COLUMN=FIELD")]
    map: Vec<String>,
    /// A column mapping as a JSON file
    #[arg(long, value_name = "FILE.json")]
    mapping: Option<PathBuf>,
    /// Where rejected rows go
    #[arg(long, value_name = "FILE", default_value = "tutti-rejects.jsonl")]
    rejects: PathBuf,
    /// Stop at the first rejected row and change nothing
    #[arg(long)]
    strict: bool,
    /// Indexing threads; 0 is one per core
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Megabytes of memory per indexing thread
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(16..=16384))]
    memory: u32,
    /// Leave the index in several segments: sooner ready, slower to search
    #[arg(long)]
    no_merge: bool,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
    /// Leave out members that have no field instead of refusing the row; they are counted by name
    #[arg(long)]
    ignore_unknown: bool,
    /// Write every key in base64url without padding, for keys of any characters
    #[arg(long)]
    encode_keys: bool,
    /// Of Elasticsearch's rows take only those of this index
    #[arg(long, value_name = "NAME")]
    source_index: Option<String>,
    #[command(flatten)]
    azure: FromAzure,
    /// The files: jsonl, json, csv, tsv, parquet, geojson, mongodb, bson, elasticsearch and others, plain or gzip or zstd; - is
    /// standard input
    #[arg(required_unless_present_any = ["format_list", "from_azure"], value_name = "FILE")]
    files: Vec<PathBuf>,
    #[arg(long, hide = true)]
    format_list: bool,
}

/// A live service instead of files.
#[derive(clap::Args)]
struct FromAzure {
    /// Copy an index of a live Azure AI Search service: its address, https unless it is this machine
    #[arg(long, value_name = "URL", conflicts_with_all = ["files", "definition", "format", "map", "mapping", "ignore_unknown", "encode_keys", "source_index"])]
    from_azure: Option<String>,
    /// The index there, when it has another name
    #[arg(long, value_name = "NAME", requires = "from_azure")]
    source: Option<String>,
    /// The service's admin key; better in the environment, where no list of processes shows it
    #[arg(long, value_name = "KEY", env = "TUTTI_FROM_AZURE_KEY", hide_env_values = true)]
    key: Option<String>,
    /// Begin anew instead of going on with a copy that was interrupted
    #[arg(long, requires = "from_azure")]
    restart: bool,
    /// Read by ranges of this number or date; chosen by itself beyond 100,000 documents
    #[arg(long, value_name = "FIELD", requires = "from_azure")]
    range_field: Option<String>,
    /// Parts of the definition to leave behind
    #[arg(long, value_name = "PART", value_enum, value_delimiter = ',', requires = "from_azure")]
    without: Vec<Part>,
}

impl Index {
    pub(super) fn run(self) -> anyhow::Result<()> {
        if self.format_list || self.format.as_deref() == Some("list") {
            Format::names().for_each(|name| println!("{name}"));
            return Ok(());
        }
        match &self.azure.from_azure {
            Some(url) => self.copy(url),
            None => self.read_files(),
        }
    }

    fn options(&self) -> BulkOptions {
        BulkOptions { threads: self.threads, memory: (self.memory as usize) << 20, merge: !self.no_merge }
    }

    fn copy(&self, url: &str) -> anyhow::Result<()> {
        let key = self.azure.key.as_deref().filter(|key| !key.is_empty());
        let copy = Copy {
            url,
            key: key.ok_or_else(|| Usage("the service's key is missing: set TUTTI_FROM_AZURE_KEY, or --key".to_owned()))?,
            source: self.azure.source.as_deref().unwrap_or(&self.index),
            index: &self.index,
            data: &self.data.folder,
            restart: self.azure.restart,
            range_field: self.azure.range_field.as_deref(),
            without: &self.azure.without,
            rejects: &self.rejects,
            strict: self.strict,
            quiet: self.quiet,
            options: self.options(),
        };
        copy.run()
    }

    fn read_files(self) -> anyhow::Result<()> {
        let formats = self.formats()?;
        let mapping = self.mapping()?;
        let engine = Engine::open(&self.data.folder, Access::WriteIfFree)?;
        let definition = self.definition(&engine)?;
        let options = ConversionOptions {
            ignore_unknown: self.ignore_unknown,
            encode_keys: self.encode_keys,
            source_index: self.source_index.clone(),
        };
        let conversion = Conversion::new(mapping, &definition, options);
        let build = engine.build_index(&definition, &self.options())?;
        let mut run = Run::new(build, &self.rejects, self.strict, bytes_bar(&self.files, self.quiet));
        for (file, format) in self.files.iter().zip(formats) {
            run.file(file, format, &definition.name, &conversion)?;
        }
        let left_out = conversion.left_out();
        if run.is_empty() {
            show_left_out(&left_out);
            return run.refuse_empty();
        }
        run.finish(&engine, &self.data.folder, &definition.name)?;
        show_left_out(&left_out);
        Ok(())
    }

    /// The format of each file: what is not read here is refused before the first one is.
    fn formats(&self) -> anyhow::Result<Vec<Format>> {
        let given = self.format.as_deref().map(str::parse::<Format>).transpose().map_err(|error| Usage(error.to_string()))?;
        let mut formats = Vec::with_capacity(self.files.len());
        for file in &self.files {
            let format = match given {
                Some(format) => format,
                None => tutti_datasets::detect(file).map_err(refused)?,
            };
            if self.source_index.is_some() && format != Format::Elasticsearch {
                let text = format!("--source-index is for Elasticsearch's files, and {} is {}", file.display(), format.name());
                return Err(Usage(text).into());
            }
            formats.push(format);
        }
        Ok(formats)
    }

    fn mapping(&self) -> anyhow::Result<Mapping> {
        let mut mapping = match &self.mapping {
            Some(path) => {
                let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
                Mapping::from_json(&bytes).map_err(|error| Usage(format!("{}: {error}", path.display())))?
            }
            None => Mapping::default(),
        };
        for pair in &self.map {
            mapping.add_pair(pair).map_err(|error| Usage(error.to_string()))?;
        }
        Ok(mapping)
    }

    /// The definition given, the one in force, or the shipped one.
    fn definition(&self, engine: &Engine) -> anyhow::Result<IndexDefinition> {
        if let Some(path) = &self.definition {
            let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            let mut definition = IndexDefinition::from_json(&bytes).map_err(|errors| Usage(format!("{}:\n{errors}", path.display())))?;
            definition.name.clone_from(&self.index);
            return Ok(definition);
        }
        match engine.index(&self.index) {
            Ok(index) => Ok((*index.definition()).clone()),
            Err(tutti_engine::Error::NoSuchIndex(name)) => tutti_index_schema::shipped(&name).ok_or_else(|| {
                let shipped: Vec<_> = tutti_index_schema::shipped_names().collect();
                Usage(format!(
                    "there is no index `{name}` and none is shipped by that name ({}); give --definition FILE.json",
                    shipped.join(", ")
                ))
                .into()
            }),
            Err(error) => Err(error.into()),
        }
    }
}

/// A file of a kind that is not read here is the command line's mistake.
fn refused(error: tutti_datasets::Error) -> anyhow::Error {
    match error {
        tutti_datasets::Error::Archive { .. } => Usage(error.to_string()).into(),
        error => error.into(),
    }
}

fn show_left_out(left_out: &LeftOut) {
    if left_out.rows > 0 {
        eprintln!("{} rows of other indexes were left out", HumanCount(left_out.rows));
    }
    if left_out.members.is_empty() {
        return;
    }
    let shown: Vec<String> = left_out.members.iter().take(SHOWN).map(|(name, count)| format!("{name} ({})", HumanCount(*count))).collect();
    let more = left_out.members.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more names") } else { String::new() };
    eprintln!("members without a field were left out: {}{more}", shown.join(", "));
}
