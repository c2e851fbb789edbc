//! Where a user begins of whom nothing is known: popular songs that differ, and questions whose answers tell most.

use crate::math::dense::cosine;
use crate::model::Model;
use crate::recommend::Allowed;
use crate::recommend::Profile;

/// How much of the value of a start is how popular it is; the rest is how different from those before.
const RELEVANCE: f32 = 0.6;
/// Questions come from this many of the most popular songs: users can only answer about what they know.
const KNOWN: usize = 300;

impl Model {
    /// `k` popular items, each different from those before (maximal marginal relevance, Carbonell and Goldstein 1998), best first.
    pub fn cold_start_items(&self, k: usize, allowed: Allowed<'_>) -> Vec<u32> {
        let pool: Vec<u32> = self.most_popular().iter().copied().filter(|item| allowed(*item)).take(10 * k.max(20)).collect();
        let most = pool.first().map_or(1.0, |item| self.popularity()[*item as usize] as f32).ln_1p().max(f32::MIN_POSITIVE);
        let mut alike = vec![0.0f32; pool.len()];
        let mut out = Vec::with_capacity(k);
        let mut left: Vec<usize> = (0..pool.len()).collect();
        while out.len() < k && !left.is_empty() {
            let value =
                |at: usize| RELEVANCE * (self.popularity()[pool[at] as usize] as f32).ln_1p() / most - (1.0 - RELEVANCE) * alike[at];
            let place = (0..left.len()).max_by(|a, b| value(left[*a]).total_cmp(&value(left[*b])).then(left[*b].cmp(&left[*a])));
            let taken = left.remove(place.unwrap_or(0));
            out.push(pool[taken]);
            let vector = self.item(pool[taken]).unwrap_or(&[]);
            for at in &left {
                alike[*at] = alike[*at].max(cosine(vector, self.item(pool[*at]).unwrap_or(&[])));
            }
        }
        out
    }

    /// The `k` items whose answers tell most about a user of whom this much is known: greedily the one with the largest drop of
    /// `trace(A⁻¹)`, the uncertainty of the user's vector, among well-known ones (D. Rubens' survey of active learning calls it
    /// A-optimal design). With `A⁻¹` kept, an answer about `h` takes `|A⁻¹h|² / (1 + hᵀA⁻¹h)` off the trace. O(k 300 d²).
    pub fn quiz(&self, profile: &Profile, k: usize, allowed: Allowed<'_>) -> Vec<u32> {
        let d = self.dimensions();
        let asked = |item: u32| profile.known().columns.binary_search(&item).is_ok();
        let mut pool: Vec<u32> = self.most_popular().iter().copied().filter(|item| !asked(*item) && allowed(*item)).take(KNOWN).collect();
        let ridge = self.settings().ridge(profile.known().confidence(), self.items().len() as f32);
        let mut inverse = vec![0.0f32; d * d];
        for (at, g) in self.spectrum().iter().enumerate() {
            inverse[at * d + at] = 1.0 / (g * self.settings().unobserved + ridge);
        }
        let times = |inverse: &[f32], vector: &[f32]| -> Vec<f32> {
            let mut out = vec![0.0; d];
            tutti_vectors::kernels::dots(inverse, vector, &mut out);
            out
        };
        let inner = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        // An answer adds h hᵀ to A (Sherman and Morrison).
        let learn = |inverse: &mut [f32], vector: &[f32], weight: f32| {
            let turned = times(inverse, vector);
            let scale = weight / (1.0 + weight * inner(vector, &turned));
            for (row, a) in inverse.chunks_exact_mut(d).zip(&turned) {
                row.iter_mut().zip(&turned).for_each(|(value, b)| *value -= scale * a * b);
            }
        };
        for (item, confidence) in crate::math::matrix::pairs(profile.known()) {
            learn(&mut inverse, self.item(item).unwrap_or(&[]), confidence.abs());
        }
        let mut out = Vec::with_capacity(k);
        while out.len() < k && !pool.is_empty() {
            let drop = |item: u32| {
                let vector = self.item(item).unwrap_or(&[]);
                let turned = times(&inverse, vector);
                inner(&turned, &turned) / (1.0 + inner(vector, &turned))
            };
            let drops: Vec<f32> = pool.iter().map(|item| drop(*item)).collect();
            let place = (0..pool.len()).max_by(|a, b| drops[*a].total_cmp(&drops[*b]).then(b.cmp(a))).unwrap_or(0);
            let item = pool.remove(place);
            learn(&mut inverse, self.item(item).unwrap_or(&[]), 1.0);
            out.push(item);
        }
        out
    }
}
