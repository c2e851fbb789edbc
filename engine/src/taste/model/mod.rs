//! A trained model: who is known, what they know, the factors, the walks and how the two are blended. It is one file, mapped and
//! never changed; a server swaps one model for the next.

mod file;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::blend::Blend;
use super::candidates::FEW;
use super::content::{Facts, FactsTable, WORDS, read_facts};
use super::factors::Settings;
use super::group::RuledOut;
use super::matrix::{Matrix, Row, Rows};
use super::names::{Names, NamesIn};
use super::walks::WalkSettings;
use crate::bytes::{Bytes, numbers};
use crate::nearest::Nearest;

/// Items in the sample that scores are compared with.
const SAMPLE: u32 = 1024;
/// Items in the charts.
const CHARTS: usize = 2000;

/// What a model says of itself.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct About {
    /// How the factors were made.
    pub settings: Settings,
    /// How the walks were made.
    pub walks: WalkSettings,
    /// How factors and walks are blended.
    pub blend: Blend,
    /// When it was trained, in seconds since 1970; 0 when nobody said.
    pub trained_at: i64,
    /// The last record of the interactions that went in.
    pub interactions: u64,
    /// Passes over the data.
    pub passes: u32,
    /// ndcg@20 on the part that was held out while settings and blend were chosen; none when nothing was held out.
    pub held_out_ndcg: Option<f64>,
    /// Where each section of the file lies.
    pub sections: BTreeMap<String, Section>,
}

/// A section of the file.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Section {
    start: u64,
    length: u64,
    crc32: u32,
}

/// A model as training makes it, to be written.
#[derive(Debug)]
pub struct Trained {
    pub(crate) about: About,
    pub(crate) people_names: Names,
    pub(crate) item_names: Names,
    /// A vector for each person.
    pub(crate) people: Vec<f32>,
    /// A vector for each item, compared by inner product.
    pub(crate) items: Nearest,
    pub(crate) spectrum: Vec<f32>,
    /// The mean vector of all items.
    pub(crate) mean: Vec<f32>,
    /// The mean of `h hᵀ` over all items.
    pub(crate) moment: Vec<f32>,
    /// What each person was known to like and skip.
    pub(crate) known: Matrix,
    /// How many people like each item.
    pub(crate) popularity: Vec<u32>,
    /// `ln(1 + popularity)` over its deviation.
    pub(crate) charts: Vec<f32>,
    pub(crate) walks: Matrix,
    pub(crate) facts: FactsTable,
}

/// A model to ask.
pub struct Model {
    about: About,
    people_ends: Bytes,
    people_text: Bytes,
    item_ends: Bytes,
    item_text: Bytes,
    people: Bytes,
    items: Nearest,
    spectrum: Vec<f32>,
    known_starts: Bytes,
    known_columns: Bytes,
    known_values: Bytes,
    popularity: Bytes,
    charts: Bytes,
    walk_starts: Bytes,
    walk_columns: Bytes,
    walk_values: Bytes,
    facts: Bytes,
    artist_ends: Bytes,
    artist_text: Bytes,
    label_ends: Bytes,
    label_text: Bytes,
    item_label_starts: Bytes,
    item_labels: Bytes,
    title_ends: Bytes,
    titles: Bytes,
    mean: Vec<f32>,
    moment: Vec<f32>,
    /// The items most people like, most first.
    most_popular: Vec<u32>,
    /// Some items that nobody likes: all, if they are few.
    unheard: Vec<u32>,
    /// Items spread evenly over all.
    sample: Vec<u32>,
    /// Their vectors, one after the other, once they were asked for.
    sample_rows: OnceLock<Vec<f32>>,
    /// What hosts' rules left of the items, lately.
    pub(super) ruled: RuledOut,
    whole: Arc<Bytes>,
    /// Where the sections begin.
    body: usize,
}

impl Model {
    fn with_derived(mut self) -> Model {
        let count = self.items.len() as u32;
        let step = (count / SAMPLE).max(1);
        self.sample = (0..count.div_ceil(step)).map(|at| at * step).collect();
        let popularity = self.popularity();
        let order = |a: &u32, b: &u32| popularity[*b as usize].cmp(&popularity[*a as usize]).then(a.cmp(b));
        let mut all: Vec<u32> = (0..count).collect();
        if all.len() > CHARTS {
            all.select_nth_unstable_by(CHARTS, order);
            all.truncate(CHARTS);
        }
        all.sort_unstable_by(order);
        let unheard = (0..count).filter(|item| popularity[*item as usize] == 0).take(FEW + 1).collect();
        (self.most_popular, self.unheard) = (all, unheard);
        self
    }

    /// The items most people like, most first: some thousand.
    pub fn most_popular(&self) -> &[u32] {
        &self.most_popular
    }

