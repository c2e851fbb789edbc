use super::*;

/// Two circles of users who like the same things, with a little noise.
fn circles(users: u32, items: u32) -> Interactions {
    let mut cells = Vec::new();
    for user in 0..users {
        for item in 0..items {
            let same = user % 2 == item % 2;
            if (same && (user * 7 + item * 5) % 3 != 0) || (user * 13 + item * 11) % 37 == 0 {
                cells.push((user, item, 1.0));
            }
        }
    }
    Interactions::of(Matrix::of(users as usize, items as usize, cells))
}

fn settings() -> Settings {
    Settings { dimensions: 8, unobserved: 0.1, regularisation: 0.01, ..Settings::default() }
}

#[test]
fn a_pass_never_raises_the_objective_once_it_is_near() {
    let data = circles(60, 40);
    let mut factors = Factors::random(60, 40, &settings());
    factors.pass(&data, &settings(), None);
    let mut before = factors.loss(&data, &settings()).total();
    for _ in 0..6 {
        factors.pass(&data, &settings(), None);
        let loss = factors.loss(&data, &settings()).total();
        assert!(loss <= before * 1.000_01, "{loss} after {before}");
        before = loss;
    }
}

#[test]
fn the_objective_is_what_looking_at_every_pair_gives() {
    let data = circles(30, 20);
    let settings = settings();
    let mut factors = Factors::random(30, 20, &settings);
    factors.pass(&data, &settings, None);
    let weights = settings.item_weights(&data.items);
    let (mut observed, mut unobserved) = (0.0f64, 0.0f64);
    for user in 0..30 {
        for (item, weight) in weights.iter().enumerate() {
            let score: f32 = factors.user(user).iter().zip(factors.item(item)).map(|(a, b)| a * b).sum();
            unobserved += f64::from(settings.unobserved * weight * score * score);
            if data.users.row(user).likes(item as u32) {
                observed += f64::from((score - 1.0) * (score - 1.0));
            }
        }
    }
    let loss = factors.loss(&data, &settings);
    assert!((loss.observed - observed).abs() < 1e-3 && (loss.unobserved - unobserved).abs() < 1e-3, "{loss:?} {observed} {unobserved}");
}

#[test]
fn people_equal_their_fold_in_once_settled() {
    let data = circles(60, 40);
    let mut factors = Factors::random(60, 40, &settings());
    factors.pass(&data, &settings(), None);
    factors.fit_users_exactly(&data, &settings());
    for user in 0..60 {
        let folded = fold_in(&factors.items, &factors.spectrum, &settings(), data.users.row(user));
        for (a, b) in folded.iter().zip(factors.user(user)) {
            assert!((a - b).abs() < 1e-4, "{folded:?} {:?}", factors.user(user));
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let data = circles(60, 40);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut factors = Factors::random(60, 40, &settings());
            (0..3).for_each(|_| factors.pass(&data, &settings(), None));
            factors
        })
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn an_item_nobody_touched_goes_where_its_prior_says() {
    let mut data = circles(60, 40);
    data.items.width = 60;
    let users = Matrix { width: 41, ..data.users };
    let data = Interactions::of(users);
    let mut factors = Factors::random(60, 41, &settings());
    factors.pass(&data, &settings(), None);
    let mut prior = factors.items.clone();
    let length = |row: &[f32]| row.iter().map(|value| value * value).sum::<f32>();
    prior[40 * 8..].copy_from_slice(factors.item(3).to_vec().as_slice());
    let wanted = length(factors.item(3));
    factors.pass(&data, &settings(), Some(&mut prior));
    assert!(length(factors.item(40)) > 0.3 * wanted);
}

#[test]
fn two_people_and_three_songs_are_enough_for_numbers() {
    for dimensions in [1, 2, 16, 128] {
        let data = Interactions::of(Matrix::of(2, 3, vec![(0, 0, 0.2), (0, 1, 1.01), (1, 0, 1.01), (1, 2, 1.02)]));
        let settings = Settings { dimensions, ..Settings::default() };
        let mut factors = Factors::random(2, 3, &settings);
        for pass in 0..16 {
            factors.pass(&data, &settings, None);
            let finite = |rows: &[f32]| rows.iter().all(|value| value.is_finite());
            assert!(finite(&factors.users) && finite(&factors.items), "{dimensions} {pass} {:?}", factors.spectrum);
        }
    }
}
