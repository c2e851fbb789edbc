//! The model file: a header, what was trained in JSON, then sections of plain numbers, each aligned so that it is read in place.
//!
//! ```text
//! magic 8 | version u32 | byte order u32 | length of the JSON u32 | crc32 of the JSON u32 | length of the file u64 | zeros | crc32 of the header u32
//! JSON: [`ModelMetadata`], with the place and the checksum of each section
//! sections, each at a multiple of 64
//! ```
//!
//! Opening checks the header, the JSON and the sections that say where others begin; [`Model::verify`] reads everything.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use bytemuck::{Pod, cast_slice};
use tutti_vectors::{IvfIndex, Section};

use super::{MappedNames, MappedRows, Model, ModelMetadata, SectionPlace, Trained};
use crate::content::WORDS;
use crate::{Result, TasteError};

const MAGIC: &[u8; 8] = b"TUTTITA\0";
const VERSION: u32 = 1;
/// Numbers are stored as the machine has them; a file from a machine of the other kind is refused.
const BYTE_ORDER: u32 = 0x0102_0304;
const HEADER: usize = 64;
const ALIGNMENT: usize = 64;

impl Trained {
    /// Writes the model at `path`: a crash, or a full disk, leaves the old one.
    ///
    /// # Errors
    /// [`TasteError::Io`] when it cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(TasteError::at(folder))?;
        }
        tutti_wal::replace_file(path, |file| {
            let mut buffered = io::BufWriter::with_capacity(1 << 20, file);
            self.write_to(&mut buffered)?;
            buffered.flush()
        })
        .map_err(TasteError::at(path))
    }

    /// The model without a file.
    ///
    /// # Errors
    /// [`TasteError::Damaged`] when the parts do not belong together.
    pub fn into_model(self) -> Result<Model> {
        let mut bytes = Vec::new();
        let path = Path::new("(in memory)");
        self.write_to(&mut bytes).map_err(TasteError::at(path))?;
        Model::from_bytes(&Section::from_bytes(&bytes), path)
    }

    fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        let (nearest_header, nearest_body) = self.items.file_parts();
        let sections: [(&str, [&[u8]; 2]); 26] = [
            ("people_ends", [cast_slice(&self.user_ids.ends), &[]]),
            ("people_text", [&self.user_ids.text, &[]]),
            ("item_ends", [cast_slice(&self.item_ids.ends), &[]]),
            ("item_text", [&self.item_ids.text, &[]]),
            ("people", [cast_slice(&self.users), &[]]),
            ("items", [&nearest_header, nearest_body]),
            ("spectrum", [cast_slice(&self.spectrum), &[]]),
            ("mean", [cast_slice(&self.mean), &[]]),
            ("moment", [cast_slice(&self.moment), &[]]),
            ("known_starts", [cast_slice(&self.known.starts), &[]]),
            ("known_columns", [cast_slice(&self.known.columns), &[]]),
            ("known_values", [cast_slice(&self.known.values), &[]]),
            ("popularity", [cast_slice(&self.popularity), &[]]),
            ("charts", [cast_slice(&self.popularity_prior), &[]]),
            ("walk_starts", [cast_slice(&self.item_item.starts), &[]]),
            ("walk_columns", [cast_slice(&self.item_item.columns), &[]]),
            ("walk_values", [cast_slice(&self.item_item.values), &[]]),
            ("facts", [cast_slice(&self.facts.words), &[]]),
            ("artist_ends", [cast_slice(&self.facts.artists.ends), &[]]),
            ("artist_text", [&self.facts.artists.text, &[]]),
            ("label_ends", [cast_slice(&self.facts.labels.ends), &[]]),
            ("label_text", [&self.facts.labels.text, &[]]),
            ("item_label_starts", [cast_slice(&self.facts.label_starts), &[]]),
            ("item_labels", [cast_slice(&self.facts.item_labels), &[]]),
            ("title_ends", [cast_slice(&self.facts.title_ends), &[]]),
            ("titles", [&self.facts.titles, &[]]),
        ];
        let mut at = 0u64;
        let mut metadata = self.metadata.clone();
        metadata.sections.clear();
        for (name, parts) in &sections {
            let mut hasher = crc32fast::Hasher::new();
            parts.iter().for_each(|part| hasher.update(part));
            let length = (parts[0].len() + parts[1].len()) as u64;
            metadata.sections.insert((*name).to_owned(), SectionPlace { start: at, length, crc32: hasher.finalize() });
            at = (at + length).next_multiple_of(ALIGNMENT as u64);
        }
        let json = serde_json::to_vec(&metadata)?;
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
        Model::from_bytes(&Section::map(&file).map_err(TasteError::at(path))?, path)
    }

    fn from_bytes(file: &Section<u8>, path: &Path) -> Result<Model> {
        let damaged = |what: String| TasteError::Damaged { path: path.to_owned(), what };
        let (metadata, body) = read_header(file).map_err(damaged)?;
        let parts = Parts { file, metadata: &metadata, body };
        let items =
            IvfIndex::from_section(parts.section("items").map_err(damaged)?).map_err(|error| damaged(format!("its items: {error}")))?;
        let model = parts.model(items).map_err(damaged)?;
        model.check_shape().map_err(damaged)?;
        Ok(model.with_derived())
    }

    /// Whether every number belongs to what the header says: reads all of the file, to be done before it is put to use.
    ///
    /// # Errors
    /// [`TasteError::Damaged`] naming the section that is not as it was written.
    pub fn verify(&self, path: &Path) -> Result<()> {
        for (name, section) in &self.metadata.sections {
            let start = self.body + section.start as usize;
            let bytes = self.file.get(start..start + section.length as usize).unwrap_or(&[]);
            if crc32fast::hash(bytes) != section.crc32 {
                let what = format!("its section `{name}` does not have its checksum");
                return Err(TasteError::Damaged { path: path.to_owned(), what });
            }
        }
        Ok(())
    }

    /// Whether the sections have the lengths that belong together.
    fn check_shape(&self) -> std::result::Result<(), String> {
        let (n, m, d) = (self.user_ids().len(), self.item_ids().len(), self.items.dimensions());
        let ends = |names: &MappedNames| names.ends.is_sorted() && names.ends.last().is_none_or(|end| *end == names.text.len() as u64);
        let starts = |starts: &[u64], count: usize, height: usize| {
            starts.len() == height + 1 && starts.is_sorted() && starts.last() == Some(&(count as u64))
        };
        let rows =
            |rows: &MappedRows, height: usize| starts(&rows.starts, rows.columns.len(), height) && rows.columns.len() == rows.values.len();
        let right = [
            (ends(&self.user_ids), "the ids of people"),
            (ends(&self.item_ids), "the ids of items"),
            (self.users.len() == n * d, "the vectors of people"),
            (self.items.len() == m, "the vectors of items"),
            (self.spectrum.len() == d && self.mean.len() == d && self.moment.len() == d * d, "the spectrum"),
            (rows(&self.known, n), "what people know"),
            (self.popularity.len() == m, "the popularity"),
            (self.popularity_prior.len() == m, "the charts"),
            (ends(&self.artists), "the artists"),
            (ends(&self.labels), "the labels"),
            (ends(&self.titles), "the titles"),
            (starts(&self.item_label_starts, self.item_labels.len(), m), "the labels of items"),
            (self.facts.len() == m * WORDS && self.titles.ends.len() == m, "the facts"),
            (rows(&self.item_item, m), "the walks"),
        ];
        match right.iter().find(|(right, _)| !right) {
            Some((_, what)) => Err(format!("{what} are not as long as the rest says")),
            None => Ok(()),
        }
    }
}

