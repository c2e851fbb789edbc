//! Parties with everything that happens in one: on one server with restarts, on two with kills and a Redis that forgets.

use std::sync::atomic::Ordering;
use std::thread::{self, sleep};
use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::fixture::{Fixture, Servers, seed};

/// Some seconds, a part of them by chance.
fn some(rng: &mut ChaCha8Rng, least: u64) -> Duration {
    Duration::from_millis(least + rng.random_range(0..1000))
}

fn one_server(seed: u64, least: u64) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut servers = Servers::one();
    let fixture = Fixture::create(&servers.base(0), 14, 3, seed);
    let run = fixture.run(&servers);
    let mut clients = fixture.clients(&run, 130);
    thread::scope(|scope| {
        for simulated_client in &mut clients {
            scope.spawn(|| simulated_client.run_until_over());
        }
        sleep(some(&mut rng, least));
        run.set(0, None);
        servers.terminate(0);
        servers.begin(0);
        run.set(0, Some(servers.base(0)));
        sleep(some(&mut rng, least));
        servers.kill(0);
        run.set(0, None);
        servers.begin(0);
        run.set(0, Some(servers.base(0)));
        sleep(some(&mut rng, least));
        run.over.store(true, Ordering::Relaxed);
    });
    fixture.check(&servers, &run, clients);
}

fn two_servers(seed: u64, losses: usize) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut servers = Servers::two();
    let fixture = Fixture::create(&servers.base(0), 14, 3, seed);
    let run = fixture.run(&servers);
    let mut clients = fixture.clients(&run, 160);
    thread::scope(|scope| {
        for simulated_client in &mut clients {
            scope.spawn(|| simulated_client.run_until_over());
        }
        sleep(some(&mut rng, 3000));
        let which = rng.random_range(0..2);
        servers.kill(which);
        run.set(which, None);
        sleep(some(&mut rng, 100));
        servers.begin(which);
        run.set(which, Some(servers.base(which)));
        sleep(some(&mut rng, 2000));
        for _ in 0..losses {
            let redis = servers.redis.as_mut().expect("a Redis");
            redis.kill();
            sleep(some(&mut rng, 100));
            redis.restart();
            // The servers find out, offer what they keep, and go on.
            run.wait_for_acks();
            sleep(some(&mut rng, 500));
        }
        run.over.store(true, Ordering::Relaxed);
    });
    fixture.check(&servers, &run, clients);
}

#[test]
fn an_evening_on_one_server() {
    one_server(seed(1), 6000);
}

#[test]
fn another_evening_on_one_server() {
    one_server(seed(ChaCha8Rng::from_os_rng().random_range(0..1_000_000)), 3000);
}

#[test]
fn an_evening_on_two_servers() {
    two_servers(seed(2), 3);
}
