//! The routes of a venue for its owner, described.

use super::venue_wire::{NearbyMatches, StyleAnswer, StyleEffect, VenueHistory, VenueMusic, VenueOverview};
use crate::http::{Kind, Operation};
use crate::venues::Style;

pub(super) fn music() -> Operation {
    Operation::new("Songs for who is at the venue")
        .path("venue", "The venue.")
        .query("k", Kind::Integer, "How many.")
        .json::<VenueMusic>(200, "Songs; nobody is named.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn nearby() -> Operation {
    Operation::new("How many people nearby would like the place")
        .path("venue", "The venue.")
        .json::<NearbyMatches>(200, "Counts, made once a day. Parts with fewer than five are not listed.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn overview() -> Operation {
    Operation::new("Who is at the venue now, and how it suits them")
        .path("venue", "The venue.")
        .json::<VenueOverview>(200, "Counts and shares; nobody is named.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn history() -> Operation {
    Operation::new("Visits of the last days, and what was played")
        .path("venue", "The venue.")
        .query("days", Kind::Integer, "How many days.")
        .json::<VenueHistory>(200, "Days, hours and songs.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn read_style() -> Operation {
    Operation::new("What the venue plays")
        .path("venue", "The venue.")
        .json::<StyleAnswer>(200, "The style, and what it leaves.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn write_style() -> Operation {
    Operation::new("Sets what the venue plays: for `music` and for the autopilot of its room")
        .path("venue", "The venue.")
        .body::<Style>("The whole style; what is left out is as of a new venue.")
        .json::<StyleAnswer>(200, "The style, and what it leaves.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}

pub(super) fn style_effect() -> Operation {
    Operation::new("What a style would leave, without setting it")
        .path("venue", "The venue.")
        .body::<Style>("The whole style; what is left out is as of a new venue.")
        .json::<StyleEffect>(200, "What it would leave.")
        .fails(400, "The request cannot be carried out as written.")
        .fails(404, "Something that is named is unknown.")
        .fails(409, "Nothing has been trained yet, or a training goes on.")
}