/// The sections of an opened file.
struct Parts<'a> {
    file: &'a Section<u8>,
    metadata: &'a ModelMetadata,
    body: usize,
}

impl Parts<'_> {
    fn section<T: Pod>(&self, name: &str) -> std::result::Result<Section<T>, String> {
        let place = self.metadata.sections.get(name).ok_or_else(|| format!("it has no section `{name}`"))?;
        let start = self.body.checked_add(place.start as usize);
        let end = start.and_then(|start| start.checked_add(place.length as usize));
        let range = start.unwrap_or(usize::MAX)..end.unwrap_or(usize::MAX);
        self.file.part(range).ok_or_else(|| format!("its section `{name}` lies beyond its end"))
    }

    fn names(&self, ends: &str, text: &str) -> std::result::Result<MappedNames, String> {
        Ok(MappedNames { ends: self.section(ends)?, text: self.section(text)? })
    }

    fn rows(&self, of: &str) -> std::result::Result<MappedRows, String> {
        let section = |part: &str| format!("{of}_{part}");
        Ok(MappedRows {
            starts: self.section(&section("starts"))?,
            columns: self.section(&section("columns"))?,
            values: self.section(&section("values"))?,
        })
    }

    fn model(&self, items: IvfIndex) -> std::result::Result<Model, String> {
        Ok(Model {
            user_ids: self.names("people_ends", "people_text")?,
            item_ids: self.names("item_ends", "item_text")?,
            users: self.section("people")?,
            spectrum: self.section("spectrum")?.to_vec(),
            mean: self.section("mean")?.to_vec(),
            moment: self.section("moment")?.to_vec(),
            known: self.rows("known")?,
            popularity: self.section("popularity")?,
            popularity_prior: self.section("charts")?,
            item_item: self.rows("walk")?,
            facts: self.section("facts")?,
            artists: self.names("artist_ends", "artist_text")?,
            labels: self.names("label_ends", "label_text")?,
            item_label_starts: self.section("item_label_starts")?,
            item_labels: self.section("item_labels")?,
            titles: self.names("title_ends", "titles")?,
            most_popular: Vec::new(),
            unheard: Vec::new(),
            sample: Vec::new(),
            sample_rows: std::sync::OnceLock::new(),
            rules: super::item_rules::Cache::default(),
            items,
            metadata: self.metadata.clone(),
            file: self.file.clone(),
            body: self.body,
        })
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
fn read_header(bytes: &[u8]) -> std::result::Result<(ModelMetadata, usize), String> {
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
    let metadata: ModelMetadata = serde_json::from_slice(json).map_err(|error| format!("what it says of itself: {error}"))?;
    Ok((metadata, (HEADER + json.len()).next_multiple_of(ALIGNMENT)))
}