    /// Items that nobody likes, the first few thousand: more than [`FEW`] when there are more.
    pub(crate) fn unheard(&self) -> &[u32] {
        &self.unheard
    }

    /// A thousand items spread evenly over all, or all, ascending, and their vectors one after the other.
    pub(crate) fn sample(&self) -> (&[u32], &[f32]) {
        (&self.sample, self.sample_rows.get_or_init(|| self.gathered(&self.sample)))
    }

    /// The vectors of items, one after the other.
    pub(crate) fn gathered(&self, items: &[u32]) -> Vec<f32> {
        let mut out = Vec::with_capacity(items.len() * self.dimensions());
        items.iter().filter_map(|item| self.item(*item)).for_each(|vector| out.extend_from_slice(vector));
        out
    }

    /// What it says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Numbers in a vector.
    pub fn dimensions(&self) -> usize {
        self.items.dimensions()
    }

    /// The people it knows.
    pub fn people_names(&self) -> NamesIn<'_> {
        NamesIn { ends: numbers(self.people_ends.as_slice()), text: self.people_text.as_slice() }
    }

    /// The items it knows.
    pub fn item_names(&self) -> NamesIn<'_> {
        NamesIn { ends: numbers(self.item_ends.as_slice()), text: self.item_text.as_slice() }
    }

    /// A person's vector.
    pub fn person(&self, number: u32) -> Option<&[f32]> {
        let d = self.dimensions();
        self.people_vectors().get(number as usize * d..(number as usize + 1) * d)
    }

    /// All people's vectors, one after the other.
    pub fn people_vectors(&self) -> &[f32] {
        numbers(self.people.as_slice())
    }

    /// An item's vector.
    pub fn item(&self, number: u32) -> Option<&[f32]> {
        self.items.vector(number)
    }

    /// The items' vectors.
    pub fn items(&self) -> &Nearest {
        &self.items
    }

    /// What a person was known to like and skip when the model was trained.
    pub fn known(&self, number: u32) -> Row<'_> {
        let rows = Rows {
            starts: numbers(self.known_starts.as_slice()),
            columns: numbers(self.known_columns.as_slice()),
            values: numbers(self.known_values.as_slice()),
        };
        rows.row(number as usize)
    }

    /// How many people like each item.
    pub fn popularity(&self) -> &[u32] {
        numbers(self.popularity.as_slice())
    }

    /// `ln(1 + popularity)` of each item over its deviation: the charts' part of a score.
    pub(crate) fn charts(&self) -> &[f32] {
        numbers(self.charts.as_slice())
    }

    /// What is known of an item.
    pub fn facts(&self, number: u32) -> Facts {
        let words: &[u32] = numbers(self.facts.as_slice());
        words.get(number as usize * WORDS..).map_or_else(Facts::default, read_facts)
    }

    /// What an item is called; none where nobody said.
    pub fn title(&self, number: u32) -> Option<&str> {
        let titles = NamesIn { ends: numbers(self.title_ends.as_slice()), text: self.titles.as_slice() };
        titles.name(number).filter(|title| !title.is_empty())
    }

    /// The artists of items, by the number their facts have.
    pub fn artist_names(&self) -> NamesIn<'_> {
        NamesIn { ends: numbers(self.artist_ends.as_slice()), text: self.artist_text.as_slice() }
    }

    /// Genres and tags, in lower case.
    pub fn label_names(&self) -> NamesIn<'_> {
        NamesIn { ends: numbers(self.label_ends.as_slice()), text: self.label_text.as_slice() }
    }

    /// The genres and tags of an item, ascending.
    pub fn labels(&self, number: u32) -> &[u32] {
        let (starts, labels): (&[u64], &[u32]) = (numbers(self.item_label_starts.as_slice()), numbers(self.item_labels.as_slice()));
        match (starts.get(number as usize), starts.get(number as usize + 1)) {
            (Some(start), Some(end)) => labels.get(*start as usize..*end as usize).unwrap_or(&[]),
            _ => &[],
        }
    }

    /// Where walks from each item end.
    pub fn walks(&self) -> Rows<'_> {
        Rows {
            starts: numbers(self.walk_starts.as_slice()),
            columns: numbers(self.walk_columns.as_slice()),
            values: numbers(self.walk_values.as_slice()),
        }
    }

    /// Eigenvalues of the items' weighted Gram matrix, largest first.
    pub(crate) fn spectrum(&self) -> &[f32] {
        &self.spectrum
    }

    /// The mean vector of all items.
    pub(crate) fn mean(&self) -> &[f32] {
        &self.mean
    }

    /// The mean of `h hᵀ` over all items, `d x d`.
    pub(crate) fn moment(&self) -> &[f32] {
        &self.moment
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model").field("about", &self.about).finish_non_exhaustive()
    }
}
