//! Drawing from lists by Zipf's law, and a shuffle that needs no memory.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

pub(super) fn pick<'a, T>(rng: &mut ChaCha8Rng, list: &'a [T]) -> &'a T {
    &list[rng.random_range(0..list.len())]
}

/// The first of a list more often than the last: ranks drawn by Zipf's law, `P(r)` about `1 / (r + 1)`.
pub(super) fn zipf_rank(rng: &mut ChaCha8Rng, count: u32) -> u32 {
    let drawn = f64::from(count + 1).powf(rng.random::<f64>()) as u32;
    (drawn.max(1) - 1).min(count.saturating_sub(1))
}

pub(super) fn zipf<'a>(rng: &mut ChaCha8Rng, words: &'a [String]) -> &'a str {
    let count = u32::try_from(words.len()).unwrap_or(u32::MAX);
    &words[zipf_rank(rng, count) as usize]
}

/// `count` different items in the order of the list, the first one likely.
pub(super) fn some(rng: &mut ChaCha8Rng, list: &[&str], count: usize) -> Vec<String> {
    let start = rng.random_range(0..list.len());
    (0..count.min(list.len())).map(|i| list[(start + i) % list.len()].to_owned()).collect()
}

/// 0 to 100, falling with the logarithm of the rank.
pub(super) fn by_rank(rank: u32, count: u32) -> i32 {
    (100.0 * (1.0 - f64::from(rank + 1).ln() / f64::from(count + 2).ln())) as i32
}

/// A fixed shuffle of `0..count`, so that popular songs do not all come first: `rank * step mod count` and back.
#[derive(Clone, Copy)]
pub(super) struct Spread {
    pub(super) count: u32,
    step: u64,
    back: u64,
}

impl Spread {
    pub(super) fn new(count: u32) -> Spread {
        let count = count.max(1);
        let modulus = u64::from(count);
        let mut step = modulus * 618 / 1000 + 1;
        while gcd(step, modulus) != 1 {
            step += 1;
        }
        Spread { count, step, back: inverse(step % modulus, modulus) }
    }

    pub(super) fn position(self, rank: u32) -> u32 {
        self.turn(rank, self.step)
    }

    pub(super) fn rank(self, position: u32) -> u32 {
        self.turn(position, self.back)
    }

    fn turn(self, n: u32, factor: u64) -> u32 {
        // Both are below 2^32, so the product fits.
        u32::try_from(u64::from(n) * (factor % u64::from(self.count)) % u64::from(self.count)).unwrap_or(0)
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The inverse of `a` modulo `m` (extended Euclid); `a` and `m` have no common divisor.
fn inverse(a: u64, m: u64) -> u64 {
    let modulus = i128::from(m);
    let (mut r, mut next_r) = (modulus, i128::from(a));
    let (mut t, mut next_t) = (0_i128, 1_i128);
    while next_r != 0 {
        let q = r / next_r;
        (r, next_r) = (next_r, r - q * next_r);
        (t, next_t) = (next_t, t - q * next_t);
    }
    u64::try_from(t.rem_euclid(modulus.max(1))).unwrap_or(0)
}
