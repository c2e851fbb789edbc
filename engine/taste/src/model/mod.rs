//! A trained model: users and what they know, the factors, the item-item scores and how the two are blended. It is one file,
//! mapped and never changed; a server swaps one model for the next.

mod catalogue;
mod file;
mod item_rules;

pub use catalogue::ItemMatcher;
pub(crate) use item_rules::ItemRule;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use tutti_vectors::{IvfIndex, Section};

use crate::blend::Blend;
use crate::content::{Facts, FactsTable, WORDS, read_facts};
use crate::factors::Settings;
use crate::item_item::ItemItemSettings;
use crate::math::matrix::{Matrix, Row, Rows};
use crate::string_table::{StringTable, StringTableView};

/// Up to this many items are compared one by one.
pub(crate) const SCAN_LIMIT: usize = 4096;
/// Items in the sample that scores are compared with.
const SAMPLE: u32 = 1024;
/// Most popular items that are kept in order.
const MOST_POPULAR: usize = 2000;

/// What a model says of itself.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ModelMetadata {
    /// How the factors were made.
    pub settings: Settings,
    /// How the item-item scores were made.
    #[serde(rename = "walks")]
    pub item_item: ItemItemSettings,
    /// How factors and item-item scores are blended.
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
    pub sections: BTreeMap<String, SectionPlace>,
}

/// Where a section of the file lies.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SectionPlace {
    start: u64,
    length: u64,
    crc32: u32,
}

/// A model as training makes it, to be written.
#[derive(Debug)]
pub struct Trained {
    pub(crate) metadata: ModelMetadata,
    pub(crate) user_ids: StringTable,
    pub(crate) item_ids: StringTable,
    /// A vector for each user.
    pub(crate) users: Vec<f32>,
    /// A vector for each item, compared by inner product.
    pub(crate) items: IvfIndex,
    pub(crate) spectrum: Vec<f32>,
    /// The mean vector of all items.
    pub(crate) mean: Vec<f32>,
    /// The mean of `h hᵀ` over all items.
    pub(crate) moment: Vec<f32>,
    /// What each user was known to like and skip.
    pub(crate) known: Matrix,
    /// How many users like each item.
    pub(crate) popularity: Vec<u32>,
    /// `ln(1 + popularity)` over its deviation.
    pub(crate) popularity_prior: Vec<f32>,
    pub(crate) item_item: Matrix,
    pub(crate) facts: FactsTable,
}

/// Ids in a file.
#[derive(Debug)]
struct MappedNames {
    ends: Section<u64>,
    text: Section<u8>,
}

impl MappedNames {
    fn view(&self) -> StringTableView<'_> {
        StringTableView { ends: &self.ends, text: &self.text }
    }
}

/// A sparse matrix in a file.
#[derive(Debug)]
struct MappedRows {
    starts: Section<u64>,
    columns: Section<u32>,
    values: Section<f32>,
}

impl MappedRows {
    fn view(&self) -> Rows<'_> {
        Rows { starts: &self.starts, columns: &self.columns, values: &self.values }
    }
}

/// A model to ask.
pub struct Model {
    metadata: ModelMetadata,
    user_ids: MappedNames,
    item_ids: MappedNames,
    users: Section<f32>,
    items: IvfIndex,
    spectrum: Vec<f32>,
    known: MappedRows,
    popularity: Section<u32>,
    popularity_prior: Section<f32>,
    item_item: MappedRows,
    facts: Section<u32>,
    artists: MappedNames,
    labels: MappedNames,
    item_label_starts: Section<u64>,
    item_labels: Section<u32>,
    titles: MappedNames,
    mean: Vec<f32>,
    moment: Vec<f32>,
    /// The items most users like, most first.
    most_popular: Vec<u32>,
    /// Some items that nobody likes: all, if they are few.
    unheard: Vec<u32>,
    /// Items spread evenly over all.
    sample: Vec<u32>,
    /// Their vectors, one after the other, once they were asked for.
    sample_rows: OnceLock<Vec<f32>>,
    /// The items that recent hard rules let through.
    rules: item_rules::Cache,
    file: Section<u8>,
    /// Where the sections begin.
    body: usize,
}

