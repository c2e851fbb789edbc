//! Quantiles of very many latencies in little memory.

/// 32 steps to each power of two: 3 % wide.
const STEPS: u64 = 32;

/// Counts of microseconds.
pub(crate) struct Histogram(Vec<u64>);

impl Histogram {
    pub(crate) fn new() -> Histogram {
        Histogram(vec![0; STEPS as usize * 40])
    }

    pub(crate) fn add(&mut self, microseconds: u64) {
        let value = microseconds.max(1);
        let power = u64::from(63 - value.leading_zeros());
        let step = if power < 5 { value } else { (power - 4) * STEPS + ((value >> (power - 5)) & (STEPS - 1)) };
        let last = self.0.len() - 1;
        self.0[(step as usize).min(last)] += 1;
    }

    /// Adds what another one counted.
    pub(crate) fn merge(&mut self, other: &Histogram) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own += other);
    }

    /// The quantile in milliseconds, 0 when nothing was counted.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let all: u64 = self.0.iter().sum();
        let wanted = (all as f64 * share).ceil() as u64;
        let mut counted = 0;
        for (step, count) in (0..).zip(&self.0) {
            counted += count;
            if all > 0 && counted >= wanted {
                let value = if step < STEPS { step } else { (STEPS + step % STEPS) << (step / STEPS - 1) };
                return value as f64 / 1e3;
            }
        }
        0.0
    }
}
