//! The document of a room, beside its log: the code it is found by, its venue, the venue's own list of songs, and the secret that
//! makes the check-in codes of its screen.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tutti_store::{Collection, StoreError, Write};

use crate::rooms::random::random_text;
use crate::rooms::rules::autopilot::Candidate;
use crate::rooms::rules::decide::Venue;
use crate::rooms::rules::event::Song;
use crate::rooms::rules::ids::{MemberId, RoomId};
use crate::rooms::rules::op::song_of;
use crate::rooms::rules::payload::Fields;
use crate::rooms::rules::refusal::Refusal;

/// Rooms by id.
pub(crate) const ROOMS: Collection = Collection { name: "rooms", indexes: &["openOf", "venueId"] };
/// Ids of open rooms by their codes.
pub(crate) const CODES: Collection = Collection { name: "room_codes", indexes: &[] };

/// Characters of codes; none looks like another.
const ALPHABET: &[u8] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Milliseconds that a screen shows a code.
const CODE_SHOWN_MS: u64 = 60_000;
/// Songs of a venue's own list.
const MAX_HOUSE_SONGS: usize = 5_000;

/// A room's document.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoomDocument {
    /// Its id.
    pub(crate) id: RoomId,
    /// The code people join by.
    pub(crate) code: String,
    /// Whether the room is open.
    pub(crate) open: bool,
    /// The user who created it, while it is open.
    pub(crate) open_of: Option<MemberId>,
    /// Unix milliseconds.
    pub(crate) created_at: u64,
    /// Its position, for check-ins.
    pub(crate) venue: Option<Venue>,
    /// The venue of the index whose room it is.
    #[serde(default)]
    pub(crate) venue_id: Option<String>,
    /// The venue's own songs; the autopilot picks from them alone when there are any.
    #[serde(default)]
    pub(crate) house_list: Vec<HouseSong>,
    /// What the screen's check-in codes are derived from.
    secret: String,
}

/// A song of a house list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HouseSong {
    #[serde(flatten)]
    song: Arc<Song>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vector: Option<Vec<f32>>,
}

impl RoomDocument {
    /// Reads a stored document.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it is not a room's.
    pub(crate) fn read(body: Value) -> Result<RoomDocument, StoreError> {
        serde_json::from_value(body).map_err(|error| StoreError::Damaged(format!("a room's document: {error}")))
    }

    /// The write that stores it.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it cannot be serialised.
    pub(crate) fn put(&self) -> Result<Write, StoreError> {
        let body = serde_json::to_value(self).map_err(|error| StoreError::Damaged(error.to_string()))?;
        Ok(Write::Put(ROOMS.name, self.id.to_string(), body))
    }

    /// The write by which the room is found by its code.
    pub(crate) fn put_code(&self) -> Write {
        Write::Put(CODES.name, self.code.clone(), json!({"room": self.id}))
    }

    /// The writes that close the room: its code is free for others.
    ///
    /// # Errors
    /// As [`RoomDocument::put`].
    pub(crate) fn close(&self) -> Result<Vec<Write>, StoreError> {
        let closed = self.closed();
        Ok(vec![closed.put()?, Write::Delete(CODES.name, closed.code)])
    }

    pub(crate) fn new(id: RoomId, host: MemberId, created_at: u64) -> RoomDocument {
        RoomDocument {
            id,
            code: random_text(6, ALPHABET),
            open: true,
            open_of: Some(host),
            created_at,
            venue: None,
            venue_id: None,
            house_list: Vec::new(),
            secret: random_text(32, ALPHABET),
        }
    }

    /// Another code.
    pub(crate) fn renew_code(&mut self) {
        self.code = random_text(6, ALPHABET);
    }

    /// The document of the room once it is closed.
    pub(crate) fn closed(&self) -> RoomDocument {
        RoomDocument { open: false, open_of: None, ..self.clone() }
    }

    /// The songs of the house.
    pub(crate) fn house(&self) -> Vec<Candidate> {
        let candidate = |one: &HouseSong| Candidate { song: one.song.clone(), vector: one.vector.as_deref().map(Arc::from) };
        self.house_list.iter().map(candidate).collect()
    }

    /// The code that the screen shows now, and until when.
    pub(crate) fn screen_code(&self, now: u64) -> (String, u64) {
        (self.code_at(now / CODE_SHOWN_MS), (now / CODE_SHOWN_MS + 1) * CODE_SHOWN_MS)
    }

    /// Whether the screen shows a code now, or showed it the minute before.
    pub(crate) fn shows(&self, code: &str, now: u64) -> bool {
        let minute = now / CODE_SHOWN_MS;
        code == self.code_at(minute) || minute > 0 && code == self.code_at(minute - 1)
    }

    fn code_at(&self, minute: u64) -> String {
        let digest = Sha256::new().chain_update(&self.secret).chain_update(minute.to_be_bytes()).finalize();
        digest.iter().take(8).map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect()
    }
}

/// Reads the songs of a house.
///
/// # Errors
/// `BAD_REQUEST` naming the song.
pub(crate) fn house_list(value: Option<&Value>) -> Result<Vec<HouseSong>, Refusal> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(Vec::new()) };
    let list = value.as_array().filter(|list| list.len() <= MAX_HOUSE_SONGS);
    let list = list.ok_or_else(|| Refusal::bad(format!("`houseList` must be a list of at most {MAX_HOUSE_SONGS} songs")))?;
    let read = |one: &Value| {
        let fields = Fields::of(one, &[])?;
        let vector = fields.vector_if_given("vector", 2, 64)?;
        Ok(HouseSong { song: song_of(fields)?, vector })
    };
    let within = |(at, one)| read(one).map_err(|refusal: Refusal| Refusal::bad(format!("`houseList[{at}]`: {refusal}")));
    list.iter().enumerate().map(within).collect()
}

/// A code in the form that it is kept in.
pub(crate) fn normalise_code(text: &str) -> String {
    text.trim().to_uppercase()
}
