//! Last.fm, HetRec 2011: `artists.dat`, `tags.dat`, `user_artists.dat`, `user_friends.dat`, `user_taggedartists.dat`. Tab separated with a
//! header; most files are UTF-8, `tags.dat` is Latin-1. Users have no names in the source: they are called `Listener N`.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use tutti_index_schema::{Artist, User};

use super::{Listen, Rows, record};
use crate::{
    Error, RowError,
    read::{Chunks, open_input},
};

const FILES: [&str; 5] = ["artists.dat", "tags.dat", "user_artists.dat", "user_friends.dat", "user_taggedartists.dat"];
const TAGS_KEPT: usize = 12;
const FAVOURITES_KEPT: usize = 20;

/// Whether `folder` holds the set.
pub(crate) fn has_files(folder: &Path) -> bool {
    find(folder, "artists.dat").is_some() && find(folder, "user_artists.dat").is_some()
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    ["", ".gz", ".zst"].iter().map(|ending| folder.join(format!("{name}{ending}"))).find(|path| path.is_file())
}

/// Opens the part `index` of the set in the folder `path` is or lies in.
pub(crate) fn open(path: &Path, index: &str) -> Result<Rows, Error> {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new(".")) };
    let mut tables = Tables { folder, errors: Vec::new() };
    let rows: Vec<_> = match index {
        "artists" => artists(&mut tables)?.into_values().map(|(line, artist)| record(line, &artist)).collect(),
        "users" => users(&mut tables)?,
        "listens" => {
            let rows = tables.read("user_artists.dat", 3)?;
            rows.iter()
                .filter_map(|row| Some((row, row.number(2)?)))
                .map(|(row, weight)| {
                    let listen =
                        Listen { user: format!("u{}", row.cells[0]), item: format!("a{}", row.cells[1]), weight: f64::from(weight) };
                    record(row.line, &listen)
                })
                .collect()
        }
        other => return Err(Error::NoSuchPart { source_name: "lastfm", index: other.to_owned(), has: "artists, users, listens" }),
    };
    Ok(Box::new(tables.errors.into_iter().map(Err).chain(rows)))
}

struct Row {
    line: u64,
    cells: Vec<String>,
}

impl Row {
    fn number(&self, cell: usize) -> Option<u32> {
        self.cells.get(cell)?.parse().ok()
    }
}

struct Tables<'a> {
    folder: &'a Path,
    errors: Vec<RowError>,
}

impl Tables<'_> {
    /// The rows of one file that begin with a number; the first row is the header (one copy has `//` before it).
    fn read(&mut self, name: &str, cells: usize) -> Result<Vec<Row>, Error> {
        debug_assert!(FILES.contains(&name));
        let path = find(self.folder, name).ok_or_else(|| Error::Content {
            path: self.folder.to_owned(),
            what: format!("the folder has no {name}; the set is {}", FILES.join(", ")),
        })?;
        let mut rows = Vec::new();
        for chunk in Chunks::new(open_input(&path)?) {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                Err(error) => {
                    self.errors.push(error);
                    continue;
                }
            };
            for (line, bytes) in chunk.lines() {
                if line == 1 && !bytes.first().is_some_and(u8::is_ascii_digit) {
                    continue;
                }
                let text = decode(bytes);
                let row = Row { line, cells: text.split('\t').map(|cell| cell.trim().to_owned()).collect() };
                if row.cells.len() < cells || row.number(0).is_none() {
                    let reason = format!("{name}: the row is not a number and {} more cells", cells - 1);
                    self.errors.push(RowError::new(line, reason, bytes));
                } else {
                    rows.push(row);
                }
            }
        }
        Ok(rows)
    }
}

/// UTF-8 where it is, Latin-1 where it is not.
fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|b| char::from(*b)).collect(),
    }
}

