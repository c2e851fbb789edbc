//! `kill -9` at random moments under load: nothing acknowledged is lost, nothing is there in part, everybody goes on.

use std::sync::atomic::Ordering;
use std::thread::{self, sleep};
use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::fixture::{Fixture, Servers, seed};

#[test]
fn kills_of_the_only_server() {
    let seed = seed(3);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut servers = Servers::one();
    let fixture = Fixture::create(&servers.base(0), 8, 2, seed);
    let run = fixture.run(&servers);
    let mut checked = [0; 2];
    let mut clients = fixture.clients(&run, 6);
    for round in 0..50 {
        run.set(0, Some(servers.base(0)));
        run.over.store(false, Ordering::Relaxed);
        thread::scope(|scope| {
            for simulated_client in &mut clients {
                scope.spawn(|| simulated_client.run_until_over());
            }
            sleep(Duration::from_millis(rng.random_range(30..400)));
            servers.kill(0);
            run.over.store(true, Ordering::Relaxed);
            run.set(0, None);
        });
        servers.begin(0);
        fixture.check_logs(&servers, round, &mut checked);
    }
    fixture.check(&servers, &run, clients);
}

#[test]
fn kills_of_one_of_two_servers() {
    let seed = seed(4);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut servers = Servers::two();
    let fixture = Fixture::create(&servers.base(0), 8, 2, seed);
    let run = fixture.run(&servers);
    let mut checked = [0; 2];
    let mut clients = fixture.clients(&run, 60);
    thread::scope(|scope| {
        for simulated_client in &mut clients {
            scope.spawn(|| simulated_client.run_until_over());
        }
        for round in 0..10 {
            sleep(Duration::from_millis(rng.random_range(100..900)));
            let which = rng.random_range(0..2);
            servers.kill(which);
            run.set(which, None);
            sleep(Duration::from_millis(rng.random_range(0..300)));
            servers.begin(which);
            run.set(which, Some(servers.base(which)));
            fixture.check_logs(&servers, round, &mut checked);
        }
        run.over.store(true, Ordering::Relaxed);
    });
    fixture.check(&servers, &run, clients);
}
