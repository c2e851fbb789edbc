//! The routes of a venue for its owner, described.

use crate::http::wire::AnyObject;
use crate::http::{Kind, Operation};

pub(super) fn music() -> Operation {
    Operation::new("Songs for who is in the house")
        .path("venue", "The venue.")
        .query("k", Kind::Integer, "How many.")
        .json::<AnyObject>(200, "`present` and `songs`; nobody is named.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn nearby() -> Operation {
    Operation::new("How many people nearby would like the place")
        .path("venue", "The venue.")
        .json::<AnyObject>(200, "Counts of people who agreed to be counted, rounded down to fives, made once a day: `people`, `matches`, `share`, `best_hour`, `like`; `hours` with counts by `day` and `hour`; `cells`, squares of the map (`lat` and `lon` of the middle, `size_m`) with counts. Parts with fewer than five are not listed.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn house() -> Operation {
    Operation::new("Who is in the house now, and how it suits them")
        .path("venue", "The venue.")
        .json::<AnyObject>(200, "`present` (a count), `fit` (0 to 1: how those present suit what the house usually hears), `taste` with genres and shares of the `house` and of the `evening`, `room`; `fit` and `evening` are null while fewer than `least` are there. `name`, `kind`, `city`, `location`, `opening_hours` as the index has them.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn history() -> Operation {
    Operation::new("Visits of the last days, and what was played")
        .path("venue", "The venue.")
        .query("days", Kind::Integer, "How many days.")
        .json::<AnyObject>(200, "`days` with `day`, `visits`, `people` and `fit`, today last; `hours`: 168 counts of visits, Monday 00:00 first; `songs` that the room of the venue played, with `times`.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn read_style() -> Operation {
    Operation::new("What the house plays")
        .path("venue", "The venue.")
        .json::<AnyObject>(200, "`style`, and `songs`: how many are `left` `of` how many.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn write_style() -> Operation {
    Operation::new("Sets what the house plays: for `music` and for the autopilot of its room")
        .path("venue", "The venue.")
        .body::<AnyObject>("")
        .json::<AnyObject>(200, "`style`, and `songs`: how many are `left` `of` how many.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn style_effect() -> Operation {
    Operation::new("What a style would leave, without setting it")
        .path("venue", "The venue.")
        .body::<AnyObject>("")
        .json::<AnyObject>(200, "`songs`: how many are `left` `of` how many.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}
