//! Files that `_bulk` takes: an action a line, and the document or part of one that it brings on the next. The actions are carried
//! out in order, as Elasticsearch would; what is left comes out as documents. Only keys are held in memory: documents wait in a
//! temporary file that has no name.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
};

use serde_json::{Map, Value};

use crate::{
    Conversion, Record, RowError,
    conversion::Notation,
    read::{Chunks, Input, parse_line},
};

const ACTIONS: [&str; 4] = ["index", "create", "update", "delete"];
/// What stands beside `_id` in an action.
const PARAMETERS: [&str; 17] = [
    "_index",
    "_id",
    "_type",
    "routing",
    "_routing",
    "parent",
    "_parent",
    "version",
    "_version",
    "version_type",
    "if_seq_no",
    "if_primary_term",
    "require_alias",
    "retry_on_conflict",
    "pipeline",
    "dynamic_templates",
    "list_executed_pipelines",
];

/// Whether a line is an action.
pub(super) fn is_action(line: &Map<String, Value>) -> bool {
    let mut members = line.iter();
    let (Some((name, Value::Object(parameters))), None) = (members.next(), members.next()) else { return false };
    ACTIONS.contains(&name.as_str()) && parameters.keys().all(|name| PARAMETERS.contains(&name.as_str()))
}

type Lines = Box<dyn Iterator<Item = Result<(u64, Vec<u8>), RowError>> + Send>;

/// The documents that a file of actions leaves.
pub(super) struct Bulk {
    lines: Lines,
    conversion: Conversion,
    /// Documents by key: where in `documents`.
    slots: HashMap<Box<str>, usize>,
    /// In the order in which they came first; `None` when deleted.
    documents: Vec<Option<Kept>>,
    /// Keys of rows that have the key field, by the key that their `_id` would be.
    renamed: HashMap<String, String>,
    indexes: Vec<String>,
    spill: Option<Spill>,
    /// The next document to come out, once all actions are done.
    next: Option<usize>,
}

/// Where a document waits.
#[derive(Clone, Copy)]
struct Kept {
    offset: u64,
    length: usize,
    line: u64,
    /// Number of its index, when the action named one.
    index: Option<usize>,
}

/// One action with what it brings.
struct Action {
    kind: String,
    line: u64,
    index: Option<usize>,
    id: Option<Value>,
    body: Map<String, Value>,
}

impl Bulk {
    pub(super) fn new(input: Input, conversion: Conversion) -> Bulk {
        let lines = Chunks::new(input).flat_map(|chunk| match chunk {
            Ok(chunk) => chunk.lines().map(|(number, line)| Ok((number, line.to_vec()))).collect(),
            Err(error) => vec![Err(error)],
        });
        Bulk {
            lines: Box::new(lines),
            conversion,
            slots: HashMap::new(),
            documents: Vec::new(),
            renamed: HashMap::new(),
            indexes: Vec::new(),
            spill: None,
            next: None,
        }
    }

    /// Reads one action and carries it out; `false` at the end of the file.
    fn act(&mut self) -> Result<bool, RowError> {
        let Some(line) = self.lines.next() else { return Ok(false) };
        let (number, line) = line?;
        let Record { document: mut action, .. } = parse_line(number, &line)?;
        if !is_action(&action) {
            return Err(RowError::new(number, "not an action of `_bulk` (index, create, update, delete)", &line));
        }
        let (kind, parameters) = match action.iter_mut().next() {
            Some((kind, Value::Object(parameters))) => (kind.clone(), std::mem::take(parameters)),
            _ => return Ok(true),
        };
        let index = parameters.get("_index").and_then(Value::as_str);
        let body = if kind == "delete" {
            None
        } else {
            let Some(body) = self.lines.next() else {
                return Err(RowError::new(number, format!("the file ends where the document of this `{kind}` should be"), &line));
            };
            Some(body?)
        };
        if !self.conversion.wants_index(index) {
            return Ok(true);
        }
        let (at, body, shown) = match body {
            Some((at, body)) => (at, parse_line(at, &body)?.document, body),
            None => (number, Map::new(), line),
        };
        let index = index.map(|name| self.index_number(name));
        let action = Action { kind, line: at, index, id: parameters.get("_id").filter(|id| !id.is_null()).cloned(), body };
        match self.carry_out(action) {
            Ok(()) => Ok(true),
            Err(Failure::Refused(reason)) => Err(RowError::new(at, reason, &shown)),
            Err(Failure::Disk(error)) => Err(RowError::fatal(at, format!("cannot keep documents in a temporary file: {error}"))),
        }
    }

