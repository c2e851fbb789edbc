//! Filters made up from the grammar and the fields of the corpus. Now and then one breaks a rule; both sides must refuse it.

use proptest::prelude::*;
use proptest::sample::select;

/// A field and the kind of its values.
type Field = (&'static str, Kind);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Text,
    Whole,
    Double,
    Flag,
    Date,
    Place,
}

use Kind::{Date, Double, Flag, Place, Text, Whole};

const FIELDS: [Field; 16] = [
    ("id", Text),
    ("name", Text),
    ("code", Text),
    ("label", Text),
    ("small", Whole),
    ("big", Whole),
    ("ratio", Double),
    ("flag", Flag),
    ("seen", Date),
    ("place", Place),
    ("origin/city", Text),
    ("origin/zip", Whole),
    ("origin/open", Flag),
    ("origin/since", Date),
    ("origin/at", Place),
    ("hidden", Text),
];
const COLLECTIONS: [Field; 8] = [
    ("tags", Text),
    ("smalls", Whole),
    ("bigs", Whole),
    ("ratios", Double),
    ("flags", Flag),
    ("times", Date),
    ("places", Place),
    ("origin/langs", Text),
];
const ROOM: [Field; 8] = [
    ("r/kind", Text),
    ("r/rate", Double),
    ("r/beds", Whole),
    ("r/smoking", Flag),
    ("r/since", Date),
    ("r/spot", Place),
    ("r/view/side", Text),
    ("r/view/floor", Whole),
];
const ROOM_COLLECTIONS: [Field; 3] = [("r/tags", Text), ("r/sizes", Whole), ("r/spots", Place)];
const OFFER: [Field; 2] = [("o/code", Text), ("o/price", Double)];

const TEXTS: [&str; 22] = [
    "Red Lion",
    "Blue Moon",
    "it''s",
    "",
    "rock",
    "Rock",
    "rock ",
    "a,b",
    "A1",
    "a1",
    "C 3",
    "alpha",
    "GAMMA",
    "Berlin",
    "wifi",
    "WiFi",
    "pool",
    "single",
    "suite",
    "Suite",
    "sea",
    "o1",
];
const WHOLES: [&str; 18] = [
    "0",
    "1",
    "-1",
    "2",
    "5",
    "7",
    "42",
    "100",
    "10115",
    "2147483647",
    "-2147483648",
    "9223372036854775807",
    "-9223372036854775808",
    "9007199254740992",
    "9007199254740993",
    "5.5",
    "-0.5",
    "1e19",
];
const DOUBLES: [&str; 16] =
    ["0", "-0.0", "1", "1.5", "-1.5", "2.5", "100", "80.5", "99.99", "1e300", "-1e300", "5e-324", "NaN", "INF", "-INF", "0.1"];
const DATES: [&str; 10] = [
    "2020-05-17T10:00:00Z",
    "2020-05-17T12:00:00+02:00",
    "2020-05-17T10:00:00.5Z",
    "2020-05-17T10:00:00.123456Z",
    "1970-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "2024-02-29T00:00:00Z",
    "2000-01-01T00:00Z",
];
const POINTS: [&str; 7] = ["0 0", "0.25 0.25", "13.4 52.5", "180 0", "2.35 48.85", "-122.1 47.6", "10 -80"];
const KILOMETRES: [&str; 7] = ["-1", "0.5", "5", "120", "1000.5", "8000", "30000"];
const POLYGONS: [&str; 4] = [
    "0 0, 1 0, 1 1, 0 1, 0 0",
    "13 52, 14 52, 14 53, 13 53, 13 52",
    "170 -20, -170 -20, -170 20, 170 20, 170 -20",
    "-10 40, -10 60, 0 60, 5 45, 10 60, 20 60, 20 40, -10 40",
];
const WORDS: [&str; 7] = ["red", "moon", "Lion night", "wifi", "berlin", "nothing", "sun moon"];

fn constant(kind: Kind) -> BoxedStrategy<String> {
    let plain = |list: &'static [&'static str]| select(list).prop_map(str::to_owned).boxed();
    match kind {
        Text => select(&TEXTS[..]).prop_map(|text| format!("'{text}'")).boxed(),
        Whole => plain(&WHOLES),
        Double => prop_oneof![3 => plain(&DOUBLES), 1 => plain(&WHOLES)].boxed(),
        Flag => plain(&["true", "false"]),
        Date => plain(&DATES),
        Place => Just("null".to_owned()).boxed(),
    }
}

