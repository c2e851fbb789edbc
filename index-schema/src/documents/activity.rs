//! The typed document of the `activities` index. Nothing but its shape.

use serde::{Deserialize, Serialize};

use super::Point;

/// Something public that happened, as the `activities` index holds it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Activity {
    /// The key.
    pub id: String,
    /// The verb: `played`, `liked`, `followed`, `checked_in`, ...
    pub kind: String,
    /// Key of the one who did it.
    pub actor_id: String,
    /// Displayed name of the one who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// `song`, `artist`, `user`, `venue`, `playlist`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_kind: Option<String>,
    /// Key of what it was done to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_id: Option<String>,
    /// Title or name of what it was done to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Words that go with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Key of the venue it happened at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venue_id: Option<String>,
    /// The room it happened in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_id: Option<String>,
    /// Tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// When, RFC 3339.
    pub at: String,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Point>,
}
