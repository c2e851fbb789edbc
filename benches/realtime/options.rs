//! The command line: `--name value` pairs behind the scenario.

use std::collections::HashMap;
use std::time::Duration;

/// What was asked for.
pub(crate) struct Options(HashMap<String, String>);

impl Options {
    pub(crate) fn new(words: &[&str]) -> Options {
        let pairs = words.chunks(2).filter(|pair| pair.len() == 2);
        Options(pairs.map(|pair| (pair[0].trim_start_matches('-').to_owned(), pair[1].to_owned())).collect())
    }

    pub(crate) fn text(&self, name: &str, otherwise: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| otherwise.to_owned())
    }

    pub(crate) fn number(&self, name: &str, otherwise: f64) -> f64 {
        self.0.get(name).map_or(otherwise, |value| value.parse().unwrap_or_else(|_| panic!("--{name} is no number: {value}")))
    }

    pub(crate) fn count(&self, name: &str, otherwise: usize) -> usize {
        self.number(name, otherwise as f64) as usize
    }

    /// `--secs`, bounded.
    pub(crate) fn seconds(&self, otherwise: f64, at_most: f64) -> Duration {
        Duration::from_secs_f64(self.number("secs", otherwise).clamp(0.1, at_most))
    }

    /// `--url`: the servers, on loopback only.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let urls = self.text("url", "127.0.0.1:3100");
        let addresses: Vec<String> = urls.split(',').map(|url| url.trim_start_matches("http://").to_owned()).collect();
        assert!(addresses.iter().all(|address| address.starts_with("127.0.0.1:")), "only servers on 127.0.0.1 are put under load");
        addresses
    }

    /// `--pids`: the processes that are measured.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let mut processes: Vec<u32> = self.text("pids", "").split(',').filter_map(|process| process.parse().ok()).collect();
        processes.sort_unstable();
        processes.dedup();
        processes
    }
}
