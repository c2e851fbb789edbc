use proptest::prelude::*;

use super::{HALF_LIFE_HOURS, Present, SumError, Visit, VisitSums, growth, venue_taste};

fn visit(taste: &[f32], hour: i64) -> Visit<'_> {
    Visit { taste, hour, strength: 1.0 }
}

#[track_caller]
fn assert_close(a: &[f32], b: &[f64]) {
    assert!(a.iter().zip(b).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-6), "{a:?} {b:?}");
}

#[test]
fn weights_halve_in_14_days_and_end_below_a_hundredth() {
    let mut sums = VisitSums::new(2);
    sums.add(&visit(&[3.0, 4.0], 100)).unwrap();
    assert!((sums.weight(100) - 1.0).abs() < 1e-9);
    assert!((sums.weight(100 + HALF_LIFE_HOURS) - 0.5).abs() < 1e-9);
    assert!((sums.sum(100)[1] - 0.8).abs() < 1e-9);
    assert_eq!(sums.weight(100 + 9 * HALF_LIFE_HOURS), 0.0);
    assert!((growth(HALF_LIFE_HOURS - 1) - (335f64 / 336.0).exp2()).abs() < 1e-12);
}

#[test]
fn prior_style_and_present_have_their_weights() {
    let mut sums = VisitSums::new(2);
    assert_eq!(venue_taste(&sums, 0, &[0.0, 0.0], None, &[]), None);
    for _ in 0..20 {
        sums.add(&visit(&[1.0, 0.0], 0)).unwrap();
    }
    let diagonal = std::f64::consts::FRAC_1_SQRT_2;
    assert_close(&venue_taste(&sums, 0, &[0.0, 1.0], None, &[]).unwrap(), &[diagonal, diagonal]);
    let empty = VisitSums::new(2);
    let here = |minutes_ago| Present { taste: &[2.0, 0.0], minutes_ago };
    let mixed = venue_taste(&empty, 0, &[0.0, 0.0], Some(&[0.0, 7.0]), &[here(89)]).unwrap();
    assert_close(&mixed, &[3.0 / 34f64.sqrt(), 5.0 / 34f64.sqrt()]);
    assert_close(&venue_taste(&empty, 0, &[0.0, 0.0], Some(&[0.0, 7.0]), &[here(90), here(-1)]).unwrap(), &[0.0, 1.0]);
}

#[test]
fn what_cannot_be_summed_is_refused() {
    let mut sums = VisitSums::new(2);
    assert_eq!(sums.add(&visit(&[1.0], 0)), Err(SumError::Dimensions { expected: 2, found: 1 }));
    assert_eq!(sums.add(&visit(&[0.0, 0.0], 0)), Err(SumError::NoDirection));
    assert_eq!(sums.add(&visit(&[f32::NAN, 0.0], 0)), Err(SumError::NoDirection));
    assert_eq!(sums.add(&Visit { strength: 0.0, ..visit(&[1.0, 0.0], 0) }), Err(SumError::Strength));
    assert_eq!(sums.add(&Visit { strength: f64::NAN, ..visit(&[1.0, 0.0], 0) }), Err(SumError::Strength));
    sums.add(&visit(&[1.0, 0.0], 0)).unwrap();
    assert_eq!(sums.withdraw(&visit(&[1.0, 0.0], 5 * HALF_LIFE_HOURS)), Err(SumError::NotAdded));
    sums.forget_old(9 * HALF_LIFE_HOURS);
    assert_eq!(sums, VisitSums::new(2));
    assert_eq!(sums.withdraw(&visit(&[1.0, 0.0], 0)), Ok(()));
}

type Story = (Vec<f32>, i64, f64);

fn stories() -> impl Strategy<Value = Vec<Story>> {
    let component = prop_oneof![-1e3..1e3f32, -1.0..1.0f32, Just(0.0f32), Just(1e-20f32)];
    let taste = prop::collection::vec(component, 3).prop_filter("has a direction", |v| v.iter().any(|x| *x != 0.0));
    prop::collection::vec((taste, 0i64..5_000, 0.1..16.0f64), 0..20)
}

fn all(stories: &[Story]) -> VisitSums {
    let mut sums = VisitSums::new(3);
    for (taste, hour, strength) in stories {
        sums.add(&Visit { taste, hour: *hour, strength: *strength }).unwrap();
    }
    sums
}

proptest! {
    #[test]
    fn withdrawal_restores_every_bit(kept in stories(), gone in stories()) {
        let expected = all(&kept);
        let mut sums = all(&[gone.clone(), kept.clone()].concat());
        for (taste, hour, strength) in &gone {
            sums.withdraw(&Visit { taste, hour: *hour, strength: *strength }).unwrap();
        }
        prop_assert_eq!(&sums, &expected);
        let mut sums = all(&[kept, gone.clone()].concat());
        sums.withdraw_all(&all(&gone)).unwrap();
        prop_assert_eq!(&sums, &expected);
    }

    #[test]
    fn order_does_not_matter(mut stories in stories()) {
        let forward = all(&stories);
        stories.reverse();
        prop_assert_eq!(forward, all(&stories));
    }

    #[test]
    fn sums_equal_the_formula(stories in stories(), later in 0i64..300) {
        let now = stories.iter().map(|story| story.1).max().unwrap_or(0) + later;
        let recent: Vec<Story> = stories.into_iter().filter(|story| now - story.1 < 6 * HALF_LIFE_HOURS).collect();
        let sums = all(&recent);
        let mut expected = [0.0; 3];
        for (taste, hour, strength) in &recent {
            let length = taste.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
            let decay = strength * (-(now - hour) as f64 / HALF_LIFE_HOURS as f64).exp2();
            expected.iter_mut().zip(taste).for_each(|(e, x)| *e += decay * f64::from(*x) / length);
        }
        prop_assert!(sums.sum(now).iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-7));
    }
}
