//! What makes and changes the list of a search besides its query: likeness ([`like`]), nearness to places ([`near`]), curation rules
//! ([`curation`]), groups by a value ([`groups`]).

pub(crate) mod curation;
pub(crate) mod groups;
pub(crate) mod like;
pub(crate) mod near;