/// Artists by id, with the tags given to them most and the number of their listeners.
fn artists(tables: &mut Tables<'_>) -> Result<BTreeMap<u32, (u64, Artist)>, Error> {
    let tag_names: HashMap<u32, String> =
        tables.read("tags.dat", 2)?.into_iter().filter_map(|row| Some((row.number(0)?, row.cells[1].to_lowercase()))).collect();
    let mut counts: HashMap<u32, HashMap<u32, u32>> = HashMap::new();
    for row in tables.read("user_taggedartists.dat", 3)? {
        if let (Some(artist), Some(tag)) = (row.number(1), row.number(2)) {
            *counts.entry(artist).or_default().entry(tag).or_default() += 1;
        }
    }
    let mut listeners: HashMap<u32, i32> = HashMap::new();
    for row in tables.read("user_artists.dat", 3)? {
        if let Some(artist) = row.number(1) {
            *listeners.entry(artist).or_default() += 1;
        }
    }
    let most = listeners.values().copied().max().unwrap_or(1).max(1);
    let mut out = BTreeMap::new();
    for row in tables.read("artists.dat", 2)? {
        let Some(id) = row.number(0) else { continue };
        let mut tags: Vec<(u32, &str)> =
            counts.get(&id).into_iter().flatten().filter_map(|(tag, count)| Some((*count, tag_names.get(tag)?.as_str()))).collect();
        tags.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let heard = listeners.get(&id).copied().unwrap_or(0);
        let artist = Artist {
            id: format!("a{id}"),
            name: row.cells[1].clone(),
            tags: tags.iter().take(TAGS_KEPT).map(|(_, tag)| (*tag).to_owned()).collect(),
            listeners: Some(heard),
            popularity: Some(scaled(heard, most)),
            service_ids: vec![format!("lastfm:{id}")],
            ..Artist::default()
        };
        out.insert(id, (row.line, artist));
    }
    Ok(out)
}

/// 0 to 100 on a logarithmic scale.
fn scaled(count: i32, most: i32) -> i32 {
    let part = f64::from(count.max(0)).ln_1p() / f64::from(most.max(1)).ln_1p();
    #[expect(clippy::cast_possible_truncation, reason = "0 to 100")]
    {
        (part * 100.0).round() as i32
    }
}

fn users(tables: &mut Tables<'_>) -> Result<Vec<Result<crate::Record, RowError>>, Error> {
    let artists = artists(tables)?;
    let mut friends: HashMap<u32, i32> = HashMap::new();
    for row in tables.read("user_friends.dat", 2)? {
        if let Some(user) = row.number(0) {
            *friends.entry(user).or_default() += 1;
        }
    }
    let mut plays: BTreeMap<u32, (u64, Vec<(u32, u32)>)> = BTreeMap::new();
    for row in tables.read("user_artists.dat", 3)? {
        if let (Some(user), Some(artist), Some(weight)) = (row.number(0), row.number(1), row.number(2)) {
            plays.entry(user).or_insert_with(|| (row.line, Vec::new())).1.push((weight, artist));
        }
    }
    let mut out = Vec::new();
    for (user, (line, mut heard)) in plays {
        heard.sort_by(|a, b| b.cmp(a));
        let favourites: Vec<&Artist> = heard.iter().take(FAVOURITES_KEPT).filter_map(|(_, id)| Some(&artists.get(id)?.1)).collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for tag in favourites.iter().flat_map(|artist| artist.tags.iter().take(3)) {
            *counts.entry(tag).or_default() += 1;
        }
        let mut tastes: Vec<(&str, usize)> = counts.into_iter().collect();
        tastes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let profile = User {
            id: format!("u{user}"),
            name: format!("Listener {user}"),
            artists: favourites.iter().map(|artist| artist.name.clone()).collect(),
            artist_ids: favourites.iter().map(|artist| artist.id.clone()).collect(),
            tastes: tastes.iter().take(8).map(|(tag, _)| (*tag).to_owned()).collect(),
            followers: Some(friends.get(&user).copied().unwrap_or(0)),
            ..User::default()
        };
        out.push(record(line, &profile));
    }
    Ok(out)
}