    fn index_number(&mut self, name: &str) -> usize {
        self.indexes.iter().position(|known| known == name).unwrap_or_else(|| {
            self.indexes.push(name.to_owned());
            self.indexes.len() - 1
        })
    }

    fn carry_out(&mut self, mut action: Action) -> Result<(), Failure> {
        match action.kind.as_str() {
            "delete" => {
                let key = self.key_of(&action)?;
                if let Some(slot) = self.slots.get(key.as_str()) {
                    self.documents[*slot] = None;
                }
                Ok(())
            }
            "update" => self.update(action),
            kind => {
                let create = kind == "create";
                let body = std::mem::take(&mut action.body);
                self.put(&action, body, create)
            }
        }
    }

    /// Keeps a document that came whole.
    fn put(&mut self, action: &Action, mut body: Map<String, Value>, create: bool) -> Result<(), Failure> {
        if let Some(id) = &action.id {
            body.insert("_id".to_owned(), id.clone());
        }
        let document = self.convert(action.line, body)?;
        let key = document.get(self.conversion.key()).and_then(Value::as_str).unwrap_or_default().to_owned();
        if create && self.kept(&key).is_some() {
            return Err(Failure::Refused(format!("`create` of `{key}`, which is there already")));
        }
        self.keep(action, &key, &document)?;
        if action.id.is_some()
            && let Ok(by_id) = self.id_key(action)
        {
            if by_id == key {
                self.renamed.remove(&by_id);
            } else {
                self.renamed.insert(by_id, key);
            }
        }
        Ok(())
    }

    /// Changes a document, or makes it when the action says what of.
    fn update(&mut self, mut action: Action) -> Result<(), Failure> {
        let refused = |what: &str| Failure::Refused(what.to_owned());
        let mut body = std::mem::take(&mut action.body);
        if body.contains_key("script") || body.contains_key("scripted_upsert") {
            return Err(refused("an `update` by a script: scripts are not run here"));
        }
        let part = match body.remove("doc") {
            Some(Value::Object(part)) => Some(part),
            _ => None,
        };
        let key = self.key_of(&action)?;
        let Some(kept) = self.kept(&key) else {
            let whole = match (body.remove("upsert"), part) {
                (Some(Value::Object(whole)), _) => whole,
                (_, Some(part)) if body.get("doc_as_upsert") == Some(&Value::Bool(true)) => part,
                _ => return Err(Failure::Refused(format!("`update` of `{key}`, which is not there"))),
            };
            return self.put(&action, whole, false);
        };
        let part = part.ok_or_else(|| refused("an `update` without a `doc`"))?;
        let mut part =
            self.conversion.apply_foreign(Record { line: action.line, document: part }, Notation::Dotted).map_err(Failure::of)?.document;
        // An update changes what a key stands for, not the key.
        part.remove(self.conversion.key());
        let mut document = self.read(kept)?;
        merge(&mut document, part);
        self.conversion.check(&document).map_err(Failure::Refused)?;
        self.keep(&action, &key, &document)
    }

    fn convert(&self, line: u64, document: Map<String, Value>) -> Result<Map<String, Value>, Failure> {
        let document = self.conversion.apply_foreign(Record { line, document }, Notation::Dotted).map_err(Failure::of)?.document;
        self.conversion.check(&document).map_err(Failure::Refused)?;
        Ok(document)
    }

