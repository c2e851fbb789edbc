//! The flags of `serve` and `config`, made from the list of keys.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::keys::{KEYS, Key};
use super::{Config, Loaded, Sources};

/// The flags that were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    given: HashMap<&'static str, String>,
    file: Option<PathBuf>,
}

impl Flags {
    /// These flags together with the environment of the process.
    pub(crate) fn sources(self) -> Sources {
        Sources::of_process(self.given, self.file)
    }

    /// The same with another file.
    pub(crate) fn with_file(self, file: Option<PathBuf>) -> Flags {
        Flags { file: file.or(self.file), ..self }
    }
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new("config").long("config").value_name("FILE");
        let file = file.help("The configuration file; otherwise the one TUTTI_CONFIG names, or tutti.toml in the data directory");
        let json = Arg::new("log-json").long("log-json").action(ArgAction::SetTrue).help("The same as --log-format json");
        KEYS.iter().map(flag).fold(command.arg(file.value_parser(clap::value_parser!(PathBuf))), Command::arg).arg(json)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Flags::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Flags, clap::Error> {
        let mut given = HashMap::new();
        for key in KEYS {
            if let Some(values) = matches.get_many::<String>(key.name) {
                given.insert(key.name, values.cloned().collect::<Vec<_>>().join(","));
            }
        }
        if matches.get_flag("log-json") {
            given.insert("log.format", "json".to_owned());
        }
        Ok(Flags { given, file: matches.get_one::<PathBuf>("config").cloned() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Flags::from_arg_matches(matches)?;
        Ok(())
    }
}

fn flag(key: &'static Key) -> Arg {
    let default = Loaded::default_of(key);
    let variable = key.aliases.first().map_or_else(|| key.variable(), |alias| alias.name.to_owned());
    let default = default.map_or_else(String::new, |value| format!(" [default: {value}]"));
    let arg = Arg::new(key.name).long(key.flag).help(format!("{}{default} [env: {variable}]", key.meaning.trim_end_matches('.')));
    match key.name {
        "security.allow_origin" => arg.value_name("ORIGIN").action(ArgAction::Append),
        // Without a value it is true, as it was when it was a switch.
        "server.trust_forwarded" => arg.value_name("NETWORKS").num_args(0..=1).default_missing_value("true").action(ArgAction::Append),
        _ => arg.value_name(key.form_name()),
    }
}

impl Loaded {
    fn default_of(key: &Key) -> Option<String> {
        let shown = (key.show)(&Config::default()).toml()?;
        Some(shown.trim_matches('"').to_owned()).filter(|text| text != "[]")
    }
}
