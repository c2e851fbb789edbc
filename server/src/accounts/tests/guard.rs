use std::time::Instant;

use super::super::guard::Guard;
use super::*;

const LONGEST: Duration = Duration::from_secs(15 * 60);

fn address(last: u32) -> IpAddr {
    IpAddr::V4((0xc633_6400 + last).into())
}

/// Guesses wrong as soon as it may, `times` times; the waits between.
fn waits(guard: &Guard, times: usize, now: &mut Instant) -> Vec<Duration> {
    let mut waits = Vec::new();
    for _ in 0..times {
        let mut waited = Duration::ZERO;
        while let Err(error) = guard.guess(address(1), "ada", false, *now) {
            let wait = error.retry_after().unwrap();
            waited += wait;
            *now += wait;
        }
        waits.push(waited);
    }
    waits
}

fn generous() -> Rates {
    settings().rates
}

#[test]
fn a_pair_waits_twice_as_long_each_time_and_never_longer_than_a_quarter_of_an_hour() {
    let (guard, mut now) = (Guard::new(generous()), Instant::now());
    let seconds: Vec<u64> = waits(&guard, 20, &mut now).into_iter().map(|wait| wait.as_secs()).collect();
    assert_eq!(seconds, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900, 900]);
    guard.guess(address(2), "ada", false, now).unwrap();
    guard.guess(address(1), "bob", false, now).unwrap();
}

#[test]
fn a_right_password_and_an_hour_of_rest_wipe_the_slate() {
    let (guard, mut now) = (Guard::new(generous()), Instant::now());
    waits(&guard, 8, &mut now);
    now += LONGEST;
    let guess = guard.guess(address(1), "ada", false, now).unwrap();
    guard.right(&guess, now);
    assert_eq!(waits(&guard, 4, &mut now), [Duration::ZERO; 4]);
    now += Duration::from_secs(2 * 3600);
    assert_eq!(waits(&guard, 4, &mut now), [Duration::ZERO; 4]);
}

#[test]
fn a_guess_that_was_not_checked_is_none() {
    let (guard, now) = (Guard::new(generous()), Instant::now());
    for _ in 0..50 {
        let guess = guard.guess(address(1), "ada", false, now).unwrap();
        guard.unchecked(&guess, now);
    }
}

#[test]
fn an_address_that_tries_many_accounts_is_limited() {
    let (guard, now) = (Guard::new(Rates { failures_of_address: Rate { per_second: 0.2, burst: 10.0 }, ..generous() }), Instant::now());
    for at in 0..10 {
        guard.guess(address(1), &format!("user {at}"), false, now).unwrap();
    }
    refused(guard.guess(address(1), "one more", false, now), "RATE_LIMITED");
    guard.guess(address(2), "one more", false, now).unwrap();
}

#[test]
fn right_passwords_of_a_whole_venue_cost_nothing() {
    let (guard, now) = (Guard::new(Rates::default()), Instant::now());
    for at in 0..1000 {
        let guess = guard.guess(address(1), &format!("user {at}"), false, now).unwrap();
        guard.right(&guess, now);
    }
}

#[test]
fn an_account_that_many_addresses_try_is_limited_except_where_its_owner_is() {
    let (guard, now) = (Guard::new(Rates { failures_of_account: Rate { per_second: 0.2, burst: 10.0 }, ..generous() }), Instant::now());
    for at in 0..10 {
        guard.guess(address(at), "ada", false, now).unwrap();
    }
    refused(guard.guess(address(11), "ada", false, now), "RATE_LIMITED");
    guard.guess(address(12), "ada", true, now).unwrap();
    guard.guess(address(13), "bob", false, now).unwrap();
}
