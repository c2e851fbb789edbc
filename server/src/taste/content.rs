//! Documents of the shipped indexes as the taste engine reads them.

use serde_json::{Map, Value};
use tutti_engine::taste::content::{ItemContent, Sound};
use tutti_engine::taste::venue::Place;
use tutti_engine::taste::venue::grid::Point;
use tutti_engine::taste::venue::hours;

/// The content of a document of songs or artists; none without an id.
pub(crate) fn item_of(map: &Map<String, Value>) -> Option<ItemContent> {
    let text = |name: &str| map.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let list = |name: &str| map.get(name).and_then(Value::as_array).into_iter().flatten();
    let words = |name: &str| list(name).filter_map(Value::as_str).map(str::to_owned);
    let tags = list("tags").filter_map(|tag| match tag {
        Value::String(tag) => Some((tag.clone(), 1.0)),
        Value::Array(pair) => Some((pair.first()?.as_str()?.to_owned(), pair.get(1)?.as_f64()? as f32)),
        _ => None,
    });
    let title = text("title");
    let year = map.get("year").and_then(Value::as_i64).or_else(|| text("released").get(..4)?.parse().ok());
    Some(ItemContent {
        id: map.get("id")?.as_str()?.to_owned(),
        title: if title.is_empty() { text("name") } else { title },
        artist: text("artist"),
        genres: words("genres").chain(words("subgenres")).collect(),
        tags: tags.collect(),
        explicit: map.get("explicit").and_then(Value::as_bool),
        year: year.and_then(|year| i32::try_from(year).ok()),
        sound: sound(map.get("features").and_then(Value::as_object)),
    })
}

fn sound(features: Option<&Map<String, Value>>) -> Sound {
    let Some(features) = features else { return Sound::default() };
    let number = |name: &str| features.get(name).and_then(Value::as_f64).map(|value| value as f32);
    let shares = ["danceability", "speechiness", "acousticness", "instrumentalness", "liveness", "valence"];
    Sound {
        tempo: number("tempo").filter(|tempo| *tempo > 0.0),
        key: number("key").filter(|key| (0.0..12.0).contains(key)).map(|key| key as u8),
        major: number("mode").map(|mode| mode > 0.5),
        energy: number("energy"),
        loudness: number("loudness"),
        shares: shares.map(number),
    }
}

/// What a document of venues states; none without an id.
pub(crate) fn place_of(map: &Map<String, Value>) -> Option<Place> {
    let point = map.get("location").and_then(|location| location.get("coordinates")).and_then(Value::as_array);
    let at = point.and_then(|pair| Point::new(pair.get(1)?.as_f64()?, pair.first()?.as_f64()?));
    let list = |name: &str| map.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    Some(Place {
        id: map.get("id")?.as_str()?.to_owned(),
        at,
        hours: map.get("opening_hours").and_then(Value::as_str).and_then(|text| hours::parse(text).ok()),
        capacity: map.get("capacity").and_then(Value::as_u64).and_then(|capacity| u32::try_from(capacity).ok()),
        genres: list("genres").chain(list("tastes")).map(str::to_lowercase).collect(),
        popularity: map.get("popularity").and_then(Value::as_f64),
    })
}
