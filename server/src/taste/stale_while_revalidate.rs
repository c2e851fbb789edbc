//! Stale-while-revalidate: a value is made anew when what it was made from has changed, by the first who asks; the others are given
//! the last one meanwhile.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What took a while to work out is good for this many times as long, so that many changes cost a small part of the time.
const REST: u32 = 20;

/// One value, what it belongs to (it is of no use with anything else) and what it was made from (it may lag behind that a little).
pub(super) struct StaleWhileRevalidate<B, K, T> {
    made: Mutex<Option<Made<B, K, T>>>,
    /// Held while a new one is made.
    making: Mutex<()>,
}

struct Made<B, K, T> {
    with: B,
    from: K,
    value: Arc<T>,
    at: Instant,
    took: Duration,
}

impl<B, K, T> Default for StaleWhileRevalidate<B, K, T> {
    fn default() -> Self {
        StaleWhileRevalidate { made: Mutex::default(), making: Mutex::default() }
    }
}

impl<B: PartialEq, K: PartialEq, T> StaleWhileRevalidate<B, K, T> {
    /// The value made with `with` from `from`: made now by who finds it stale, while others are given the last one.
    pub(super) fn get<E>(&self, with: B, from: K, make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        let (last, fresh) = self.last(&with, &from);
        if let (Some(value), true) = (&last, fresh) {
            return Ok(Arc::clone(value));
        }
        let _making = match (self.making.try_lock(), last) {
            (Ok(making), _) => making,
            (Err(_), Some(value)) => return Ok(value),
            (Err(_), None) => {
                let making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
                if let (Some(value), true) = self.last(&with, &from) {
                    return Ok(value);
                }
                making
            }
        };
        let started = Instant::now();
        let value = Arc::new(make()?);
        let made = Made { with, from, value: Arc::clone(&value), at: Instant::now(), took: started.elapsed() };
        *self.made.lock().unwrap_or_else(PoisonError::into_inner) = Some(made);
        Ok(value)
    }

    fn last(&self, with: &B, from: &K) -> (Option<Arc<T>>, bool) {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        match made.as_ref().filter(|made| made.with == *with) {
            Some(made) => (Some(Arc::clone(&made.value)), made.from == *from || made.at.elapsed() < made.took * REST),
            None => (None, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_and_anew_when_what_it_was_made_from_changes() {
        let kept: StaleWhileRevalidate<u32, u32, u32> = StaleWhileRevalidate::default();
        let ask = |from: u32, value: u32| *kept.get(0, from, || Ok::<_, ()>(value)).unwrap();
        assert_eq!(ask(1, 10), 10);
        assert_eq!(ask(1, 11), 10);
        // How long a value rests depends on how long it took: each is asked for until it is made.
        while ask(2, 12) != 12 {
            std::thread::sleep(Duration::from_millis(1));
        }
        let slow = || {
            std::thread::sleep(Duration::from_millis(200));
            // Somebody else meanwhile is given the last one.
            assert_eq!(std::thread::scope(|scope| scope.spawn(|| ask(3, 13)).join().unwrap()), 12);
            Ok::<_, ()>(14)
        };
        while *kept.get(0, 3, slow).unwrap() != 14 {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(ask(4, 15), 14, "what was slow rests");
        assert_eq!(*kept.get(1, 4, || Ok::<_, ()>(16)).unwrap(), 16, "but is of no use with something else");
    }

    #[test]
    fn a_failure_is_not_kept() {
        let kept: StaleWhileRevalidate<u32, u32, u32> = StaleWhileRevalidate::default();
        assert_eq!(kept.get(0, 1, || Err("no")).map(|value| *value), Err("no"));
        assert_eq!(kept.get(0, 1, || Ok::<_, &str>(2)).map(|value| *value), Ok(2));
    }
}
