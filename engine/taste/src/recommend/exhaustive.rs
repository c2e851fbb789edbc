//! Lists by scoring every item: the oracle of the fast path, and the way to make very many lists at once.

use rayon::prelude::*;

use crate::math::dense;
use crate::model::Model;
use crate::recommend::Profile;
use tutti_vectors::top_k;

/// Lists made in one product.
const BLOCK: usize = 16;

impl Model {
    /// The `k` best items for each of `count` profiles, every item scored, none that the profile knows. On all threads; O(items d) a
    /// list. Profiles are asked for when their turn comes.
    pub fn exhaustive_lists(&self, count: usize, profile: impl Fn(usize) -> Profile + Sync, k: usize) -> Vec<Vec<u32>> {
        let (d, m) = (self.dimensions(), self.items().len());
        let (ids, positions) = (self.items().ids(), self.items().positions());
        let blocks: Vec<Vec<Vec<u32>>> = (0..count.div_ceil(BLOCK))
            .into_par_iter()
            .map_init(
                || vec![0.0f32; BLOCK * m],
                |scores, block| {
                    let profiles: Vec<Profile> = (block * BLOCK..((block + 1) * BLOCK).min(count)).map(&profile).collect();
                    let vectors: Vec<f32> = profiles.iter().flat_map(|profile| profile.scaled.iter().copied()).collect();
                    let scores = &mut scores[..profiles.len() * m];
                    dense::products(&vectors, self.items().rows(), d, scores);
                    let rows = profiles.iter().zip(scores.chunks_exact_mut(m.max(1)));
                    rows.map(|(profile, scores)| {
                        let place = |item: u32| positions[item as usize] as usize;
                        self.each_extra(profile, |item, part| scores[place(item)] += part);
                        profile.known().columns.iter().for_each(|item| scores[place(*item)] = f32::NEG_INFINITY);
                        top_k(scores, k).into_iter().map(|at| ids[at as usize]).collect()
                    })
                    .collect()
                },
            )
            .collect();
        blocks.into_iter().flatten().collect()
    }
}
