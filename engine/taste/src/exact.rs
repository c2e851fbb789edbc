//! Lists by scoring every item: the oracle of the fast path, and the way to make very many lists at once.

use rayon::prelude::*;

use super::candidates::Allowed;
use super::dense;
use super::group::{Ballot, Sequence, Strategy};
use super::model::Model;
use super::profile::Profile;
use tutti_vectors::top_k;

/// Lists made in one product.
const BLOCK: usize = 16;

impl Model {
    /// The `k` best items for each of `count` profiles, every item scored, none that the profile knows. On all threads; O(items d) a
    /// list. Profiles are asked for when their turn comes.
    pub fn exact_lists(&self, count: usize, profile: impl Fn(usize) -> Profile + Sync, k: usize) -> Vec<Vec<u32>> {
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

    /// The list of `k` items for a group with the mean of members' scores, every item scored that no member knows and that is allowed.
    pub fn exact_group_list(&self, members: &[Profile], strategy: Strategy, k: usize, allowed: Allowed<'_>) -> Vec<(u32, f32)> {
        let mut open = vec![true; self.items().len()];
        for member in members {
            member.known().columns.iter().for_each(|item| open[*item as usize] = false);
        }
        let candidates: Vec<u32> = (0..open.len() as u32).filter(|item| open[*item as usize] && allowed(*item)).collect();
        let weights = vec![1.0; members.len()];
        let pleased_at = self.about().blend.pleased_at;
        let mut ballot = Ballot { candidates: candidates.len(), weights, pleased_at, ..Ballot::default() };
        for member in members {
            let all = self.score_all(member);
            ballot.scores.extend(candidates.iter().map(|item| all[*item as usize]));
        }
        let mut sequence = Sequence::new(&ballot, strategy);
        let mut out = Vec::with_capacity(k);
        while out.len() < k {
            let Some(at) = sequence.best() else { break };
            sequence.take(at);
            let sum: f32 = (0..members.len()).map(|member| ballot.scores[member * candidates.len() + at]).sum();
            out.push((candidates[at], sum / members.len().max(1) as f32));
        }
        out
    }
}
