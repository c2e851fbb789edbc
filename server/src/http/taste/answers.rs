//! Songs and reasons as answers show them.

use serde_json::{Map, Value, json};
use tutti_engine::taste::group::Pick;
use tutti_engine::taste::{Contribution, Model, Similar};

/// A song: id, title, artist.
pub(super) fn song(model: &Model, item: u32) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("id".to_owned(), model.item_ids().name(item).unwrap_or_default().into());
    if let Some(title) = model.title(item) {
        out.insert("title".to_owned(), title.into());
    }
    if let Some(artist) = artist(model, item) {
        out.insert("artist".to_owned(), artist.into());
    }
    out
}

fn artist(model: &Model, item: u32) -> Option<&str> {
    model.facts(item).artist.and_then(|artist| model.artist_names().name(artist))
}

/// What a liked song is called in a reason: its artist, else its title.
pub(super) fn liked(model: &Model, item: u32) -> String {
    let name = artist(model, item).or_else(|| model.title(item)).or_else(|| model.item_ids().name(item));
    name.unwrap_or_default().to_owned()
}

/// What shares name, each once, other than the item itself.
fn names(model: &Model, item: u32, because: &[Contribution]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for share in because.iter().filter(|share| share.item != item) {
        let name = liked(model, share.item);
        if !out.contains(&name) {
            out.push(name);
        }
    }
    out
}

fn parts(model: &Model, because: &[Contribution]) -> Value {
    let part = |share: &Contribution| {
        let mut song = song(model, share.item);
        song.insert("score".to_owned(), json!(share.score));
        Value::Object(song)
    };
    because.iter().map(part).collect()
}

/// A song for one person, with why: the liked songs that add most to it.
pub(super) fn for_person(model: &Model, item: u32, score: f32, because: &[Contribution]) -> Value {
    let mut out = song(model, item);
    out.insert("score".to_owned(), json!(score));
    let names = names(model, item, because);
    let reason = match because.first() {
        Some(share) if share.item == item => "you like it already".to_owned(),
        _ if names.is_empty() => "popular here".to_owned(),
        _ => format!("because you like {}", names.join(" and ")),
    };
    out.insert("reason".to_owned(), reason.into());
    out.insert("because".to_owned(), parts(model, because));
    Value::Object(out)
}

/// A pick for a group: `for Ana and Ben, who play Air`. `members` are the names by which members are shown.
pub(super) fn pick(model: &Model, pick: &Pick, members: &[String]) -> Value {
    let mut out = song(model, pick.item);
    out.insert("value".to_owned(), json!(pick.value));
    let shown: Vec<&str> = pick.satisfied.iter().take(2).map(|pleased| members[pleased.member].as_str()).collect();
    let first = pick.satisfied.first();
    let because = first.map_or(&[] as &[Contribution], |first| &first.because);
    let liked = names(model, pick.item, because);
    let plays_it = because.first().is_some_and(|share| share.item == pick.item);
    let reason = match (shown.as_slice(), liked.as_slice()) {
        ([], _) => "popular here".to_owned(),
        ([one], _) if plays_it => format!("for {one}, who plays it"),
        ([one, other, ..], _) if plays_it => format!("for {one} and {other}; {one} plays it"),
        ([one], []) => format!("for {one}"),
        ([one], liked) => format!("for {one}, because of {}", liked.join(" and ")),
        ([one, other, ..], []) => format!("for {one} and {other}"),
        ([one, other, ..], liked) => format!("for {one} and {other}, because {one} plays {}", liked.join(" and ")),
    };
    out.insert("reason".to_owned(), reason.into());
    let pleased = pick.satisfied.iter().map(|pleased| {
        json!({
            "member": members[pleased.member],
            "score": pleased.score,
            "chance": pleased.chance,
            "because": parts(model, &pleased.because),
        })
    });
    out.insert("for".to_owned(), pleased.collect());
    if pick.due {
        out.insert("due".to_owned(), true.into());
    }
    Value::Object(out)
}

/// A song like another.
pub(super) fn alike(model: &Model, alike: &Similar) -> Value {
    let mut out = song(model, alike.number);
    out.insert("score".to_owned(), json!(alike.score));
    let reason = if alike.co_liked > 0.1 { "people who like the one like the other" } else { "liked by the same kind of people" };
    out.insert("reason".to_owned(), reason.into());
    Value::Object(out)
}
