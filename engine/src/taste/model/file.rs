//! The model file: a header, what was trained in JSON, then sections of plain numbers, each aligned so that it is read in place.
//!
//! ```text
//! magic 8 | version u32 | byte order u32 | length of the JSON u32 | crc32 of the JSON u32 | length of the file u64 | zeros | crc32 of the header u32
//! JSON: [`About`], with the place and the checksum of each section
//! sections, each at a multiple of 64
//! ```
//!
//! Opening checks the header, the JSON and the sections that say where others begin; [`Model::verify`] reads everything.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use super::{About, Model, Section, Trained};
use crate::bytes::{Bytes, bytes_of, numbers, write_whole};
use crate::nearest::Nearest;
use crate::taste::content::WORDS;
use crate::taste::{Result, TasteError};

const MAGIC: &[u8; 8] = b"TUTTITA\0";
const VERSION: u32 = 1;
/// Numbers are stored as the machine has them; a file from a machine of the other kind is refused.
const BYTE_ORDER: u32 = 0x0102_0304;
const HEADER: usize = 64;
const ALIGNMENT: usize = 64;

impl Trained {
    /// Writes the model at `path`: a crash, or a full disk, leaves the old one.
    pub fn write(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(TasteError::at(folder))?;
        }
        write_whole(path, |file| {
            let mut buffered = io::BufWriter::with_capacity(1 << 20, file);
            self.write_to(&mut buffered)?;
            buffered.flush()
        })
        .map_err(TasteError::at(path))
    }

    /// The model without a file.
    pub fn into_model(self) -> Result<Model> {
        let mut bytes = Vec::new();
        let path = Path::new("(in memory)");
        self.write_to(&mut bytes).map_err(TasteError::at(path))?;
        Model::from_bytes(Bytes::copied(&bytes), path)
    }

    fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        let (nearest_header, nearest_body) = self.items.parts();
        let sections: [(&str, [&[u8]; 2]); 26] = [
            ("people_ends", [bytes_of(&self.people_names.ends), &[]]),
            ("people_text", [&self.people_names.text, &[]]),
            ("item_ends", [bytes_of(&self.item_names.ends), &[]]),
            ("item_text", [&self.item_names.text, &[]]),
            ("people", [bytes_of(&self.people), &[]]),
            ("items", [&nearest_header, nearest_body]),
            ("spectrum", [bytes_of(&self.spectrum), &[]]),
            ("mean", [bytes_of(&self.mean), &[]]),
            ("moment", [bytes_of(&self.moment), &[]]),
            ("known_starts", [bytes_of(&self.known.starts), &[]]),
            ("known_columns", [bytes_of(&self.known.columns), &[]]),
            ("known_values", [bytes_of(&self.known.values), &[]]),
            ("popularity", [bytes_of(&self.popularity), &[]]),
            ("charts", [bytes_of(&self.charts), &[]]),
            ("walk_starts", [bytes_of(&self.walks.starts), &[]]),
            ("walk_columns", [bytes_of(&self.walks.columns), &[]]),
            ("walk_values", [bytes_of(&self.walks.values), &[]]),
            ("facts", [bytes_of(&self.facts.words), &[]]),
            ("artist_ends", [bytes_of(&self.facts.artists.ends), &[]]),
            ("artist_text", [&self.facts.artists.text, &[]]),
            ("label_ends", [bytes_of(&self.facts.labels.ends), &[]]),
            ("label_text", [&self.facts.labels.text, &[]]),
            ("item_label_starts", [bytes_of(&self.facts.label_starts), &[]]),
            ("item_labels", [bytes_of(&self.facts.item_labels), &[]]),
            ("title_ends", [bytes_of(&self.facts.title_ends), &[]]),
            ("titles", [&self.facts.titles, &[]]),
        ];
        let mut at = 0u64;
        let mut about = self.about.clone();
        about.sections.clear();
        for (name, parts) in &sections {
            let mut hasher = crc32fast::Hasher::new();
            parts.iter().for_each(|part| hasher.update(part));
            let length = (parts[0].len() + parts[1].len()) as u64;
            about.sections.insert((*name).to_owned(), Section { start: at, length, crc32: hasher.finalize() });
            at = (at + length).next_multiple_of(ALIGNMENT as u64);
        }
        let json = serde_json::to_vec(&about)?;
        let body = (HEADER + json.len()).next_multiple_of(ALIGNMENT);
        out.write_all(&header(&json, body as u64 + at))?;
        out.write_all(&json)?;
        let zeros = [0u8; ALIGNMENT];
        out.write_all(&zeros[..body - HEADER - json.len()])?;
        for (_, parts) in &sections {
            parts.iter().try_for_each(|part| out.write_all(part))?;
            let length = parts[0].len() + parts[1].len();
            out.write_all(&zeros[..length.next_multiple_of(ALIGNMENT) - length])?;
        }
        Ok(())
    }
}

