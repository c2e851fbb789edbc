//! Files of what items are: a JSON object a line, songs or artists, as the shipped indexes have them or with fewer members.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use tutti_engine::taste::content::ItemContent;

use crate::cli::Usage;
use crate::taste::item_of;

/// Reads items, and parts of items (the songs of artists), for a model whose items have these ids. An id with a letter before its digits
/// (`a51`) stands for the digits where those are known.
pub(super) fn read(items: &[PathBuf], parts: &[PathBuf], known: &HashSet<&str>) -> anyhow::Result<Vec<ItemContent>> {
    let mut out: HashMap<String, ItemContent> = HashMap::new();
    for path in items {
        each(path, |map| {
            if let Some(mut item) = item_of(map) {
                item.id = as_known(&item.id, known).to_owned();
                out.insert(item.id.clone(), item);
            }
        })?;
    }
    let mut of_item: HashMap<String, Vec<ItemContent>> = HashMap::new();
    for path in parts {
        each(path, |map| {
            for reference in references(map) {
                let id = as_known(reference, known);
                if let Some(part) = item_of(map).filter(|_| known.contains(id) || out.contains_key(id)) {
                    of_item.entry(id.to_owned()).or_default().push(part);
                }
            }
        })?;
    }
    for (id, parts) in of_item {
        let mean = ItemContent::mean_of(&id, &parts.iter().collect::<Vec<_>>());
        match out.get_mut(&id) {
            Some(item) => {
                item.genres.extend(mean.genres);
                item.genres.sort_unstable();
                item.genres.dedup();
                item.sound = mean.sound;
            }
            None => {
                out.insert(id, mean);
            }
        }
    }
    Ok(out.into_values().collect())
}

fn as_known<'a>(id: &'a str, known: &HashSet<&str>) -> &'a str {
    let bare = id.strip_prefix(|letter: char| letter.is_ascii_alphabetic()).filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    match bare {
        Some(bare) if !known.contains(id) && known.contains(bare) => bare,
        _ => id,
    }
}

fn each(path: &Path, mut take: impl FnMut(&Map<String, Value>)) -> anyhow::Result<()> {
    for (at, line) in tutti_datasets::open_input(path)?.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let map: Map<String, Value> =
            serde_json::from_str(&line).map_err(|error| Usage(format!("{}:{}: {error}", path.display(), at + 1)))?;
        take(&map);
    }
    Ok(())
}

/// The artists a song names.
fn references(map: &Map<String, Value>) -> Vec<&str> {
    let one = map.get("artist_ref").and_then(Value::as_str);
    let many = map.get("artist_ids").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(many).collect()
}
