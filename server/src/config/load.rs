//! One configuration out of all sources: a flag is stronger than the environment, that than the file, that than the default. Every
//! diagnostic is reported, not only the first.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::file::{self, Entry};
use super::keys::{KEYS, Key};
use super::values::Input;
use super::{Config, Conformance};

/// What `config print` writes instead of a secret.
pub(super) const MASK: &str = "***";

/// Variables of the environment that are no settings of the server.
const OTHERS: [&str; 9] = [
    "TUTTI_CONFIG",
    "TUTTI_URL",
    "TUTTI_SERVER",
    "TUTTI_TOKEN",
    "TUTTI_DEMO_DIR",
    "TUTTI_KEY",
    "TUTTI_FROM_AZURE_KEY",
    "TUTTI_WEB",
    "TUTTI_BIN",
];

/// Where settings come from.
#[derive(Default)]
pub(crate) struct Sources {
    /// Flags by the name of their key.
    pub(crate) flags: HashMap<&'static str, String>,
    /// The environment.
    pub(crate) environment: HashMap<String, String>,
    /// The file that was named; otherwise the one that `TUTTI_CONFIG` names, or `tutti.toml` in the data directory.
    pub(crate) file: Option<PathBuf>,
    /// Whether the mask of a secret is accepted: when a file is only checked.
    pub(crate) masks: bool,
}

impl Sources {
    /// The environment of this process and some flags.
    pub(crate) fn of_process(flags: HashMap<&'static str, String>, file: Option<PathBuf>) -> Sources {
        let environment = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Sources { flags, environment: environment.collect(), file, masks: false }
    }

    /// A variable that is set; empty is as good as unset.
    fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Default,
    /// A line of a file.
    File(String, usize),
    /// A variable of the environment.
    Environment(String),
    /// A flag of the command line.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Default => f.write_str("default"),
            Source::File(file, line) => write!(f, "{file}:{line}"),
            Source::Environment(name) => write!(f, "env {name}"),
            Source::Flag(name) => write!(f, "flag --{name}"),
        }
    }
}

/// Something wrong in a source.
#[derive(Debug)]
pub(super) struct Diagnostic {
    /// `FILE:LINE:COLUMN`, a variable or a flag.
    pub(super) place: String,
    pub(super) message: String,
}

