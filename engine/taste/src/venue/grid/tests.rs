use proptest::prelude::*;

use super::{Grid, Near, Point, Scored};

fn point(lat: f64, lon: f64) -> Point {
    Point::new(lat, lon).unwrap()
}

#[test]
fn known_distances() {
    let (london, copenhagen) = (point(51.5074, -0.1278), point(55.6761, 12.5683));
    assert!((london.distance_m(copenhagen) - 955_600.0).abs() < 1_000.0);
    assert!((point(0.0, 179.9).distance_m(point(0.0, -179.9)) - 22_239.0).abs() < 2.0);
    assert!((point(89.9, 0.0).distance_m(point(89.9, 180.0)) - 22_239.0).abs() < 2.0);
    assert!((point(90.0, 10.0).distance_m(point(90.0, -70.0))) < 1e-6);
    assert!((point(0.0, 0.0).distance_m(point(0.0, 180.0)) - 20_015_114.0).abs() < 1.0);
}

#[test]
fn longitudes_wrap_and_nonsense_is_refused() {
    assert_eq!(point(1.0, 190.0).lon(), -170.0);
    assert_eq!(point(1.0, 180.0).lon(), -180.0);
    assert_eq!(point(1.0, -1e-20).lon(), 0.0);
    assert_eq!(Point::new(90.1, 0.0), None);
    assert_eq!(Point::new(f64::NAN, 0.0), None);
    assert_eq!(Point::new(0.0, f64::INFINITY), None);
}

#[test]
fn nothing_and_odd_requests() {
    let grid = Grid::new(&[], 1_000.0);
    assert!(grid.is_empty() && grid.within(point(0.0, 0.0), 1e9).is_empty());
    assert!(grid.best(point(0.0, 0.0), 3, |_| 1.0, |_, _| Some(1.0)).is_empty());
    let one = Grid::new(&[point(5.0, 5.0)], f64::NAN);
    assert_eq!(one.len(), 1);
    assert!(one.within(point(5.0, 5.0), f64::NAN).is_empty() && one.within(point(5.0, 5.0), -1.0).is_empty());
    assert_eq!(one.within(point(5.0, 5.0), 0.0).len(), 1);
    assert_eq!(one.within(point(-5.0, -170.0), f64::INFINITY).len(), 1);
    assert!(one.best(point(5.0, 5.0), 0, |_| 1.0, |_, _| Some(1.0)).is_empty());
    assert!(one.best(point(5.0, 5.0), 1, |_| 1.0, |_, _| Some(f64::NAN)).is_empty());
}

#[test]
fn near_points_end_the_search_early() {
    let points: Vec<Point> = (0..10_000).map(|i| point(f64::from(i) * 0.005, 0.0)).collect();
    let grid = Grid::new(&points, 1_000.0);
    let half = |d: f64| (-d / 1_000.0).exp2();
    let mut asked = 0;
    let best = grid.best(points[0], 5, half, |_, d| {
        asked += 1;
        Some(half(d))
    });
    assert_eq!(best.iter().map(|hit| hit.item).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert!(asked < 20, "{asked}");
}

/// Everywhere, and often where it is hard: at poles, at the antimeridian, close together.
fn places() -> impl Strategy<Value = Point> {
    let lat = prop_oneof![Just(90.0), Just(-90.0), 89.0..90.0f64, -90.0..-89.5f64, -90.0..90.0f64, 51.4..51.6f64, -0.1..0.1f64];
    let lon = prop_oneof![Just(180.0), Just(-180.0), 179.5..180.0f64, -180.0..-179.5f64, -180.0..180.0f64, -0.2..0.1f64];
    (lat, lon).prop_map(|(lat, lon)| point(lat, lon))
}

fn radii() -> impl Strategy<Value = f64> {
    prop_oneof![0.0..50.0f64, 0.0..20_000.0f64, 0.0..2_000_000.0f64, 0.0..20_100_000.0f64]
}

proptest! {
    #[test]
    fn radius_search_finds_what_brute_force_finds(points in prop::collection::vec(places(), 0..80), centre in places(), radius in radii(), cell in 100.0..200_000.0f64) {
        let mut expected: Vec<Near> = (0..).zip(&points).map(|(item, at)| Near { item, distance_m: centre.distance_m(*at) }).filter(|n| n.distance_m <= radius).collect();
        expected.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.item.cmp(&b.item)));
        prop_assert_eq!(Grid::new(&points, cell).within(centre, radius), expected);
    }

    #[test]
    fn best_k_are_those_of_brute_force(points in prop::collection::vec((places(), 0.0..1.0f64), 0..80), centre in places(), k in 0usize..12, half in 500.0..3_000_000.0f64, cell in 100.0..200_000.0f64) {
        let (points, worth): (Vec<Point>, Vec<f64>) = points.into_iter().unzip();
        // Few distinct values, so that ties happen; some points are refused.
        let fall = |d: f64| (-d / half).exp2();
        let score = |item: u32, d: f64| Some((worth[item as usize] * 8.0).floor() / 8.0 * fall(d)).filter(|_| item % 7 != 3);
        let mut expected: Vec<Scored> = (0..).zip(&points).filter_map(|(item, at)| {
            let distance_m = centre.distance_m(*at);
            score(item, distance_m).map(|score| Scored { item, distance_m, score })
        }).collect();
        expected.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.distance_m.total_cmp(&b.distance_m)).then(a.item.cmp(&b.item)));
        expected.truncate(k);
        prop_assert_eq!(Grid::new(&points, cell).best(centre, k, fall, score), expected);
    }
}
