//! What is kept of a room besides its log: how it is found, where it is, the house's own songs, and the secret of its
//! screen's codes.

use std::sync::Arc;

use rand::TryRngCore as _;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::autopilot::Candidate;
use super::decide::Venue;
use super::event::{Id, Song};
use super::op::song_of;
use super::payload::Fields;
use super::refusal::Refusal;
use tutti_store::Collection;

/// Rooms by id.
pub(crate) const ROOMS: Collection = Collection { name: "rooms", indexes: &["openOf", "venueId"] };
/// Ids of open rooms by their codes.
pub(crate) const CODES: Collection = Collection { name: "room_codes", indexes: &[] };
/// What is kept of members besides the log, by room and member.
pub(crate) const MEMBERS: Collection = Collection { name: "room_members", indexes: &["user"] };

/// Characters of codes; none looks like another.
const ALPHABET: &[u8] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Milliseconds that a screen shows a code.
const SHOWN: u64 = 60_000;
/// Songs of a house list.
const HOUSE: usize = 5_000;

/// A room's document.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Meta {
    /// Its id.
    pub(crate) id: Id,
    /// The code people join by.
    pub(crate) code: String,
    /// Whether it goes on.
    pub(crate) open: bool,
    /// Who made it, while it is open.
    pub(crate) open_of: Option<Id>,
    /// Unix milliseconds.
    pub(crate) created_at: u64,
    /// Where it is.
    pub(crate) venue: Option<Venue>,
    /// The venue of the index that it is the room of.
    #[serde(default)]
    pub(crate) venue_id: Option<String>,
    /// The songs that the autopilot chooses from, when the house brings its own.
    #[serde(default)]
    pub(crate) house_list: Vec<HouseSong>,
    /// Makes the codes of the screen.
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

impl Meta {
    pub(crate) fn new(id: Id, host: Id, created_at: u64) -> Meta {
        Meta {
            id,
            code: random(6, ALPHABET),
            open: true,
            open_of: Some(host),
            created_at,
            venue: None,
            venue_id: None,
            house_list: Vec::new(),
            secret: random(32, ALPHABET),
        }
    }

    /// Another code.
    pub(crate) fn renew_code(&mut self) {
        self.code = random(6, ALPHABET);
    }

    /// What is kept of the room once it is closed.
    pub(crate) fn closed(&self) -> Meta {
        Meta { open: false, open_of: None, ..self.clone() }
    }

    /// The songs of the house.
    pub(crate) fn house(&self) -> Vec<Candidate> {
        let candidate = |one: &HouseSong| Candidate { song: one.song.clone(), vector: one.vector.as_deref().map(Arc::from) };
        self.house_list.iter().map(candidate).collect()
    }

    /// The code that the screen shows now, and until when.
    pub(crate) fn screen_code(&self, now: u64) -> (String, u64) {
        (self.code_of(now / SHOWN), (now / SHOWN + 1) * SHOWN)
    }

    /// Whether the screen shows a code now, or showed it the minute before.
    pub(crate) fn shows(&self, code: &str, now: u64) -> bool {
        let minute = now / SHOWN;
        code == self.code_of(minute) || minute > 0 && code == self.code_of(minute - 1)
    }

    fn code_of(&self, minute: u64) -> String {
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
    let list = value.as_array().filter(|list| list.len() <= HOUSE);
    let list = list.ok_or_else(|| Refusal::bad(format!("`houseList` must be a list of at most {HOUSE} songs")))?;
    let read = |one: &Value| {
        let fields = Fields::of(one, &[])?;
        let vector = fields.vector_if_given("vector", 2, 64)?;
        Ok(HouseSong { song: song_of(fields)?, vector })
    };
    let within = |(at, one)| read(one).map_err(|refusal: Refusal| Refusal::bad(format!("`houseList[{at}]`: {refusal}")));
    list.iter().enumerate().map(within).collect()
}

/// A code in the form that it is kept in.
pub(crate) fn code_of(text: &str) -> String {
    text.trim().to_uppercase()
}

/// An id that nobody guesses.
pub(crate) fn fresh_id() -> Id {
    random(20, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789").into()
}

/// Random characters, all equally likely.
fn random(length: usize, alphabet: &[u8]) -> String {
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    let mut bytes = [0; 64];
    while text.len() < length {
        if OsRng.try_fill_bytes(&mut bytes).is_err() {
            // Without randomness nothing here is safe; the next call may have it.
            std::thread::yield_now();
            continue;
        }
        let good = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        text.extend(good.map(|byte| char::from(alphabet[byte % alphabet.len()])).take(length - text.len()));
    }
    text
}