    /// The key that an action's `_id` makes.
    fn id_key(&self, action: &Action) -> Result<String, Failure> {
        let id = action.id.clone().ok_or_else(|| Failure::Refused(format!("`{}` without an `_id`", action.kind)))?;
        let row = Record { line: action.line, document: std::iter::once(("_id".to_owned(), id)).collect() };
        let document = self.conversion.apply_foreign(row, Notation::Dotted).map_err(Failure::of)?.document;
        Ok(document.get(self.conversion.key()).and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    /// The key of the document that an action's `_id` stands for.
    fn key_of(&self, action: &Action) -> Result<String, Failure> {
        let key = self.id_key(action)?;
        Ok(self.renamed.get(&key).cloned().unwrap_or(key))
    }

    fn kept(&self, key: &str) -> Option<Kept> {
        self.documents[*self.slots.get(key)?]
    }

    fn keep(&mut self, action: &Action, key: &str, document: &Map<String, Value>) -> Result<(), Failure> {
        if let Some(Kept { index: Some(before), .. }) = self.kept(key)
            && let Some(index) = action.index
            && index != before
        {
            let (before, index) = (&self.indexes[before], &self.indexes[index]);
            let what = format!("`{key}` is a key in `{before}` and in `{index}`; take one of them by --source-index");
            return Err(Failure::Refused(what));
        }
        let bytes = serde_json::to_vec(document).map_err(io::Error::other)?;
        let offset = self.spill()?.write(&bytes)?;
        let index = action.index.or(self.kept(key).and_then(|kept| kept.index));
        let kept = Some(Kept { offset, length: bytes.len(), line: action.line, index });
        match self.slots.get(key) {
            Some(slot) => self.documents[*slot] = kept,
            None => {
                self.slots.insert(key.into(), self.documents.len());
                self.documents.push(kept);
            }
        }
        Ok(())
    }

    fn spill(&mut self) -> io::Result<&mut Spill> {
        match &mut self.spill {
            Some(spill) => Ok(spill),
            none => Ok(none.insert(Spill::new()?)),
        }
    }

    fn read(&mut self, kept: Kept) -> Result<Map<String, Value>, Failure> {
        let bytes = self.spill()?.read(kept.offset, kept.length)?;
        Ok(serde_json::from_slice(&bytes).map_err(io::Error::other)?)
    }
}

impl Iterator for Bulk {
    type Item = Result<Record, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.next.is_none() {
            match self.act() {
                Ok(true) => {}
                Ok(false) => {
                    self.next = Some(0);
                    // Only for looking up; not needed while the documents come out.
                    self.slots = HashMap::new();
                }
                Err(error) => return Some(Err(error)),
            }
        }
        let next = self.next.as_mut()?;
        let kept = loop {
            let kept = *self.documents.get(*next)?;
            *next += 1;
            if let Some(kept) = kept {
                break kept;
            }
        };
        Some(match self.read(kept) {
            Ok(document) => Ok(Record { line: kept.line, document }),
            Err(Failure::Refused(reason)) => Err(RowError::fatal(kept.line, reason)),
            Err(Failure::Disk(error)) => Err(RowError::fatal(kept.line, format!("cannot read a temporary file: {error}"))),
        })
    }
}

/// Why an action was not carried out.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Disk(#[from] io::Error),
}

impl Failure {
    fn of(error: RowError) -> Failure {
        Failure::Refused(error.reason)
    }
}

/// Puts the members of `part` over those of `whole`, inside complex values too; lists are replaced.
fn merge(whole: &mut Map<String, Value>, part: Map<String, Value>) {
    for (name, value) in part {
        match (whole.get_mut(&name), value) {
            (Some(Value::Object(inner)), Value::Object(part)) => merge(inner, part),
            (_, value) => {
                whole.insert(name, value);
            }
        }
    }
}

/// A temporary file that only grows. What was written last is still in memory.
struct Spill {
    file: File,
    flushed: u64,
    tail: Vec<u8>,
}

impl Spill {
    const TAIL: usize = 1 << 20;

    fn new() -> io::Result<Spill> {
        Ok(Spill { file: tempfile::tempfile()?, flushed: 0, tail: Vec::new() })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<u64> {
        if self.tail.len() >= Self::TAIL {
            self.file.seek(SeekFrom::End(0))?;
            self.file.write_all(&self.tail)?;
            self.flushed += self.tail.len() as u64;
            self.tail.clear();
        }
        let offset = self.flushed + self.tail.len() as u64;
        self.tail.extend_from_slice(bytes);
        Ok(offset)
    }

    fn read(&mut self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let in_tail = offset.checked_sub(self.flushed).and_then(|start| usize::try_from(start).ok());
        if let Some(bytes) = in_tail.and_then(|start| self.tail.get(start..start + length)) {
            return Ok(bytes.to_vec());
        }
        let mut bytes = vec![0; length];
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}