impl Model {
    fn with_derived(mut self) -> Model {
        let count = self.items.len() as u32;
        let step = (count / SAMPLE).max(1);
        self.sample = (0..count.div_ceil(step)).map(|at| at * step).collect();
        let popularity = self.popularity.clone();
        let order = |a: &u32, b: &u32| popularity[*b as usize].cmp(&popularity[*a as usize]).then(a.cmp(b));
        let mut all: Vec<u32> = (0..count).collect();
        if all.len() > MOST_POPULAR {
            all.select_nth_unstable_by(MOST_POPULAR, order);
            all.truncate(MOST_POPULAR);
        }
        all.sort_unstable_by(order);
        let unheard = (0..count).filter(|item| popularity[*item as usize] == 0).take(SCAN_LIMIT + 1).collect();
        (self.most_popular, self.unheard) = (all, unheard);
        self
    }

    /// The items most users like, most first: some thousand.
    pub fn most_popular(&self) -> &[u32] {
        &self.most_popular
    }

    /// Items that nobody likes, the first few thousand: more than [`SCAN_LIMIT`] when there are more.
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
    pub fn metadata(&self) -> &ModelMetadata {
        &self.metadata
    }

    /// Numbers in a vector.
    pub fn dimensions(&self) -> usize {
        self.items.dimensions()
    }

    /// The users it knows.
    pub fn user_ids(&self) -> StringTableView<'_> {
        self.user_ids.view()
    }

    /// The items it knows.
    pub fn item_ids(&self) -> StringTableView<'_> {
        self.item_ids.view()
    }

    /// A user's vector.
    pub fn user(&self, number: u32) -> Option<&[f32]> {
        let d = self.dimensions();
        self.user_vectors().get(number as usize * d..(number as usize + 1) * d)
    }

    /// All users' vectors, one after the other.
    pub fn user_vectors(&self) -> &[f32] {
        &self.users
    }

    /// An item's vector.
    pub fn item(&self, number: u32) -> Option<&[f32]> {
        self.items.vector(number)
    }

    /// The items' vectors.
    pub fn items(&self) -> &IvfIndex {
        &self.items
    }

    /// What a user was known to like and skip when the model was trained.
    pub fn known(&self, number: u32) -> Row<'_> {
        self.known.view().row(number as usize)
    }

    /// How many users like each item.
    pub fn popularity(&self) -> &[u32] {
        &self.popularity
    }

    /// `ln(1 + popularity)` of each item over its deviation: the popularity prior's part of a score.
    pub(crate) fn popularity_prior(&self) -> &[f32] {
        &self.popularity_prior
    }

    /// What is known of an item.
    pub fn facts(&self, number: u32) -> Facts {
        self.facts.get(number as usize * WORDS..).map_or_else(Facts::default, read_facts)
    }

    /// What an item is called; none where nobody said.
    pub fn title(&self, number: u32) -> Option<&str> {
        self.titles.view().name(number).filter(|title| !title.is_empty())
    }

    /// The artists of items, by the number their facts have.
    pub fn artist_names(&self) -> StringTableView<'_> {
        self.artists.view()
    }

    /// Genres and tags, in lower case.
    pub fn label_names(&self) -> StringTableView<'_> {
        self.labels.view()
    }

    /// The genres and tags of an item, ascending.
    pub fn labels(&self, number: u32) -> &[u32] {
        let (starts, labels) = (&self.item_label_starts, &self.item_labels);
        match (starts.get(number as usize), starts.get(number as usize + 1)) {
            (Some(start), Some(end)) => labels.get(*start as usize..*end as usize).unwrap_or(&[]),
            _ => &[],
        }
    }

    /// For each item its neighbours in the item-item model.
    pub fn item_item(&self) -> Rows<'_> {
        self.item_item.view()
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
        f.debug_struct("Model").field("about", &self.metadata).finish_non_exhaustive()
    }
}
