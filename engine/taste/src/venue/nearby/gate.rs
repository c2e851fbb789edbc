//! The one gate every number passes on its way out: rounding, holding over days, optional noise.
//!
//! Must not hold: what the numbers count.

use super::K;

/// Chance that a noisy number gives away more than `epsilon` allows.
const DELTA: f64 = 1e-3;

/// How numbers are protected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// A number stays while the count is within this many people of the count it was set for. Usually 4, so that a change tells of
    /// five people or more; 0 rounds down anew each day. Published numbers are lowered by it, so they stay true meanwhile.
    pub slack: u32,
    /// In how many parts one person may count.
    pub parts_each: usize,
    /// Noise, against those who know everybody else.
    pub noise: Option<Noise>,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy { slack: K - 1, parts_each: 8, noise: None }
    }
}

/// Geometric noise, cut off and shifted so that a number never exceeds the count (Ghosh, Roughgarden, Sundararajan 2009).
///
/// A number newly set is (`epsilon`, 0.001)-differentially private; over all parts a person counts in, at most `parts_each` times
/// that, and again for each audience and taste. It is drawn when a number is set, from key, part, what is counted and day: asking
/// again or waiting does not average it away. It costs `7 / epsilon` people per number on average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Privacy loss of one number; held within 0.05 and 5.
    pub epsilon: f64,
    /// Secret key, the same for all days.
    pub key: [u64; 2],
}

/// A number as it stands: the count it was set for, and what is published. Absent is all 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct CountState {
    pub(super) anchor: u32,
    pub(super) published: u32,
}

impl Policy {
    /// The next standing of a number whose count is now `count`. `name` tells the number from all others, the day included.
    ///
    /// `published <= count` always: it is at most `anchor - slack`, and the count is not farther than that below the anchor.
    pub(super) fn next(&self, states: CountState, count: u32, name: &[u64]) -> CountState {
        if states.anchor.abs_diff(count) <= self.slack {
            return states;
        }
        let lowered = count.saturating_sub(self.slack).saturating_sub(self.noise.map_or(0, |noise| noise.cost(name)));
        CountState { anchor: count, published: lowered / K * K }
    }
}

impl Noise {
    fn epsilon(&self) -> f64 {
        if self.epsilon.is_finite() { self.epsilon.clamp(0.05, 5.0) } else { 0.05 }
    }

    /// Greatest size of the noise either way.
    pub(super) fn reach(&self) -> u32 {
        (-DELTA.ln() / self.epsilon()).ceil() as u32
    }

    /// The chances of costs 0 to `2 * reach`: geometric, greatest in the middle.
    pub(super) fn chances(&self) -> Vec<f64> {
        let reach = self.reach();
        let weights: Vec<f64> = (0..=2 * reach).map(|cost| (-self.epsilon() * f64::from(cost.abs_diff(reach))).exp()).collect();
        let total: f64 = weights.iter().sum();
        weights.iter().map(|weight| weight / total).collect()
    }

    /// How many people are taken off, drawn from the key and `name`.
    fn cost(&self, name: &[u64]) -> u32 {
        let mut left = (siphash(self.key, name) >> 11) as f64 / (1u64 << 53) as f64;
        for (cost, chance) in (0..).zip(self.chances()) {
            if left < chance {
                return cost;
            }
            left -= chance;
        }
        2 * self.reach()
    }
}

/// SipHash-2-4 (Aumasson, Bernstein 2012) of whole words: a keyed function nobody can foretell without the key.
fn siphash(key: [u64; 2], words: &[u64]) -> u64 {
    let mut v =
        [key[0] ^ 0x736f_6d65_7073_6575, key[1] ^ 0x646f_7261_6e64_6f6d, key[0] ^ 0x6c79_6765_6e65_7261, key[1] ^ 0x7465_6462_7974_6573];
    let length = (words.len() as u64 * 8) << 56;
    for &word in words.iter().chain([&length]) {
        v[3] ^= word;
        sip_round(&mut v);
        sip_round(&mut v);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    (0..4).for_each(|_| sip_round(&mut v));
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

fn sip_round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[2] = v[2].rotate_left(32);
}

#[cfg(test)]
mod hash_tests {
    /// The paper's key; messages of whole words from its table of test vectors.
    #[test]
    fn siphash_equals_the_published_vectors() {
        let key = [0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908];
        assert_eq!(super::siphash(key, &[]), 0x726f_db47_dd0e_0e31);
        assert_eq!(super::siphash(key, &[0x0706_0504_0302_0100]), 0x93f5_f579_9a93_2462);
    }
}
