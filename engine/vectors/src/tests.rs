//! Every way of searching against a plain loop, and the file.

use super::{IvfIndex, Metric, SMALL, Scope};

const METRICS: [Metric; 3] = [Metric::Cosine, Metric::Euclidean, Metric::DotProduct];

/// Numbers from -1 to 1, the same on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 40) as f32) / (1u64 << 23) as f32 - 1.0
    }

    /// About normal.
    fn bell(&mut self) -> f32 {
        (0..6).map(|_| self.next()).sum::<f32>() / 1.4
    }

    fn gaussian(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.bell()).collect()
    }

    /// Rows around `centroids`.
    fn clustered(&mut self, centroids: &[f32], dimensions: usize, count: usize) -> Vec<f32> {
        let clusters = centroids.len() / dimensions;
        let mut out = Vec::with_capacity(count * dimensions);
        for row in 0..count {
            let at = (row * 7919 % clusters) * dimensions;
            out.extend(centroids[at..at + dimensions].iter().map(|value| value + 0.3 * self.bell()));
        }
        out
    }
}

fn similarity(metric: Metric, a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    match metric {
        Metric::Cosine => dot(a, b) / (dot(a, a) * dot(b, b)).sqrt(),
        Metric::DotProduct => dot(a, b),
        Metric::Euclidean => -a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>().sqrt(),
    }
}

fn naive(metric: Metric, ids: &[u32], rows: &[f32], query: &[f32], k: usize, passes: &dyn Fn(u32) -> bool) -> Vec<(u32, f64)> {
    let scored = ids.iter().zip(rows.chunks_exact(query.len())).filter(|(id, _)| passes(**id));
    let mut scored: Vec<_> = scored.map(|(id, row)| (*id, similarity(metric, row, query))).collect();
    scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    scored.truncate(k);
    scored
}

fn recall(set: &IvfIndex, metric: Metric, ids: &[u32], rows: &[f32], queries: &[f32], k: usize) -> f64 {
    let mut right = 0;
    let dimensions = set.dimensions();
    for query in queries.chunks_exact(dimensions) {
        let truth = naive(metric, ids, rows, query, k, &|_| true);
        let found = set.search(query, k, &Scope::All);
        assert_eq!(found.len(), k);
        right += found.iter().filter(|found| truth.iter().any(|(id, _)| *id == found.id)).count();
    }
    right as f64 / (k * (queries.len() / dimensions)) as f64
}

#[test]
fn exact_search_is_what_a_plain_loop_finds() {
    let mut random = Random(1);
    for metric in METRICS {
        for dimensions in [1, 3, 31, 32, 70] {
            let ids: Vec<u32> = (0..500).map(|at| at * 3 + 1).collect();
            let rows = random.gaussian(500 * dimensions);
            let query = random.gaussian(dimensions);
            let flat = IvfIndex::flat(metric, dimensions, &ids, &rows);
            let listed = flat.with_lists();
            let third = |id: u32| id.is_multiple_of(3);
            let odd = |id: u32| !id.is_multiple_of(2);
            let among: Vec<u32> = ids.iter().copied().filter(|id| odd(*id)).chain([0, 99_999]).collect();
            let passes: [&dyn Fn(u32) -> bool; 4] = [&|_| true, &third, &odd, &odd];
            for set in [&flat, &listed] {
                let scopes = [Scope::All, Scope::Where(&third), Scope::Where(&odd), Scope::Among(&among)];
                for (scope, passes) in scopes.iter().zip(passes) {
                    let truth = naive(metric, &ids, &rows, &query, 10, passes);
                    let found = set.search_exact(&query, 10, scope);
                    assert_eq!(found.len(), truth.len(), "{metric:?} {dimensions}");
                    for (found, (_, wanted)) in found.iter().zip(&truth) {
                        // Equal up to rounding: rows that are as near may change places.
                        assert!((f64::from(found.similarity) - wanted).abs() < 1e-4 * wanted.abs().max(1.0), "{metric:?} {dimensions}");
                        assert!(passes(found.id));
                    }
                }
            }
        }
    }
}

