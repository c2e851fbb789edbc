use proptest::prelude::*;
use time::macros::datetime;

use super::super::grid::{Grid, Point};
use super::super::hours::{self, OpenState};
use super::{Combine, HALF_ON_FOOT_M, Member, Request, TasteMean, Venue, VenuePick, crowd_factor, rating_factor, recommend, score};

fn point(lat: f64, lon: f64) -> Point {
    Point::new(lat, lon).unwrap()
}

fn venue(at: Point) -> Venue {
    Venue { at, taste: None, hours: None, crowd: None, rating: 1.0 }
}

fn member(at: Point) -> Member {
    Member { at, taste: None, visited: Vec::new() }
}

fn request(members: &[Member]) -> Request<'_> {
    Request { members, combine: Combine::Average, now: datetime!(2026-11-27 23:30), half_m: HALF_ON_FOOT_M, crowd: Some(0.5), k: 3 }
}

#[track_caller]
fn assert_close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-6, "{a} {b}");
}

#[test]
fn crowds_and_ratings() {
    assert_close(crowd_factor(Some(0.5), Some(0.5)), 1.0);
    assert_close(crowd_factor(Some(0.0), Some(1.0)), 0.6);
    assert_close(crowd_factor(Some(0.5), Some(0.0)), 0.8);
    assert_close(crowd_factor(Some(0.5), None), 0.9);
    assert_close(crowd_factor(None, Some(0.1)), 1.0);
    assert_close(rating_factor(1.0, 0), 1.0);
    assert_close(rating_factor(1.0, 10), 1.1);
    assert_close(rating_factor(0.0, 10), 0.9);
    assert!(rating_factor(1.0, u32::MAX) <= 1.2 && rating_factor(f64::NAN, 5) == 1.0);
}

#[test]
fn every_part_of_the_formula() {
    let centre = TasteMean::of(2, [[1.0f32, 0.0].as_slice(), [0.0, 1.0].as_slice()]);
    let mut bar = venue(point(0.0, 0.0));
    bar.taste = centre.apply(&[1.0, 0.0]);
    bar.hours = Some(hours::parse("18:00-24:00").unwrap());
    bar.crowd = Some(1.0);
    bar.rating = 1.1;
    let metre = 360.0 / (std::f64::consts::TAU * super::super::grid::EARTH_RADIUS_M);
    let mut ana = member(point(0.0, 2_000.0 * metre));
    ana.taste = centre.apply(&[3.0, 0.0]);
    let mut ben = member(point(0.0, 0.0));
    ben.visited = vec![7];
    let members = [ana, ben];
    let VenuePick { parts, tastes, .. } = score(&request(&members), 7, &bar).unwrap();
    assert_close(tastes[0], 1.0);
    assert_close(tastes[1], 0.25);
    assert_close(parts.taste, 0.625);
    assert!((parts.distance_m - 2_000.0).abs() < 1e-6);
    assert_close(parts.nearness, 0.25);
    assert_eq!(parts.open, OpenState::Open { until: Some(datetime!(2026-11-28 00:00)) });
    assert_close(parts.open_factor, 0.3);
    assert_close(parts.crowd, 0.8);
    assert_close(parts.new_to_you, 0.5);
    assert_close(parts.score, 0.625 * 0.25 * 0.3 * 0.8 * 1.05 * 1.1);
}

#[test]
fn centring_tells_bars_apart() {
    // All share a large first factor; the second tells them apart.
    let venues = [[10.0f32, 1.0], [10.0, -1.0]];
    let centre = TasteMean::of(2, venues.iter().map(<[f32; 2]>::as_slice));
    let [a, b] = venues.map(|v| centre.apply(&v).unwrap());
    let user = centre.apply(&[10.0, 2.0]).unwrap();
    assert!(user.cosine(&a).unwrap() > 0.7 && user.cosine(&b).unwrap() < -0.7);
    assert_eq!(TasteMean::of(2, [[2.0f32, 0.0].as_slice()]).apply(&[5.0, 0.0]), None);
    assert_eq!(centre.apply(&[1.0]), None);
    assert_eq!(centre.apply(&[f32::NAN, 0.0]), None);
}

#[test]
fn groups_combine_as_asked() {
    let tastes = [0.9, 0.2, 0.4];
    assert_close(Combine::Average.of(&tastes), 0.5);
    assert_close(Combine::LeastMisery.of(&tastes), 0.2);
    assert_close(Combine::AverageWithoutMisery(0.3).of(&tastes), 0.0);
    assert_close(Combine::AverageWithoutMisery(0.1).of(&tastes), 0.5);
    assert_close(Combine::By(&|all| all.iter().sum()).of(&tastes), 1.0);
}

#[test]
fn closed_places_and_nobody_get_nothing() {
    let mut bar = venue(point(0.0, 0.0));
    bar.hours = Some(hours::parse("10:00-12:00").unwrap());
    let grid = Grid::new(&[bar.at], 1_000.0);
    assert!(recommend(&request(&[member(point(0.0, 0.0))]), &[bar.clone()], &grid).is_empty());
    assert!(recommend(&request(&[]), &[bar], &grid).is_empty());
}

fn tastes() -> impl Strategy<Value = Option<Vec<f32>>> {
    prop::option::of(prop::collection::vec(-1.0..1.0f32, 3))
}

fn places() -> impl Strategy<Value = Point> {
    (51.4..51.6f64, -0.3..0.1f64).prop_map(|(lat, lon)| point(lat, lon))
}

proptest! {
    /// The search with its bound gives what scoring every venue gives, for persons and groups.
    #[test]
    fn recommending_equals_scoring_everything(
        bars in prop::collection::vec((places(), tastes(), prop::option::of(0.0..1.0f64), 0.0..1.0f64, 0usize..4), 0..60),
        users in prop::collection::vec((places(), tastes(), prop::collection::btree_set(0u32..60, 0..9)), 1..5),
        k in 0usize..8, half_m in 50.0..20_000.0f64, least in any::<bool>(),
    ) {
        let centre = TasteMean::of(3, bars.iter().filter_map(|bar| bar.1.as_deref()));
        let texts = [None, Some("24/7"), Some("18:00-24:00"), Some("10:00-12:00")];
        let venues: Vec<Venue> = bars.iter().map(|(at, taste, crowd, rating, hours)| Venue {
            at: *at,
            taste: taste.as_ref().and_then(|t| centre.apply(t)),
            hours: texts[*hours].map(|text| hours::parse(text).unwrap()),
            crowd: *crowd,
            rating: rating_factor(*rating, 20),
        }).collect();
        let members: Vec<Member> = users.into_iter().map(|(at, taste, visited)| Member {
            at,
            taste: taste.and_then(|t| centre.apply(&t)),
            visited: visited.into_iter().collect(),
        }).collect();
        let request = Request { k, half_m, combine: if least { Combine::LeastMisery } else { Combine::Average }, ..request(&members) };
        let points: Vec<Point> = venues.iter().map(|venue| venue.at).collect();
        let mut expected: Vec<VenuePick> = (0..).zip(&venues).filter_map(|(n, v)| score(&request, n, v)).filter(|p| p.parts.score > 0.0).collect();
        let near = |pick: &VenuePick| members[0].at.distance_m(venues[pick.venue as usize].at);
        expected.sort_by(|a, b| b.parts.score.total_cmp(&a.parts.score).then(near(a).total_cmp(&near(b))).then(a.venue.cmp(&b.venue)));
        expected.truncate(k);
        prop_assert_eq!(recommend(&request, &venues, &Grid::new(&points, 500.0)), expected);
    }
}
