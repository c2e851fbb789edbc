//! A million songs, a hundred thousand people, twenty million interactions: time and memory of training and of the model.

use std::path::Path;
use std::time::Instant;

use rayon::prelude::*;
use tutti_engine::taste::factors::{Factors, Interactions, Settings};
use tutti_engine::taste::item_item::{ItemItemSettings, item_item};
use tutti_engine::taste::math::matrix::Matrix;
use tutti_engine::taste::string_table::StringTable;
use tutti_engine::taste::train::{Dataset, Options, Progress, Tune, train};
use tutti_engine::taste::{Model, Trained};
use tutti_engine::vectors::{IvfIndex, Metric};

const SONGS: u32 = 1_000_000;
const PEOPLE: usize = 100_000;
/// Circles of people of one taste.
const CIRCLES: u32 = 200;
const DIMENSIONS: usize = 64;

/// Training piece by piece, then a whole model; `part` names one of the two.
pub(crate) fn run(part: Option<&str>) {
    let known = timed("interactions made", made);
    println!("{} songs, {PEOPLE} people, {} interactions, d = {DIMENSIONS}", SONGS, known.len());
    let data = timed("transposed", || Interactions::of(known));
    let settings = Settings { dimensions: DIMENSIONS, ..Settings::default() };
    if part != Some("model") {
        pieces(&data, &settings);
    }
    if part != Some("pieces") {
        model(data.users, settings);
    }
}

/// Groups asked of a model with everything a default training gives it, of three passes. It is opened where `kept` says, or trained and
/// kept there.
pub(crate) fn groups(kept: Option<&Path>) {
    let path = kept.map_or_else(|| std::env::temp_dir().join(format!("taste-{}.model", std::process::id())), Path::to_path_buf);
    if !path.exists() {
        trained_for_groups().write(&path).expect("there is room for it");
        println!("peak memory of training: {} MiB", peak());
    }
    crate::groups::run(&Model::open(&path).expect("a model of this program"));
    if kept.is_none() {
        std::fs::remove_file(&path).expect("the file that was just written");
    }
}

fn trained_for_groups() -> Trained {
    let name = |at: u32| format!("s{at:07}");
    let dataset = Dataset {
        users: StringTable::of((0..PEOPLE).map(|at| format!("p{at:06}")).collect()),
        items: StringTable::of((0..SONGS).map(name).collect()),
        known: timed("interactions made", made),
        content: (0..SONGS).map(|at| Some(crate::groups::content(at, name(at)))).collect(),
    };
    let settings = Settings { dimensions: DIMENSIONS, ..Settings::default() };
    let options = Options { settings, tune: Tune::Never, most_passes: 3, ..Options::default() };
    let stop = std::sync::atomic::AtomicBool::new(false);
    timed("trained", || train(&dataset, &options, None, &stop, &mut |progress| println!("  {progress:?}")).expect("it can be trained"))
}

fn pieces(data: &Interactions, settings: &Settings) {
    let mut factors = Factors::random(PEOPLE, SONGS as usize, settings);
    for pass in 1..=2 {
        timed(&format!("pass {pass}"), || factors.pass(data, settings, None));
    }
    timed("the objective", || factors.loss(data, settings));
    let numbers: Vec<u32> = (0..SONGS).collect();
    timed("the songs' vectors in lists", || IvfIndex::flat(Metric::DotProduct, DIMENSIONS, &numbers, &factors.items).with_lists());
    let ends = timed("walks, 32 neighbours", || item_item(data, &ItemItemSettings { neighbours: 32, ..ItemItemSettings::default() }));
    println!("  {} ends", ends.len());
    println!("peak memory of the pieces: {} MiB", peak());
}