#[test]
fn lists_find_nearly_all_with_and_without_clusters() {
    let mut random = Random(2);
    let dimensions = 24;
    let ids: Vec<u32> = (0..12_000).collect();
    let centroids = random.gaussian(60 * dimensions);
    let gaussian = (random.gaussian(ids.len() * dimensions), random.gaussian(40 * dimensions));
    let clustered = (random.clustered(&centroids, dimensions, ids.len()), random.clustered(&centroids, dimensions, 40));
    assert!(ids.len() >= SMALL);
    for (rows, queries) in [gaussian, clustered] {
        for metric in METRICS {
            let set = IvfIndex::flat(metric, dimensions, &ids, &rows).with_lists();
            assert!(set.has_lists());
            for k in [1, 10, 100] {
                let recall = recall(&set, metric, &ids, &rows, &queries, k);
                assert!(recall >= 0.97, "{metric:?}, k {k}: {recall}");
            }
        }
    }
}

#[test]
fn a_narrow_filter_still_fills_the_page() {
    let mut random = Random(3);
    let ids: Vec<u32> = (0..12_000).collect();
    let rows = random.gaussian(ids.len() * 8);
    let set = IvfIndex::flat(Metric::Cosine, 8, &ids, &rows).with_lists();
    let rare = |id: u32| id.is_multiple_of(1000);
    let query = random.gaussian(8);
    let found = set.search(&query, 20, &Scope::Where(&rare));
    let truth = naive(Metric::Cosine, &ids, &rows, &query, 20, &rare);
    assert_eq!(found.iter().map(|found| found.id).collect::<Vec<_>>(), truth.iter().map(|(id, _)| *id).collect::<Vec<_>>());
}

#[test]
fn odd_sets_and_queries_are_no_trouble() {
    let none = IvfIndex::flat(Metric::Cosine, 4, &[], &[]);
    assert!(none.is_empty() && none.search(&[1.0; 4], 5, &Scope::All).is_empty());
    assert!(none.with_lists().search(&[1.0; 4], 5, &Scope::All).is_empty());
    let rows: Vec<f32> = [[1.0f32, 2.0]; 700].concat();
    let ids: Vec<u32> = (0..700).collect();
    for metric in METRICS {
        let set = IvfIndex::flat(metric, 2, &ids, &rows).with_lists();
        assert_eq!(set.search(&[1.0, 2.0], 1000, &Scope::All).len(), 700);
        assert_eq!(set.search(&[0.0, 0.0], 3, &Scope::All).len(), 3);
        assert!(set.search(&[1.0], 3, &Scope::All).is_empty());
        assert!(set.search(&[1.0, 2.0], 0, &Scope::All).is_empty());
    }
}

#[test]
fn a_file_gives_back_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(4);
    let ids: Vec<u32> = (0..3000).rev().collect();
    let rows = random.gaussian(ids.len() * 16);
    let query = random.gaussian(16);
    for metric in METRICS {
        let flat = IvfIndex::flat(metric, 16, &ids, &rows);
        for (name, set) in [("lists", flat.with_lists()), ("flat", flat)] {
            let path = folder.path().join(format!("{name}.vectors"));
            set.write(&path).unwrap();
            let opened = IvfIndex::open(&path).unwrap();
            assert!(opened.verify());
            assert_eq!((opened.metric(), opened.dimensions(), opened.len()), (metric, 16, 3000));
            assert_eq!(opened.bytes() as u64, std::fs::metadata(&path).unwrap().len());
            assert_eq!(opened.search(&query, 25, &Scope::All), set.search(&query, 25, &Scope::All));
            assert_eq!(opened.vector(17), set.vector(17));
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left beside the files");
}

#[test]
fn a_damaged_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.vectors");
    let ids: Vec<u32> = (0..600).collect();
    let rows = Random(5).gaussian(ids.len() * 4);
    IvfIndex::flat(Metric::Euclidean, 4, &ids, &rows).with_lists().write(&path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for cut in [0, 5, 127, 128, whole.len() - 1] {
        std::fs::write(&path, &whole[..cut]).unwrap();
        assert!(IvfIndex::open(&path).is_err(), "cut at {cut}");
    }
    for at in 0..128 {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        std::fs::write(&path, &bytes).unwrap();
        assert!(IvfIndex::open(&path).is_err(), "byte {at}");
    }
    let mut bytes = whole.clone();
    let last = bytes.len() - 100;
    bytes[last] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    assert!(!IvfIndex::open(&path).unwrap().verify());
    assert!(IvfIndex::open(&folder.path().join("none")).is_err());
}
