use super::*;

#[test]
fn distances_between_cities() {
    let (london, paris, sydney) = ((-0.1276, 51.5072), (2.3522, 48.8566), (151.2093, -33.8688));
    let near = |a, b, expected: f64| assert!((kilometres(a, b) - expected).abs() < expected * 0.005, "{}", kilometres(a, b));
    near(london, paris, 343.9);
    near(london, sydney, 16_994.0);
    assert_eq!(kilometres(london, london), 0.0);
    near((179.5, 0.0), (-179.5, 0.0), 111.2);
}

#[test]
fn polygons() {
    let square = Polygon::new(&[(2.0, 48.0), (3.0, 48.0), (3.0, 49.0), (2.0, 49.0), (2.0, 48.0)]);
    for inside in [(2.5, 48.5), (2.0, 48.5), (3.0, 49.0)] {
        assert!(square.contains(inside), "{inside:?}");
    }
    for outside in [(1.999, 48.5), (2.5, 49.001), (-2.5, 48.5)] {
        assert!(!square.contains(outside), "{outside:?}");
    }
    let hollow = Polygon::new(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, 1.0), (0.0, 4.0), (0.0, 0.0)]);
    assert!(hollow.contains((0.5, 2.0)) && !hollow.contains((2.0, 2.0)));
}

#[test]
fn a_polygon_may_cross_the_180th_meridian() {
    let fiji = Polygon::new(&[(177.0, -20.0), (-178.0, -20.0), (-178.0, -15.0), (177.0, -15.0), (177.0, -20.0)]);
    assert!(fiji.contains((179.0, -17.0)) && fiji.contains((-179.0, -17.0)) && fiji.contains((180.0, -17.0)));
    assert!(!fiji.contains((0.0, -17.0)) && !fiji.contains((-177.0, -17.0)) && !fiji.contains((176.0, -17.0)));
}
