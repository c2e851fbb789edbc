//! The configuration as text: the one in effect, the defaults with their meanings, one key explained.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::file::nearest;
use super::keys::{self, KEYS, Key, Shown};
use super::load::{Loaded, MASK, Source};
use super::{Config, ConfigError};

/// What is printed of a key.
fn shown(config: &Config, key: &Key) -> Shown {
    match (key.show)(config) {
        Shown::Text(_) if key.secret => Shown::Text(MASK.to_owned()),
        shown => shown,
    }
}

/// The configuration in effect as TOML that `config check` accepts; `sources` adds where each value came from.
pub(crate) fn as_toml(loaded: &Loaded, sources: bool) -> String {
    let mut out = String::new();
    let mut section = "";
    for key in KEYS {
        let Some(value) = shown(&loaded.config, key).toml() else { continue };
        let (of, name) = key.parts();
        if of != section {
            let _ = writeln!(out, "{}[{of}]", if section.is_empty() { "" } else { "\n" });
            section = of;
        }
        let _ = write!(out, "{name} = {value}");
        if sources {
            let _ = write!(out, "  # {}", loaded.source(key));
        }
        out.push('\n');
    }
    out
}

/// The same as JSON: sizes are bytes, durations texts, what is not set is null.
pub(crate) fn as_json(loaded: &Loaded, sources: bool) -> Value {
    let mut out = Map::new();
    let mut origins = Map::new();
    for key in KEYS {
        let (section, name) = key.parts();
        let of = out.entry(section).or_insert_with(|| Value::Object(Map::new()));
        of[name] = shown(&loaded.config, key).json();
        origins.insert(key.name.to_owned(), Value::from(loaded.source(key).to_string()));
    }
    if sources {
        out.insert("sources".to_owned(), Value::Object(origins));
    }
    Value::Object(out)
}

/// A whole file with every key commented out, its meaning above it.
pub(crate) fn defaults() -> String {
    let config = Config::default();
    let mut out = "# Every setting of Tutti with its default. Take the # away where another value is wanted.\n".to_owned();
    let mut section = "";
    for key in KEYS {
        let (of, name) = key.parts();
        if of != section {
            let _ = write!(out, "\n[{of}]\n");
            section = of;
        }
        let value = shown(&config, key).toml().unwrap_or_else(|| "\"\"".to_owned());
        let _ = write!(out, "# {} ({})\n# {name} = {value}\n", key.meaning, key.form);
    }
    out
}

/// Everything about one key.
///
/// # Errors
/// What may have been meant, when there is no such key.
pub(crate) fn explain(name: &str, loaded: Result<&Loaded, &ConfigError>) -> Result<String, String> {
    let Some(key) = keys::find(name) else {
        return Err(format!("unknown key \"{name}\"{}", nearest(name, KEYS.iter().map(|key| key.name))));
    };
    let value = |config: &Config| shown(config, key).toml().unwrap_or_else(|| "not set".to_owned());
    let mut variables = vec![key.variable()];
    if key.secret {
        variables.push(format!("{}_FILE (a file that holds it)", key.variable()));
    }
    variables.extend(key.aliases.iter().map(|alias| alias.name.to_owned()));
    let mut out = format!("{}\n  {}\n\n", key.name, key.meaning);
    let _ = writeln!(out, "  form         {}", key.form);
    let _ = writeln!(out, "  default      {}", value(&Config::default()));
    let _ = writeln!(out, "  environment  {}", variables.join(", "));
    let _ = writeln!(out, "  flag         --{}", key.flag);
    let _ = writeln!(out, "  reload       no; a change holds after a restart");
    match loaded {
        Ok(loaded) => {
            let source = match loaded.source(key) {
                Source::Default => "the default".to_owned(),
                other => other.to_string(),
            };
            let _ = writeln!(out, "  now          {}, from {source}", value(&loaded.config));
        }
        Err(error) => {
            let _ = writeln!(out, "  now          unknown: {error}");
        }
    }
    Ok(out)
}