fn model(known: Matrix, settings: Settings) {
    let dataset = Dataset {
        users: StringTable::of((0..PEOPLE).map(|at| format!("p{at:06}")).collect()),
        items: StringTable::of((0..SONGS).map(|at| format!("s{at:07}")).collect()),
        known,
        content: Vec::new(),
    };
    // Without walks: three settings of them would be tried, each as long as the walks above.
    let options = Options { settings, item_item: None, tune: Tune::Never, most_passes: 1, ..Options::default() };
    let started = Instant::now();
    let mut report = |progress: Progress| match progress {
        Progress::Data { .. } | Progress::Tried { .. } | Progress::TriedItemItem { .. } => {}
        Progress::Pass { ndcg, .. } => println!("  pass after {:.1} s, held-out ndcg@20 {ndcg:.4?}", started.elapsed().as_secs_f64()),
    };
    let stop = std::sync::atomic::AtomicBool::new(false);
    let trained =
        timed("a whole training of one pass, no walks", || train(&dataset, &options, None, &stop, &mut report).expect("it can be trained"));
    println!("peak memory of training: {} MiB", peak());

    let path = std::env::temp_dir().join(format!("taste-{}.model", std::process::id()));
    timed("the model written", || trained.write(&path).expect("there is room for it"));
    drop((trained, dataset));
    println!("  {} MiB", std::fs::metadata(&path).map_or(0, |about| about.len() >> 20));
    let model = timed("opened", || Model::open(&path).expect("the file that was just written"));
    timed("verified", || model.verify(&path).expect("the file that was just written"));
    let fold_in = |likes: u32, draw: u64| -> Vec<(u32, f32)> { (0..likes).map(|at| (song(draw * 1000 + u64::from(at), 0), 1.0)).collect() };
    for likes in [3, 10, 100] {
        let asked: Vec<Vec<(u32, f32)>> = (0..2_000).map(|draw| fold_in(likes, draw)).collect();
        let mut times: Vec<u64> = asked
            .iter()
            .map(|row| {
                let started = Instant::now();
                assert_eq!(model.profile(row).vector().len(), DIMENSIONS);
                started.elapsed().as_nanos() as u64
            })
            .collect();
        times.sort_unstable();
        let at = |share: f64| times[(times.len() as f64 * share) as usize] as f64 / 1e3;
        println!("a profile from {likes} likes: p50 {:.0} us, p99 {:.0} us", at(0.5), at(0.99));
    }
    println!("peak memory in all: {} MiB", peak());
    drop(model);
    std::fs::remove_file(&path).expect("the file that was just written");
}

/// Twenty to 760 songs each, seven in ten from the circle's own; how often a song is drawn falls with one over its rank.
fn made() -> Matrix {
    let rows: Vec<Vec<u32>> = (0..PEOPLE as u64)
        .into_par_iter()
        .map(|person| {
            let wanted = (20.0 * 38.0f64.powf(uniform(mix(person)))) as usize;
            let mut row: Vec<u32> = Vec::with_capacity(wanted * 2);
            let mut draw = person << 20;
            while row.len() < wanted {
                while row.len() < wanted + wanted / 2 {
                    row.push(song(draw, (person % u64::from(CIRCLES)) as u32));
                    draw += 1;
                }
                row.sort_unstable();
                row.dedup();
            }
            // Which are left out depends on nothing but the draws.
            while row.len() > wanted {
                draw += 1;
                row.swap_remove((mix(draw) % row.len() as u64) as usize);
            }
            row.sort_unstable();
            row
        })
        .collect();
    let mut out = Matrix { starts: vec![0], width: SONGS as usize, ..Matrix::default() };
    for row in rows {
        out.columns.extend_from_slice(&row);
        out.starts.push(out.columns.len() as u64);
    }
    out.values = vec![1.0; out.columns.len()];
    out
}

/// Songs are numbered by rank, those of a circle [`CIRCLES`] apart.
fn song(draw: u64, circle: u32) -> u32 {
    let drawn = mix(draw ^ 0x736f_6e67);
    let zipf = |songs: u32| (f64::from(songs + 1).powf(uniform(mix(drawn))) as u32 - 1).min(songs - 1);
    if drawn % 10 < 7 { zipf(SONGS / CIRCLES) * CIRCLES + circle } else { zipf(SONGS) }
}

fn uniform(drawn: u64) -> f64 {
    (drawn >> 11) as f64 / (1u64 << 53) as f64
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn timed<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let out = run();
    println!("{what}: {:.4} s", started.elapsed().as_secs_f64());
    out
}

/// The most memory the process has had, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) >> 10
}