impl Model {
    /// Maps the model at `path`; its work does not grow with the factors.
    ///
    /// # Errors
    /// [`TasteError::NoModel`] without a file, [`TasteError::Damaged`] for one that is not whole or of another version.
    pub fn open(path: &Path) -> Result<Model> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(TasteError::NoModel),
            Err(error) => return Err(TasteError::at(path)(error)),
        };
        Model::from_bytes(Bytes::map(&file).map_err(TasteError::at(path))?, path)
    }

    fn from_bytes(bytes: Bytes, path: &Path) -> Result<Model> {
        let damaged = |what: String| TasteError::Damaged { path: path.to_owned(), what };
        let (about, body) = read_header(bytes.as_slice()).map_err(damaged)?;
        let bytes = Arc::new(bytes);
        let section = |name: &str| -> Result<Bytes> {
            let place = about.sections.get(name).ok_or_else(|| damaged(format!("it has no section `{name}`")))?;
            let start = body.checked_add(place.start as usize);
            let end = start.and_then(|start| start.checked_add(place.length as usize));
            let range = start.unwrap_or(usize::MAX)..end.unwrap_or(usize::MAX);
            Bytes::part(&bytes, range).ok_or_else(|| damaged(format!("its section `{name}` lies beyond its end")))
        };
        let items = Nearest::from_bytes(section("items")?).map_err(|error| damaged(format!("its items: {error}")))?;
        let model = Model {
            people_ends: section("people_ends")?,
            people_text: section("people_text")?,
            item_ends: section("item_ends")?,
            item_text: section("item_text")?,
            people: section("people")?,
            spectrum: numbers(section("spectrum")?.as_slice()).to_vec(),
            mean: numbers(section("mean")?.as_slice()).to_vec(),
            moment: numbers(section("moment")?.as_slice()).to_vec(),
            known_starts: section("known_starts")?,
            known_columns: section("known_columns")?,
            known_values: section("known_values")?,
            popularity: section("popularity")?,
            charts: section("charts")?,
            walk_starts: section("walk_starts")?,
            walk_columns: section("walk_columns")?,
            walk_values: section("walk_values")?,
            facts: section("facts")?,
            artist_ends: section("artist_ends")?,
            artist_text: section("artist_text")?,
            label_ends: section("label_ends")?,
            label_text: section("label_text")?,
            item_label_starts: section("item_label_starts")?,
            item_labels: section("item_labels")?,
            title_ends: section("title_ends")?,
            titles: section("titles")?,
            most_popular: Vec::new(),
            unheard: Vec::new(),
            sample: Vec::new(),
            sample_rows: std::sync::OnceLock::new(),
            ruled: crate::taste::group::RuledOut::default(),
            items,
            about,
            whole: bytes,
            body,
        };
        model.check_shape().map_err(damaged)?;
        Ok(model.with_derived())
    }

    /// Whether every number belongs to what the header says: reads all of the file, to be done before it is put to use.
    ///
    /// # Errors
    /// [`TasteError::Damaged`] naming the section that is not as it was written.
    pub fn verify(&self, path: &Path) -> Result<()> {
        for (name, section) in &self.about.sections {
            let start = self.body + section.start as usize;
            let bytes = self.whole.as_slice().get(start..start + section.length as usize).unwrap_or(&[]);
            if crc32fast::hash(bytes) != section.crc32 {
                let what = format!("its section `{name}` does not have its checksum");
                return Err(TasteError::Damaged { path: path.to_owned(), what });
            }
        }
        Ok(())
    }

    /// Whether the sections have the lengths that belong together.
    fn check_shape(&self) -> std::result::Result<(), String> {
        let (n, m, d) = (self.people_names().len(), self.item_names().len(), self.items.dimensions());
        let ends = |section: &Bytes, text: &Bytes| {
            let ends: &[u64] = numbers(section.as_slice());
            ends.is_sorted() && ends.last().is_none_or(|end| *end == text.as_slice().len() as u64)
        };
        let rows = |starts: &Bytes, columns: &Bytes, values: &Bytes, height: usize| {
            let starts: &[u64] = numbers(starts.as_slice());
            starts.len() == height + 1
                && starts.is_sorted()
                && starts.last() == Some(&(columns.as_slice().len() as u64 / 4))
                && columns.as_slice().len() == values.as_slice().len()
        };
        let right = [
            (ends(&self.people_ends, &self.people_text), "the ids of people"),
            (ends(&self.item_ends, &self.item_text), "the ids of items"),
            (self.people.as_slice().len() == n * d * 4, "the vectors of people"),
            (self.items.len() == m, "the vectors of items"),
            (self.spectrum.len() == d && self.mean.len() == d && self.moment.len() == d * d, "the spectrum"),
            (rows(&self.known_starts, &self.known_columns, &self.known_values, n), "what people know"),
            (self.popularity.as_slice().len() == m * 4, "the popularity"),
            (self.charts.as_slice().len() == m * 4, "the charts"),
            (ends(&self.artist_ends, &self.artist_text), "the artists"),
            (ends(&self.label_ends, &self.label_text), "the labels"),
            (ends(&self.title_ends, &self.titles), "the titles"),
            (rows(&self.item_label_starts, &self.item_labels, &self.item_labels, m), "the labels of items"),
            (self.facts.as_slice().len() == m * WORDS * 4 && self.title_ends.as_slice().len() == m * 8, "the facts"),
            (rows(&self.walk_starts, &self.walk_columns, &self.walk_values, m), "the walks"),
        ];
        match right.iter().find(|(right, _)| !right) {
            Some((_, what)) => Err(format!("{what} are not as long as the rest says")),
            None => Ok(()),
        }
    }
}