/// Everything that is wrong, one line each.
#[derive(Debug, thiserror::Error)]
pub(crate) struct ConfigError {
    diagnostics: Vec<Diagnostic>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Diagnostic { place, message }) in self.diagnostics.iter().enumerate() {
            write!(f, "{}{place}: {message}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

/// A configuration and where each key of it came from.
pub(crate) struct Loaded {
    pub(crate) config: Config,
    pub(super) sources: HashMap<&'static str, Source>,
}

impl Loaded {
    /// Reads all sources.
    ///
    /// # Errors
    /// Everything that is wrong in any of them, with its place.
    pub(crate) fn from(sources: &Sources) -> Result<Loaded, ConfigError> {
        let mut loading = Loading { config: Config::default(), sources: HashMap::new(), diagnostics: Vec::new() };
        if let Some(path) = file_of(sources) {
            loading.file(&path, sources);
        }
        loading.environment(sources);
        loading.flags(sources);
        loading.together();
        if loading.diagnostics.is_empty() {
            Ok(Loaded { config: loading.config, sources: loading.sources })
        } else {
            Err(ConfigError { diagnostics: loading.diagnostics })
        }
    }

    pub(super) fn source(&self, key: &Key) -> Source {
        self.sources.get(key.name).cloned().unwrap_or(Source::Default)
    }
}

/// The file that counts, if there is one.
fn file_of(sources: &Sources) -> Option<PathBuf> {
    if let Some(named) = sources.file.clone().or_else(|| sources.variable("TUTTI_CONFIG").map(PathBuf::from)) {
        return Some(named);
    }
    let data = sources.flags.get("server.data_dir").map(String::as_str);
    let data = data.or_else(|| sources.variable("TUTTI_SERVER_DATA_DIR")).or_else(|| sources.variable("TUTTI_DATA_DIR"));
    let path = data.map_or(Config::default().server.data_dir, PathBuf::from).join("tutti.toml");
    path.is_file().then_some(path)
}

struct Loading {
    config: Config,
    sources: HashMap<&'static str, Source>,
    diagnostics: Vec<Diagnostic>,
}

impl Loading {
    fn file(&mut self, path: &Path, sources: &Sources) {
        let name = path.display().to_string();
        let text = std::fs::read(path)
            .map_err(|error| Diagnostic { place: name.clone(), message: format!("cannot be read: {error}") })
            .and_then(|bytes| file::text(&name, bytes));
        let text = match text {
            Ok(text) => text,
            Err(diagnostic) => return self.diagnostics.push(diagnostic),
        };
        let (table, broken) = DeTable::parse_recoverable(&text);
        let mut wrong: Vec<(usize, String)> = broken
            .iter()
            .map(|error| (error.span().map_or(0, |span| span.start), toml_message(error.message(), &text, error.span())))
            .collect();
        if wrong.is_empty() {
            for entry in file::entries(table.get_ref(), &mut wrong) {
                if let Err((at, message)) = self.entry(&entry, &name, &text, sources) {
                    wrong.push((at, message));
                }
            }
        }
        wrong.sort();
        self.diagnostics.extend(wrong.into_iter().map(|(at, message)| file::diagnostic(&name, &text, at, message)));
    }

    fn entry(&mut self, entry: &Entry<'_>, file: &str, text: &str, sources: &Sources) -> Result<(), (usize, String)> {
        let at_value = |message: String| (entry.value_at, format!("{} {message}", entry.name));
        let source = Source::File(file.to_owned(), file::place(text, entry.key_at).0);
        let input = Input::Toml(entry.value);
        if let Some(key) = KEYS.iter().find(|key| key.name == entry.name) {
            let mask = key.secret && input.text().is_ok_and(|text| text == MASK);
            if mask && !sources.masks {
                return Err(at_value("is the mask that `config print` writes; write the secret".to_owned()));
            }
            if !mask {
                (key.read)(&mut self.config, input).map_err(at_value)?;
            }
            self.sources.insert(key.name, source);
        } else if let Some(key) = KEYS.iter().find(|key| entry.name.strip_suffix("_file") == Some(key.name)) {
            let path = input.text().map_err(at_value)?;
            let secret = secret_in(Path::new(&path)).map_err(at_value)?;
            (key.read)(&mut self.config, Input::Text(&secret)).map_err(at_value)?;
            self.sources.insert(key.name, source);
        }
        Ok(())
    }

    fn environment(&mut self, sources: &Sources) {
        for key in KEYS {
            let regular = key.variable();
            let file = format!("{regular}_FILE");
            let alias = || key.aliases.iter().find_map(|alias| Some((alias, sources.variable(alias.name)?)));
            let (name, value) = if let Some(value) = sources.variable(&regular) {
                // An old name that is the regular one today keeps its unit.
                let old = key.aliases.iter().find(|alias| alias.name == regular);
                let value = old.map_or_else(|| value.to_owned(), |alias| (alias.regular)(value));
                (regular, Ok(value))
            } else if let Some((alias, value)) = alias() {
                (alias.name.to_owned(), Ok((alias.regular)(value)))
            } else if let Some(path) = sources.variable(&file).filter(|_| key.secret) {
                (file, secret_in(Path::new(path)))
            } else {
                continue;
            };
            let read = value.and_then(|value| (key.read)(&mut self.config, Input::Text(&value)));
            match read {
                Ok(()) => drop(self.sources.insert(key.name, Source::Environment(name))),
                Err(message) => self.diagnostics.push(Diagnostic { place: name, message }),
            }
        }
    }

    fn flags(&mut self, sources: &Sources) {
        for key in KEYS {
            let Some(value) = sources.flags.get(key.name) else { continue };
            match (key.read)(&mut self.config, Input::Text(value)) {
                Ok(()) => drop(self.sources.insert(key.name, Source::Flag(key.flag.to_owned()))),
                Err(message) => self.diagnostics.push(Diagnostic { place: format!("--{}", key.flag), message }),
            }
        }
    }

    /// What must go together.
    fn together(&mut self) {
        let config = &self.config;
        let pairs = [
            ("tls.cert", "tls.key", config.tls.cert.is_some(), config.tls.key.is_some()),
            ("tls.key", "tls.cert", config.tls.key.is_some(), config.tls.cert.is_some()),
            ("web.tile_credit", "web.tile_url", config.web.tile_credit.is_some(), config.web.tile_url.is_some()),
        ];
        for (one, other, set, there) in pairs {
            if set && !there {
                self.diagnostics
                    .push(Diagnostic { place: self.place(one), message: format!("{one} needs {other} (--{}) beside it", flag_of(other)) });
            }
        }
        if config.server.conformance != Conformance::Off && !config.server.listen.ip().is_loopback() {
            let message = format!("server.conformance is for loopback only, and server.listen is {}", config.server.listen);
            self.diagnostics.push(Diagnostic { place: self.place("server.conformance"), message });
        }
    }

    /// Where a key was set, for a message.
    fn place(&self, name: &str) -> String {
        match self.sources.get(name) {
            Some(Source::File(file, line)) => format!("{file}:{line}:1"),
            Some(Source::Environment(variable)) => variable.clone(),
            Some(Source::Flag(flag)) => format!("--{flag}"),
            Some(Source::Default) | None => name.to_owned(),
        }
    }
}

/// The flag of a key.
fn flag_of(name: &str) -> &'static str {
    KEYS.iter().find(|key| key.name == name).map_or("", |key| key.flag)
}

/// What the TOML parser said, with the text it said it of.
fn toml_message(message: &str, text: &str, span: Option<std::ops::Range<usize>>) -> String {
    let said = span.and_then(|span| text.get(span)).map(str::trim).filter(|said| !said.is_empty() && !said.contains('\n'));
    match said {
        Some(said) if !message.contains(said) => format!("{message}: `{said}`"),
        _ => message.to_owned(),
    }
}

/// The secret in a file, without the line's end.
fn secret_in(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("names {}, which cannot be read: {error}", path.display()))?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

/// The variables `TUTTI_*` that nobody reads, each with what may have been meant. Never their values.
pub(crate) fn unknown_variables(sources: &Sources) -> Vec<String> {
    let mut known: Vec<String> = OTHERS.iter().map(|name| (*name).to_owned()).collect();
    for key in KEYS {
        known.push(key.variable());
        if key.secret {
            known.push(format!("{}_FILE", key.variable()));
        }
        known.extend(key.aliases.iter().map(|alias| alias.name.to_owned()));
    }
    let mut unknown: Vec<String> = sources
        .environment
        .keys()
        .filter(|name| name.starts_with("TUTTI_") && sources.variable(name).is_some() && !known.contains(name))
        .map(|name| format!("{name}{}", file::nearest(name, known.iter().map(String::as_str))))
        .collect();
    unknown.sort();
    unknown
}
