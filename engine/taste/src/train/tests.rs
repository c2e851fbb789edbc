use super::*;

fn two_circles() -> Dataset {
    let mut rows = Vec::new();
    for user in 0..80 {
        for item in 0..60 {
            if user % 2 == item % 2 && (user * 7 + item * 5) % 3 != 0 {
                rows.push((format!("u{user}"), format!("s{item}"), 1.0));
            }
        }
    }
    Dataset::of(&rows)
}

fn options() -> Options {
    Options { settings: Settings { dimensions: 8, ..Settings::default() }, ..Options::default() }
}

fn run(options: &Options, warm: Option<&Model>) -> Trained {
    train(&two_circles(), options, warm, &AtomicBool::new(false), &mut |_| ()).unwrap()
}

#[test]
fn people_are_recommended_what_their_circle_likes() {
    let model = run(&options(), None).into_model().unwrap();
    let user = model.user_ids().number("u4").unwrap();
    let lists = model.exhaustive_lists(1, |_| model.profile_of(user).unwrap(), 5);
    for item in &lists[0] {
        let id: u32 = model.item_ids().name(*item).unwrap()[1..].parse().unwrap();
        assert_eq!(id % 2, 0);
        assert!(!model.known(user).likes(*item));
    }
}

#[test]
fn a_written_model_opens_and_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("songs.model");
    let trained = run(&options(), None);
    trained.write(&path).unwrap();
    let (mapped, table) = (Model::open(&path).unwrap(), trained.into_model().unwrap());
    mapped.verify(&path).unwrap();
    assert_eq!(mapped.metadata(), table.metadata());
    let profile = mapped.profile(&[(0, 1.0), (3, 4.0), (5, -1.0)]);
    assert_eq!(mapped.score_all(&profile), table.score_all(&profile));
}

#[test]
fn training_twice_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str| {
        let path = folder.path().join(name);
        run(&options(), None).write(&path).unwrap();
        std::fs::read(path).unwrap()
    };
    assert!(write("a") == write("b"));
}

#[test]
fn a_damaged_model_is_refused_and_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("songs.model");
    run(&options(), None).write(&path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let error = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        Model::open(&path).and_then(|model| model.verify(&path)).unwrap_err().to_string()
    };
    assert!(error(&whole[..40]).contains("cut off"));
    assert!(error(&whole[..whole.len() - 64]).contains("bytes"));
    let mut other = whole.clone();
    other[0] = b'X';
    assert!(error(&other).contains("no model"));
    let mut newer = whole.clone();
    newer[8] = 99;
    assert!(error(&newer).contains("version is 99"));
    for at in (64..whole.len()).step_by(997) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        // Bytes between two sections belong to nothing.
        std::fs::write(&path, &flipped).unwrap();
        if let Err(error) = Model::open(&path).and_then(|model| model.verify(&path)) {
            assert!(matches!(error, TasteError::Damaged { .. }));
        }
    }
    assert!(matches!(Model::open(&folder.path().join("none")), Err(TasteError::NoModel)));
}

#[test]
fn a_stopped_training_gives_nothing() {
    let stopped = train(&two_circles(), &options(), None, &AtomicBool::new(true), &mut |_| ());
    assert!(matches!(stopped, Err(TasteError::Interrupted)));
}

#[test]
fn a_warm_start_keeps_its_settings_and_finds_no_less() {
    let cold = run(&options(), None).into_model().unwrap();
    let warm = run(&Options { tune: Tune::Never, settings: *cold.settings(), ..options() }, Some(&cold)).into_model().unwrap();
    assert_eq!(warm.settings(), cold.settings());
    assert_eq!(warm.metadata().passes, WARM_PASSES);
    let user = warm.user_ids().number("u7").unwrap();
    let list = |model: &Model| model.exhaustive_lists(1, |_| model.profile_of(user).unwrap(), 5);
    let odd = |list: &[u32]| {
        list.iter().filter(|item| warm.item_ids().name(**item).is_some_and(|id| id.ends_with(['1', '3', '5', '7', '9']))).count()
    };
    assert!(odd(&list(&warm)[0]) >= odd(&list(&cold)[0]));
}

#[test]
fn settings_nothing_can_be_trained_with_are_refused() {
    let with = |settings: Settings| train(&two_circles(), &Options { settings, ..options() }, None, &AtomicBool::new(false), &mut |_| ());
    for settings in [
        Settings { dimensions: 0, ..Settings::default() },
        Settings { unobserved: f32::NAN, ..Settings::default() },
        Settings { regularisation: 0.0, ..Settings::default() },
        Settings { popularity_power: -1.0, ..Settings::default() },
    ] {
        assert!(matches!(with(settings), Err(TasteError::BadRequest(_))));
    }
    let nothing = Dataset::of::<String>(&[]);
    assert!(matches!(train(&nothing, &options(), None, &AtomicBool::new(false), &mut |_| ()), Err(TasteError::TooLittle(_))));
}
