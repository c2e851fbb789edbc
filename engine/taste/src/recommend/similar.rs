//! Similar songs, similar artists, users with similar tastes.

use rayon::prelude::*;

use crate::content::Facts;
use crate::math::dense::cosine;
use crate::model::Model;
use crate::recommend::Allowed;
use tutti_vectors::kernels::dots;

/// An item, artist or user that is similar to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Similar {
    /// The item's, artist's or user's number.
    pub number: u32,
    /// How alike: the cosine of the two vectors, for items with what the item-item score adds. At most 1 without them.
    pub score: f32,
    /// The cosine alone.
    pub cosine: f32,
    /// The item-item score, 1 for the most similar item; 0 for artists, users and items that are no neighbours.
    pub co_liked: f32,
}

/// What the item-item score may add to a cosine.
const ITEM_ITEM_WEIGHT: f32 = 0.3;

impl Model {
    /// The `k` items most like an item: the cosine of vectors, and up to 0.3 more for neighbours in the item-item model. O(items d).
    pub fn similar_items(&self, item: u32, k: usize, allowed: Allowed<'_>) -> Vec<Similar> {
        let Some(vector) = self.item(item) else { return Vec::new() };
        let row = self.item_item().row(item as usize);
        let most = row.values.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let co_liked = |other: u32| row.columns.binary_search(&other).map_or(0.0, |at| row.values[at] / most);
        let cosines = self.cosines(vector, self.items().rows());
        let ids = self.items().ids();
        let all = ids.iter().zip(cosines).filter(|(other, _)| **other != item && allowed(**other));
        let scored = all.map(|(other, cosine)| {
            let co_liked = co_liked(*other);
            Similar { number: *other, score: cosine + ITEM_ITEM_WEIGHT * co_liked, cosine, co_liked }
        });
        best(scored.collect(), k)
    }

    /// The `k` users with the tastes most like a user's: the cosine of vectors. O(users d).
    pub fn similar_users(&self, vector: &[f32], but: Option<u32>, k: usize) -> Vec<Similar> {
        let cosines = self.cosines(vector, self.user_vectors());
        let all = (0u32..).zip(cosines).filter(|(number, _)| Some(*number) != but);
        best(all.map(|(number, cosine)| Similar { number, score: cosine, cosine, co_liked: 0.0 }).collect(), k)
    }

    /// The `k` artists most like an artist: the cosine of the means of their songs, each weighted by the root of its listeners.
    pub fn similar_artists(&self, artist: u32, k: usize) -> Vec<Similar> {
        let d = self.dimensions();
        let mut sums = vec![0.0f32; self.artist_names().len() * d];
        for item in 0..self.items().len() as u32 {
            let Facts { artist: Some(artist), .. } = self.facts(item) else { continue };
            let weight = (self.popularity()[item as usize] as f32).sqrt().max(0.1);
            let (Some(vector), Some(sum)) = (self.item(item), sums.get_mut(artist as usize * d..(artist as usize + 1) * d)) else {
                continue;
            };
            sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += weight * value);
        }
        let Some(own) = sums.get(artist as usize * d..(artist as usize + 1) * d) else { return Vec::new() };
        let all = (0u32..).zip(sums.chunks_exact(d)).filter(|(number, _)| *number != artist);
        let scored = all.map(|(number, other)| {
            let cosine = cosine(own, other);
            Similar { number, score: cosine, cosine, co_liked: 0.0 }
        });
        best(scored.collect(), k)
    }

    fn cosines(&self, vector: &[f32], rows: &[f32]) -> Vec<f32> {
        let d = self.dimensions();
        let length = |row: &[f32]| row.iter().map(|value| value * value).sum::<f32>().sqrt();
        let own = length(vector);
        let mut out = vec![0.0; rows.len() / d];
        out.par_chunks_mut(4096).zip(rows.par_chunks(4096 * d)).for_each(|(out, rows)| {
            dots(rows, vector, out);
            out.iter_mut().zip(rows.chunks_exact(d)).for_each(|(out, row)| {
                let lengths = own * length(row);
                *out = if lengths > 0.0 { *out / lengths } else { 0.0 };
            });
        });
        out
    }
}

fn best(mut all: Vec<Similar>, k: usize) -> Vec<Similar> {
    let order = |a: &Similar, b: &Similar| b.score.total_cmp(&a.score).then(a.number.cmp(&b.number));
    if all.len() > k && k > 0 {
        all.select_nth_unstable_by(k - 1, order);
    }
    all.truncate(k);
    all.sort_unstable_by(order);
    all
}
