//! Token buckets by key. The clock comes in as an argument.

use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Rate;
use super::lru::TwoGenerationLru;

struct Bucket {
    left: f64,
    at: Instant,
}

/// A token bucket per key. A key that was forgotten begins with a full bucket again.
pub(crate) struct TokenBuckets<K> {
    rate: Rate,
    buckets: Mutex<TwoGenerationLru<K, Bucket>>,
}

impl<K: Hash + Eq + Clone> TokenBuckets<K> {
    /// TokenBuckets of one rate, for `capacity` keys and up to twice as many.
    pub(crate) fn new(rate: Rate, capacity: usize) -> TokenBuckets<K> {
        TokenBuckets { rate, buckets: Mutex::new(TwoGenerationLru::new(capacity)) }
    }

    /// Takes `n` out of the bucket of `key`.
    ///
    /// # Errors
    /// How long to wait until so much is there, when it is not; nothing is taken then. More than a whole bucket is never there: the
    /// answer is then the time in which an empty bucket fills.
    pub(crate) fn take(&self, key: &K, n: u32, now: Instant) -> Result<(), Duration> {
        let (rate, wanted) = (self.rate, f64::from(n));
        let mut buckets = self.lock();
        let bucket = buckets.entry(key, || Bucket { left: rate.burst, at: now });
        let past = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + past * rate.per_second).min(rate.burst);
        bucket.at = bucket.at.max(now);
        if bucket.left >= wanted {
            bucket.left -= wanted;
            return Ok(());
        }
        let missing = if wanted > rate.burst { rate.burst } else { wanted - bucket.left };
        Err(Duration::try_from_secs_f64(missing / rate.per_second).unwrap_or(Duration::MAX))
    }

    /// Puts back `n` that were taken for nothing.
    pub(crate) fn give_back(&self, key: &K, n: u32, now: Instant) {
        let burst = self.rate.burst;
        let mut buckets = self.lock();
        let bucket = buckets.entry(key, || Bucket { left: burst, at: now });
        bucket.left = (bucket.left + f64::from(n)).min(burst);
    }

    fn lock(&self) -> MutexGuard<'_, TwoGenerationLru<K, Bucket>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_second: 2.0, burst: 3.0 };

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let (buckets, start) = (TokenBuckets::new(RATE, 8), Instant::now());
        assert_eq!(buckets.take(&"a", 3, start), Ok(()));
        assert_eq!(buckets.take(&"a", 1, start), Err(Duration::from_millis(500)));
        assert_eq!(buckets.take(&"b", 1, start), Ok(()), "keys do not share");
        let later = start + Duration::from_millis(500);
        assert_eq!(buckets.take(&"a", 1, later), Ok(()));
        assert!(buckets.take(&"a", 1, later).is_err());
        let much_later = start + Duration::from_secs(3600);
        assert_eq!(buckets.take(&"a", 3, much_later), Ok(()));
        assert!(buckets.take(&"a", 1, much_later).is_err(), "a bucket never holds more than its burst");
    }

    #[test]
    fn more_than_a_whole_bucket_is_refused_and_takes_nothing() {
        let (buckets, start) = (TokenBuckets::new(RATE, 8), Instant::now());
        assert_eq!(buckets.take(&1, 4, start), Err(Duration::from_millis(1500)));
        assert_eq!(buckets.take(&1, 3, start), Ok(()));
    }

    #[test]
    fn what_is_given_back_can_be_taken_again_and_never_overfills() {
        let (buckets, start) = (TokenBuckets::new(RATE, 8), Instant::now());
        assert_eq!(buckets.take(&1, 3, start), Ok(()));
        buckets.give_back(&1, 1, start);
        assert_eq!(buckets.take(&1, 1, start), Ok(()));
        buckets.give_back(&1, 100, start);
        assert!(buckets.take(&1, 4, start).is_err());
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing() {
        let start = Instant::now() + Duration::from_secs(10);
        let buckets = TokenBuckets::new(RATE, 8);
        assert_eq!(buckets.take(&1, 3, start), Ok(()));
        assert!(buckets.take(&1, 1, start - Duration::from_secs(5)).is_err());
        assert!(buckets.take(&1, 1, start).is_err());
    }

    #[test]
    fn memory_is_bounded_and_the_keys_used_last_stay() {
        let (buckets, start) = (TokenBuckets::new(RATE, 10), Instant::now());
        assert_eq!(buckets.take(&0, 3, start), Ok(()));
        for key in 1..1000 {
            buckets.take(&key, 1, start).unwrap();
            assert!(buckets.take(&0, 1, start).is_err(), "a key in use is remembered");
        }
        let kept = buckets.lock();
        assert!(kept.young.len() + kept.old.len() <= 20);
    }

    #[test]
    fn a_key_that_is_used_just_when_others_are_forgotten_stays() {
        let (buckets, start) = (TokenBuckets::new(RATE, 2), Instant::now());
        for key in ["a", "b", "c", "d"] {
            buckets.take(&key, 3, start).unwrap();
        }
        for key in ["a", "d", "a", "d"] {
            assert!(buckets.take(&key, 1, start).is_err(), "{key}");
        }
    }
}