/// A test of one value. `null` is compared where it may be.
fn test(path: String, kind: Kind, nulls: bool) -> BoxedStrategy<String> {
    let equal = || select(&["eq", "ne"][..]);
    let order = || select(&["gt", "ge", "lt", "le"][..]);
    let any_operator = prop_oneof![equal(), order()];
    let compared = {
        let path = path.clone();
        move |(operator, constant, turned): (&str, String, bool)| {
            if turned { format!("{constant} {operator} {path}") } else { format!("{path} {operator} {constant}") }
        }
    };
    let null = (equal(), Just("null".to_owned()), any::<bool>()).prop_map(compared.clone()).boxed();
    let usual = match kind {
        Text => {
            let list = (prop::collection::vec(select(&TEXTS[..]), 0..5), select(&[",", "|", ";", ",|"][..]));
            let within = path.clone();
            let list = list.prop_map(move |(list, signs)| format!("search.in({within}, '{}', '{signs}')", list.join(&signs[..1])));
            prop_oneof![3 => (equal(), constant(kind), any::<bool>()).prop_map(compared.clone()), 1 => list].boxed()
        }
        Flag => prop_oneof![(equal(), constant(kind), any::<bool>()).prop_map(compared.clone()), Just(path)].boxed(),
        Whole | Double | Date => (any_operator, constant(kind), any::<bool>()).prop_map(compared.clone()).boxed(),
        Place => {
            let inside = path.clone();
            let distance = (order(), select(&POINTS[..]), select(&KILOMETRES[..]));
            let distance = distance
                .prop_map(move |(operator, point, bound)| format!("geo.distance({path}, geography'POINT({point})') {operator} {bound}"));
            let within = select(&POLYGONS[..]).prop_map(move |ring| format!("geo.intersects({inside}, geography'POLYGON(({ring}))')"));
            prop_oneof![distance, within].boxed()
        }
    };
    let mistaken = (any::<bool>(), prop_oneof![constant(Text), constant(Whole), constant(Double), constant(Date)])
        .prop_map(move |(turned, constant)| compared(("eq", constant, turned)));
    let nulls = u32::from(nulls) * 3;
    if nulls > 0 { prop_oneof![20 => usual, 3 => null, 1 => mistaken].boxed() } else { prop_oneof![30 => usual, 1 => mistaken].boxed() }
}

fn tests(fields: &'static [Field]) -> BoxedStrategy<String> {
    select(fields).prop_flat_map(|(path, kind)| test(path.to_owned(), kind, true)).boxed()
}

/// Parts joined by and, or and not.
fn joined(parts: BoxedStrategy<String>, depth: u32) -> BoxedStrategy<String> {
    let recurse = |inner: BoxedStrategy<String>| {
        prop_oneof![
            2 => (inner.clone(), select(&["and", "or"][..]), inner.clone()).prop_map(|(left, word, right)| format!("{left} {word} {right}")),
            2 => inner.clone().prop_map(|inner| format!("({inner})")),
            2 => inner.prop_map(|inner| format!("not ({inner})")),
        ]
        .boxed()
    };
    parts.prop_recursive(depth, 12, 2, recurse).boxed()
}

/// `any` or `all` over a collection whose body is made for its kind.
fn over_values(fields: &'static [Field]) -> BoxedStrategy<String> {
    let one = |(path, kind): Field| {
        let body = test("x".to_owned(), kind, false);
        let body = prop_oneof![4 => body.clone(), 1 => joined(body, 2)];
        (select(&["any", "all"][..]), body, 0..12).prop_map(move |(word, body, empty)| match empty {
            0 => format!("{path}/any()"),
            1..4 => format!("{path}/{word}(x: not ({body}))"),
            _ => format!("{path}/{word}(x: {body})"),
        })
    };
    select(fields).prop_flat_map(one).boxed()
}

fn over_elements(path: &'static str, variable: &'static str, body: BoxedStrategy<String>) -> BoxedStrategy<String> {
    (select(&["any", "all"][..]), body).prop_map(move |(word, body)| format!("{path}/{word}({variable}: {body})")).boxed()
}

fn full_text() -> BoxedStrategy<String> {
    let fields = select(&["'name'", "'blurb'", "'name, blurb'", "'tags'", "null", "''"][..]);
    let mode = select(&[", 'simple', 'any'", ", 'simple', 'all'", ", 'full', 'all'", ""][..]);
    let name = select(&["search.ismatch", "search.ismatchscoring"][..]);
    (name, select(&WORDS[..]), fields, mode).prop_map(|(name, words, fields, mode)| format!("{name}('{words}', {fields}{mode})")).boxed()
}

/// Whole filters.
pub(super) fn filters() -> BoxedStrategy<String> {
    let offer = prop_oneof![3 => tests(&OFFER), 1 => over_values(&[("o/days", Whole)])].boxed();
    let room = prop_oneof![
        4 => tests(&ROOM),
        2 => over_values(&ROOM_COLLECTIONS),
        2 => over_elements("r/offers", "o", joined(offer, 2)),
        1 => Just("r/offers/any()".to_owned()),
    ]
    .boxed();
    let gate = tests(&[("g/number", Whole), ("g/open", Flag)]);
    let part = prop_oneof![
        6 => tests(&FIELDS),
        4 => over_values(&COLLECTIONS),
        4 => over_elements("rooms", "r", joined(room, 3)),
        1 => over_elements("origin/gates", "g", joined(gate, 2)),
        1 => full_text(),
        1 => select(&["true", "false", "rooms/any()", "origin/gates/any()"][..]).prop_map(str::to_owned),
    ]
    .boxed();
    joined(part, 3)
}
