//! Songs and reasons as answers show them.

use tutti_engine::taste::group::Pick;
use tutti_engine::taste::{Contribution, Model, Similar};

use super::wire::{GroupSong, MemberReason, RecommendedSong, ScoredSong, Song};

/// A song: id, title, artist.
pub(super) fn song(model: &Model, item: u32) -> Song {
    Song {
        id: model.item_ids().name(item).unwrap_or_default().to_owned(),
        title: model.title(item).map(str::to_owned),
        artist: artist(model, item).map(str::to_owned),
    }
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

fn parts(model: &Model, because: &[Contribution]) -> Vec<ScoredSong> {
    let part = |share: &Contribution| {
        let Song { id, title, artist } = song(model, share.item);
        ScoredSong { id, title, artist, score: f64::from(share.score) }
    };
    because.iter().map(part).collect()
}

/// A song for one person, with why: the liked songs that add most to it.
pub(super) fn for_person(model: &Model, item: u32, score: f32, because: &[Contribution]) -> RecommendedSong {
    let names = names(model, item, because);
    let reason = match because.first() {
        Some(share) if share.item == item => "you like it already".to_owned(),
        _ if names.is_empty() => "popular here".to_owned(),
        _ => format!("because you like {}", names.join(" and ")),
    };
    RecommendedSong { because: Some(parts(model, because)), ..recommended(model, item, Some(score), reason) }
}

/// A song with a reason.
pub(super) fn recommended(model: &Model, item: u32, score: Option<f32>, reason: impl Into<String>) -> RecommendedSong {
    let Song { id, title, artist } = song(model, item);
    RecommendedSong { id, title, artist, score: score.map(f64::from), reason: reason.into(), because: None }
}

/// A pick for a group: `for Ana and Ben, who play Air`. `members` are the names by which members are shown.
pub(super) fn pick(model: &Model, pick: &Pick, members: &[String]) -> GroupSong {
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
    let satisfied = pick.satisfied.iter().map(|satisfied| MemberReason {
        member: members[satisfied.member].clone(),
        score: f64::from(satisfied.score),
        chance: f64::from(satisfied.chance),
        because: parts(model, &satisfied.because),
    });
    let Song { id, title, artist } = song(model, pick.item);
    GroupSong { id, title, artist, value: f64::from(pick.value), reason, r#for: satisfied.collect(), due: pick.due }
}

/// A song like another.
pub(super) fn alike(model: &Model, alike: &Similar) -> RecommendedSong {
    let reason = if alike.co_liked > 0.1 { "people who like the one like the other" } else { "liked by the same kind of people" };
    recommended(model, alike.number, Some(alike.score), reason)
}
