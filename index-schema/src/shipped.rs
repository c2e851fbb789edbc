//! The definitions that ship with Tutti, as the JSON files a user would write. Their typed documents live in `documents`.

use crate::definition::IndexDefinition;

const SHIPPED: [(&str, &str); 6] = [
    ("songs", include_str!("../definitions/songs.json")),
    ("artists", include_str!("../definitions/artists.json")),
    ("users", include_str!("../definitions/users.json")),
    ("venues", include_str!("../definitions/venues.json")),
    ("playlists", include_str!("../definitions/playlists.json")),
    ("activities", include_str!("../definitions/activities.json")),
];

/// Names of the shipped definitions.
pub fn shipped_names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// The JSON text of a shipped definition.
pub fn shipped_json(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, json)| *json)
}

/// A shipped definition.
pub fn shipped(name: &str) -> Option<IndexDefinition> {
    shipped_json(name).map(|json| IndexDefinition::from_json(json.as_bytes()).expect("a test reads every shipped definition"))
}

#[cfg(test)]
mod tests;
