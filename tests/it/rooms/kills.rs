//! `kill -9` at random moments under load: nothing acknowledged is lost, nothing is there in part, everybody goes on.

use std::sync::atomic::Ordering;
use std::thread::{self, sleep};
use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::troupe::{Servers, Troupe, seed};

#[test]
fn kills_of_the_only_server() {
    let seed = seed(3);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut servers = Servers::one();
    let troupe = Troupe::gather(&servers.base(0), 8, 2, seed);
    let stage = troupe.stage(&servers);
    let mut checked = [0; 2];
    let mut actors = troupe.actors(&stage, 6);
    for round in 0..50 {
        stage.set(0, Some(servers.base(0)));
        stage.over.store(false, Ordering::Relaxed);
        thread::scope(|scope| {
            for actor in &mut actors {
                scope.spawn(|| actor.play());
            }
            sleep(Duration::from_millis(rng.random_range(30..400)));
            servers.kill(0);
            stage.over.store(true, Ordering::Relaxed);
            stage.set(0, None);
        });
        servers.begin(0);
        troupe.check_logs(&servers, round, &mut checked);
    }
    troupe.check(&servers, &stage, actors);
}

#[test]
fn kills_of_one_of_two_servers() {
    let seed = seed(4);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut servers = Servers::two();
    let troupe = Troupe::gather(&servers.base(0), 8, 2, seed);
    let stage = troupe.stage(&servers);
    let mut checked = [0; 2];
    let mut actors = troupe.actors(&stage, 60);
    thread::scope(|scope| {
        for actor in &mut actors {
            scope.spawn(|| actor.play());
        }
        for round in 0..10 {
            sleep(Duration::from_millis(rng.random_range(100..900)));
            let which = rng.random_range(0..2);
            servers.kill(which);
            stage.set(which, None);
            sleep(Duration::from_millis(rng.random_range(0..300)));
            servers.begin(which);
            stage.set(which, Some(servers.base(which)));
            troupe.check_logs(&servers, round, &mut checked);
        }
        stage.over.store(true, Ordering::Relaxed);
    });
    troupe.check(&servers, &stage, actors);
}