fn header(json: &[u8], length: u64) -> [u8; HEADER] {
    let mut out = [0; HEADER];
    out[..8].copy_from_slice(MAGIC);
    for (at, word) in [VERSION, BYTE_ORDER, json.len() as u32, crc32fast::hash(json)].into_iter().enumerate() {
        out[8 + 4 * at..12 + 4 * at].copy_from_slice(&word.to_ne_bytes());
    }
    out[24..32].copy_from_slice(&length.to_ne_bytes());
    let checksum = crc32fast::hash(&out[..HEADER - 4]);
    out[HEADER - 4..].copy_from_slice(&checksum.to_ne_bytes());
    out
}

/// What the file says of itself, and where its sections begin.
fn read_header(bytes: &[u8]) -> std::result::Result<(About, usize), String> {
    let header = bytes.get(..HEADER).ok_or("it is cut off")?;
    let word = |at: usize| u32::from_ne_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    if &header[..8] != MAGIC {
        return Err("it is no model".to_owned());
    }
    if word(12) != BYTE_ORDER {
        return Err("it was written on a machine with another byte order".to_owned());
    }
    if word(8) != VERSION {
        return Err(format!("its version is {}, this program reads {VERSION}; train again", word(8)));
    }
    if word(HEADER - 4) != crc32fast::hash(&header[..HEADER - 4]) {
        return Err("its header does not have its checksum".to_owned());
    }
    let length = u64::from(word(24)) | (u64::from(word(28)) << 32);
    if length != bytes.len() as u64 {
        return Err(format!("it should have {length} bytes and has {}", bytes.len()));
    }
    let json = bytes.get(HEADER..HEADER + word(16) as usize).ok_or("it is cut off")?;
    if crc32fast::hash(json) != word(20) {
        return Err("what it says of itself does not have its checksum".to_owned());
    }
    let about: About = serde_json::from_slice(json).map_err(|error| format!("what it says of itself: {error}"))?;
    Ok((about, (HEADER + json.len()).next_multiple_of(ALIGNMENT)))
}
