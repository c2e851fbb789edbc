//! The demo's venue: a real venue of London with made-up regulars, so that an owner's page has something to show.

use serde_json::Value;
use tutti_engine::Engine;
use tutti_engine::taste::interactions::{Interaction, Kind};
use tutti_engine::taste::venue::grid::Point;
use tutti_engine::taste::{Model, ModelKind};

use crate::taste::{TasteService, place_of};

/// People who come often.
const REGULARS: usize = 60;
/// Those of them who are there when the demo starts.
const TONIGHT: usize = 11;
/// Others who are there, with tastes of their own.
const OTHERS: [&str; 5] = ["u2", "u3", "u6", "u10", "u15"];
/// Days of visits.
const DAYS: i64 = 28;
/// Seconds.
const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// Kinds of venues where people dance.
const KINDS: [&str; 2] = ["nightclub", "dance_venue"];

/// The place to dance that is closest to Soho Square.
pub(super) fn find(engine: &Engine) -> anyhow::Result<Option<String>> {
    let Some(square) = Point::new(51.5154, -0.1321) else { return Ok(None) };
    let mut closest: Option<(f64, String)> = None;
    engine.index("venues")?.each_document(|document| {
        let kind = document.get("kind").and_then(Value::as_str).unwrap_or_default();
        let Some(place) = place_of(&document).filter(|_| KINDS.contains(&kind)) else { return };
        let Some(away) = place.at.map(|at| at.distance_m(square)) else { return };
        if closest.as_ref().is_none_or(|(least, id)| (away, &place.id) < (*least, id)) {
            closest = Some((away, place.id));
        }
    })?;
    Ok(closest.map(|(_, id)| id))
}

/// Gives the venue its regulars, people of one kind of taste, and lets some of them be there now. Whether their visits are new.
pub(super) fn fill(tastes: &TasteService, venue: &str) -> anyhow::Result<bool> {
    let model = tastes.taste.model(ModelKind::Songs)?;
    let regulars = regulars(&model);
    let now = tastes.now();
    let (known, last) = {
        let held = tastes.taste.history().table();
        let of_house =
            |person: &String| held.of(person).iter().filter(|one| held.item(one.item) == Some(venue)).map(|one| one.at).collect::<Vec<_>>();
        let visits: Vec<i64> = regulars.iter().flat_map(of_house).collect();
        (!visits.is_empty(), visits.into_iter().max().unwrap_or(0))
    };
    let visit = |person: &String, at: i64| Interaction {
        user: person.clone(),
        item: venue.to_owned(),
        kind: Kind::CheckIn,
        at,
        times: 1.0,
        venue: None,
    };
    let mut visits = Vec::new();
    if !known {
        for (number, person) in regulars.iter().enumerate() {
            tastes.taste.set_consent(person, true)?;
            visits.extend(evenings(number as i64, now).map(|at| visit(person, at)));
        }
    }
    if now - last > 30 * MINUTE {
        let others = OTHERS.map(str::to_owned);
        let there = regulars.iter().take(TONIGHT).chain(&others);
        visits.extend(there.zip(0..).map(|(person, number)| visit(person, now - number * 4 * MINUTE)));
    }
    tastes.taste.history().append(&visits)?;
    Ok(!known)
}

fn regulars(model: &Model) -> Vec<String> {
    let first = model.user_ids().number("u1");
    let Some(taste) = first.and_then(|number| model.user(number)) else { return Vec::new() };
    let alike = model.similar_users(taste, first, REGULARS);
    alike.iter().filter_map(|one| model.user_ids().name(one.number).map(str::to_owned)).collect()
}

/// When somebody was there: more often on Fridays and Saturdays, between seven and midnight.
fn evenings(person: i64, now: i64) -> impl Iterator<Item = i64> {
    let today = now.div_euclid(DAY);
    (1..=DAYS).filter_map(move |ago| {
        let day = today - ago;
        // 1970 began on a Thursday.
        let weekend = matches!((day + 3).rem_euclid(7), 4 | 5);
        let comes = (person * 7 + ago * 11).rem_euclid(if weekend { 3 } else { 9 }) == 0;
        let hour = 19 + (person * 3 + ago).rem_euclid(5);
        comes.then_some(day * DAY + hour * 60 * MINUTE + (person * 13).rem_euclid(60) * MINUTE)
    })
}
