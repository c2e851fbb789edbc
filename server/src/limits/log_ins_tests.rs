use super::*;

const LONGEST: Duration = Duration::from_secs(15 * 60);

fn address(last: u32) -> IpAddr {
    IpAddr::V4((0xc633_6400 + last).into())
}

/// Guesses wrong as soon as it may, `times` times; the waits between.
fn waits(throttle: &LogInThrottle, times: usize, now: &mut Instant) -> Vec<Duration> {
    let mut waits = Vec::new();
    for _ in 0..times {
        let mut waited = Duration::ZERO;
        while let Err(wait) = throttle.attempt(address(1), "ada", false, *now) {
            waited += wait;
            *now += wait;
        }
        waits.push(waited);
    }
    waits
}

/// Rates that no test meets by chance.
const OFTEN: Rate = Rate { per_second: 1000.0, burst: 1000.0 };
const TEN: Rate = Rate { per_second: 0.2, burst: 10.0 };

#[test]
fn a_pair_waits_twice_as_long_each_time_and_never_longer_than_a_quarter_of_an_hour() {
    let (throttle, mut now) = (LogInThrottle::new(OFTEN, OFTEN), Instant::now());
    let seconds: Vec<u64> = waits(&throttle, 20, &mut now).into_iter().map(|wait| wait.as_secs()).collect();
    assert_eq!(seconds, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900, 900]);
    throttle.attempt(address(2), "ada", false, now).unwrap();
    throttle.attempt(address(1), "bob", false, now).unwrap();
}

#[test]
fn a_right_password_and_an_hour_of_rest_wipe_the_slate() {
    let (throttle, mut now) = (LogInThrottle::new(OFTEN, OFTEN), Instant::now());
    waits(&throttle, 8, &mut now);
    now += LONGEST;
    let attempt = throttle.attempt(address(1), "ada", false, now).unwrap();
    throttle.succeeded(&attempt, now);
    assert_eq!(waits(&throttle, 4, &mut now), [Duration::ZERO; 4]);
    now += Duration::from_secs(2 * 3600);
    assert_eq!(waits(&throttle, 4, &mut now), [Duration::ZERO; 4]);
}

#[test]
fn a_guess_that_was_not_checked_is_none() {
    let (throttle, now) = (LogInThrottle::new(OFTEN, OFTEN), Instant::now());
    for _ in 0..50 {
        let attempt = throttle.attempt(address(1), "ada", false, now).unwrap();
        throttle.not_checked(&attempt, now);
    }
}

#[test]
fn an_address_that_tries_many_accounts_is_limited() {
    let (throttle, now) = (LogInThrottle::new(TEN, OFTEN), Instant::now());
    for at in 0..10 {
        throttle.attempt(address(1), &format!("user {at}"), false, now).unwrap();
    }
    assert!(throttle.attempt(address(1), "one more", false, now).is_err());
    throttle.attempt(address(2), "one more", false, now).unwrap();
}

#[test]
fn right_passwords_of_a_whole_venue_cost_nothing() {
    let (throttle, now) =
        (LogInThrottle::new(Rate { per_second: 0.2, burst: 60.0 }, Rate { per_second: 0.2, burst: 30.0 }), Instant::now());
    for at in 0..1000 {
        let attempt = throttle.attempt(address(1), &format!("user {at}"), false, now).unwrap();
        throttle.succeeded(&attempt, now);
    }
}

#[test]
fn an_account_that_many_addresses_try_is_limited_except_where_its_owner_is() {
    let (throttle, now) = (LogInThrottle::new(OFTEN, TEN), Instant::now());
    for at in 0..10 {
        throttle.attempt(address(at), "ada", false, now).unwrap();
    }
    assert!(throttle.attempt(address(11), "ada", false, now).is_err());
    throttle.attempt(address(12), "ada", true, now).unwrap();
    throttle.attempt(address(13), "bob", false, now).unwrap();
}
