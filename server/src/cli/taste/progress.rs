//! What training says, as lines a person reads.

use std::time::Instant;

use tutti_engine::taste::train::Progress;

/// Prints progress to standard error with the seconds gone, unless `quiet`.
pub(super) fn printer(quiet: bool) -> impl FnMut(Progress) {
    let started = Instant::now();
    move |progress| {
        if quiet {
            return;
        }
        let seconds = started.elapsed().as_secs_f64();
        match progress {
            Progress::Data { users, items, pairs } => eprintln!("{users} people, {items} items, {pairs} pairs"),
            Progress::Tried { settings, ndcg } => eprintln!(
                "{seconds:7.1} s  tried a0 {:.4}, lambda {:.4}, gamma {:.2}: held-out ndcg@20 {ndcg:.4}",
                settings.unobserved, settings.regularisation, settings.popularity_power
            ),
            Progress::TriedItemItem { settings, weight, ndcg } => eprintln!(
                "{seconds:7.1} s  tried walks alpha {:.1}, beta {:.1}, best weight {weight}: held-out ndcg@20 {ndcg:.4}",
                settings.alpha, settings.beta
            ),
            Progress::Pass { number, loss, ndcg } => eprintln!(
                "{seconds:7.1} s  pass {number:2}  loss {:.1} (observed {:.1}, unobserved {:.1}, regularisation {:.1}){}",
                loss.total(),
                loss.observed,
                loss.unobserved,
                loss.regularisation,
                ndcg.map_or(String::new(), |ndcg| format!("  held-out ndcg@20 {ndcg:.4}"))
            ),
        }
    }
}
