//! A group's list by scoring every item: what the fast path is measured against.

use super::{Ballot, Sequence, Strategy};
use crate::model::Model;
use crate::recommend::{Allowed, Profile};

impl Model {
    /// The list of `k` items for a group with the mean of members' scores, every item scored that no member knows and that is allowed.
    pub fn exhaustive_group_list(&self, members: &[Profile], strategy: Strategy, k: usize, allowed: Allowed<'_>) -> Vec<(u32, f32)> {
        let mut open = vec![true; self.items().len()];
        for member in members {
            member.known().columns.iter().for_each(|item| open[*item as usize] = false);
        }
        let candidates: Vec<u32> = (0..open.len() as u32).filter(|item| open[*item as usize] && allowed(*item)).collect();
        let weights = vec![1.0; members.len()];
        let pleased_at = self.metadata().blend.pleased_at;
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
