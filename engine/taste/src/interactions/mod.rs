//! What users do with songs and venues, kept for good: appended durably as it comes in, held in memory in a compact form, and folded
//! into confidences when something is to be learned from it. Knows ids, times and kinds; neither models nor HTTP.

mod codec;
mod fold;
mod history;

pub(crate) use fold::recent;
pub use fold::{PERSON_HALF_LIFE, confidences};
pub use history::{BULK, History, InteractionRow, InteractionTable, read};

/// What a user did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Heard a song to the end, or most of it.
    Listen,
    /// Liked a song.
    Like,
    /// Put a song on a playlist.
    PlaylistAdd,
    /// Voted for a song in a room.
    VoteUp,
    /// Came to a venue.
    CheckIn,
    /// Skipped a song within twenty seconds.
    Skip,
    /// Voted against a song in a room.
    VoteDown,
    /// Said never to want it again.
    Dislike,
}

impl Kind {
    /// Every kind with its name on the wire.
    pub const ALL: [(Kind, &'static str); 8] = [
        (Kind::Listen, "listen"),
        (Kind::Like, "like"),
        (Kind::PlaylistAdd, "playlist_add"),
        (Kind::VoteUp, "vote_up"),
        (Kind::CheckIn, "check_in"),
        (Kind::Skip, "skip"),
        (Kind::VoteDown, "vote_down"),
        (Kind::Dislike, "dislike"),
    ];

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Kind::ALL.iter().find(|(kind, _)| *kind == self).map_or("listen", |(_, name)| name)
    }

    fn number(self) -> u8 {
        Kind::ALL.iter().position(|(kind, _)| *kind == self).unwrap_or(0) as u8
    }

    fn numbered(number: u8) -> Option<Kind> {
        Kind::ALL.get(number as usize).map(|(kind, _)| *kind)
    }

    /// Whether it speaks of a venue, not a song.
    pub fn is_of_venue(self) -> bool {
        self == Kind::CheckIn
    }
}

/// Something a user did.
#[derive(Clone, Debug, PartialEq)]
pub struct Interaction {
    /// Who.
    pub user: String,
    /// With which song, or for [`Kind::CheckIn`] at which venue.
    pub item: String,
    /// What.
    pub kind: Kind,
    /// When, in seconds since 1970.
    pub at: i64,
    /// How often; 1 for once.
    pub times: f32,
    /// The venue where it was, when it was in one.
    pub venue: Option<String>,
}

#[cfg(test)]
mod tests;
