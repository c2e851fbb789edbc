//! The ops of the contract: their names and payloads, read and checked for shape. Whether one may be carried out is
//! decided in `decide`.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::rooms::rules::event::{MemberRole, Song, Vote};
use crate::rooms::rules::ids::{ItemId, MemberId, OpId, PictureId, SongId};
use crate::rooms::rules::payload::Fields;
use crate::rooms::rules::refusal::{Code, Refusal};

/// Bytes of a text packet.
pub(crate) const MAX_TEXT: usize = 16 << 10;
/// Bytes of a picture.
pub(crate) const MAX_PICTURE: usize = 512 << 10;
/// Bytes of a fingerprint.
const MAX_FINGERPRINT: usize = 64 << 10;
/// Bytes of the JSON of an app's own event, and of its name.
const MAX_APP_DATA: usize = 4 << 10;
const MAX_APP_NAME: usize = 32;
/// Levels that this JSON may nest, so that an answer with many events can be read by parsers with a limit.
const MAX_APP_DEPTH: usize = 32;
/// Milliseconds of the longest song: a day.
const MAX_DURATION_MS: u64 = 86_400_000;

/// One request of a member, checked for shape.
#[derive(Clone, Debug)]
pub(crate) struct Op {
    /// The id its sender chose.
    pub(crate) id: OpId,
    /// The revision it wants the room to have.
    pub(crate) if_rev: Option<u64>,
    /// Digest of name and payload.
    pub(crate) digest: u64,
    /// What it asks for.
    pub(crate) action: Action,
}

/// What an op asks for.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    Leave,
    Add { song: RequestedSong, note: Option<String> },
    Remove { item: ItemId },
    Move { item: ItemId, to: usize },
    Vote { item: ItemId, vote: Vote },
    Veto { item: ItemId },
    SkipVote { item: ItemId },
    Skip { item: ItemId },
    Start { item: Option<ItemId> },
    Pause { position: Option<u64> },
    Resume { position: Option<u64> },
    Seek { position: u64 },
    Ended { item: ItemId },
    Chat { text: String, reply_to: Option<u64> },
    ChatDelete { seq: u64 },
    Picture { mime: String, data: Bytes, caption: Option<String> },
    PictureDelete { picture: PictureId },
    Role { member: MemberId, role: MemberRole },
    Kick { member: MemberId, reason: Option<String> },
    Ban { member: MemberId, reason: Option<String> },
    Unban { member: MemberId },
    Settings { name: Option<String>, settings: Map<String, Value> },
    CheckIn(CheckIn),
    Detected { song: Detection, confidence: f64, source: String },
    Next,
    Learn { learn: bool },
    App(AppAction),
    Close,
}

/// The song that a member asks to add.
#[derive(Clone, Debug)]
pub(crate) enum RequestedSong {
    /// One of the catalogue.
    Known(SongId),
    /// One with title and artist, of the catalogue or not.
    Given(Arc<Song>),
}

/// What a device heard.
#[derive(Clone, Debug)]
pub(crate) enum Detection {
    /// A song that it knows.
    Song(SongId),
    /// A fingerprint. No song is found by one yet.
    Fingerprint,
}

/// How a member proves to be at the venue.
#[derive(Clone, Debug)]
pub(crate) enum CheckIn {
    /// By the code on the venue's screen.
    Code(String),
    /// By a position, which is compared and not kept.
    Place {
        /// Degrees.
        lat: f64,
        /// Degrees.
        lon: f64,
        /// Metres within which the place is sure.
        accuracy: f64,
    },
}

/// What an app has to say to its other clients.
#[derive(Clone, Debug)]
pub(crate) struct AppAction {
    /// The name behind `app:`.
    pub(crate) name: String,
    /// Anything; the rules do not read it.
    pub(crate) data: Value,
    /// Only who is there gets it, and it is not logged.
    pub(crate) ephemeral: bool,
}

/// The names of the ops that go to a room's log; `app:NAME` besides.
pub(crate) const NAMES: &[&str] = &[
    "song:add",
    "song:remove",
    "song:move",
    "song:vote",
    "song:veto",
    "song:detected",
    "skip:vote",
    "play:skip",
    "play:start",
    "play:pause",
    "play:resume",
    "play:seek",
    "play:ended",
    "chat:send",
    "chat:delete",
    "picture:share",
    "picture:delete",
    "member:role",
    "member:kick",
    "member:ban",
    "member:unban",
    "room:settings",
    "room:leave",
    "presence:checkin",
    "autopilot:next",
    "taste:learn",
    "room:close",
];

impl Op {
    /// Reads an op. `size` is that of its text in bytes.
    ///
    /// # Errors
    /// `BAD_REQUEST` naming the field, `TOO_LARGE`, `UNKNOWN_EVENT`.
    pub(crate) fn read(name: &str, payload: &Value, attachments: &[Bytes], size: usize) -> Result<Op, Refusal> {
        if !is_op(name) {
            return Err(unknown(name));
        }
        let fields = Fields::of(payload, attachments)?;
        let id = fields.id("op")?;
        let if_rev = fields.whole_if_given("ifRev", 0, u64::MAX)?;
        let action = Action::read(name, fields)?;
        if size > MAX_TEXT && !matches!(action, Action::Picture { .. }) {
            return Err(Refusal::new(Code::TooLarge, format!("the payload has {size} bytes; at most {MAX_TEXT} are taken")));
        }
        Ok(Op { id, if_rev, digest: digest(name, payload, attachments), action })
    }
}

/// Whether there is an op of this name.
pub(crate) fn is_op(name: &str) -> bool {
    NAMES.contains(&name) || app_name(name).is_some()
}

/// The name of an app's own event: `[a-z0-9_-]{1,32}` behind `app:`.
fn app_name(op: &str) -> Option<&str> {
    let name = op.strip_prefix("app:")?;
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    ((1..=MAX_APP_NAME).contains(&name.len()) && name.bytes().all(fits)).then_some(name)
}

/// The refusal of an event name that is not in the contract.
pub(crate) fn unknown(name: &str) -> Refusal {
    Refusal::new(Code::UnknownEvent, format!("there is no event `{}`", name.chars().take(64).collect::<String>()))
}

impl Action {
    fn read(name: &str, fields: Fields<'_>) -> Result<Action, Refusal> {
        let reason = || fields.text_if_given("reason", 0, 140);
        Ok(match name {
            "room:leave" => Action::Leave,
            "song:add" => {
                Action::Add { song: requested_song(fields)?, note: fields.text_if_given("note", 0, 140)?.filter(|note| !note.is_empty()) }
            }
            "song:remove" => Action::Remove { item: fields.id("item")? },
            "song:move" => Action::Move { item: fields.id("item")?, to: fields.whole("to", 0, 1_000_000)? as usize },
            "song:vote" => Action::Vote { item: fields.id("item")?, vote: vote(fields)? },
            "song:veto" => Action::Veto { item: fields.id("item")? },
            "skip:vote" => Action::SkipVote { item: fields.id("item")? },
            "play:skip" => Action::Skip { item: fields.id("item")? },
            "play:start" => Action::Start { item: fields.id_if_given("item")? },
            "play:pause" => Action::Pause { position: fields.whole_if_given("positionMs", 0, MAX_DURATION_MS)? },
            "play:resume" => Action::Resume { position: fields.whole_if_given("positionMs", 0, MAX_DURATION_MS)? },
            "play:seek" => Action::Seek { position: fields.whole("positionMs", 0, MAX_DURATION_MS)? },
            "play:ended" => Action::Ended { item: fields.id("item")? },
            "chat:send" => Action::Chat { text: fields.text("text", 1, 1000)?, reply_to: fields.whole_if_given("replyTo", 1, u64::MAX)? },
            "chat:delete" => Action::ChatDelete { seq: fields.whole("seq", 1, u64::MAX)? },
            "picture:share" => picture(fields)?,
            "picture:delete" => Action::PictureDelete { picture: fields.id("picture")? },
            "member:role" => Action::Role { member: fields.id("member")?, role: role(fields)? },
            "member:kick" => Action::Kick { member: fields.id("member")?, reason: reason()? },
            "member:ban" => Action::Ban { member: fields.id("member")?, reason: reason()? },
            "member:unban" => Action::Unban { member: fields.id("member")? },
            "room:settings" => settings(fields)?,
            "presence:checkin" => Action::CheckIn(checkin(fields)?),
            "song:detected" => detected(fields)?,
            "autopilot:next" => Action::Next,
            "room:close" => Action::Close,
            "taste:learn" => {
                fields.value("learn").ok_or_else(|| fields.bad("learn", "true or false"))?;
                Action::Learn { learn: fields.flag("learn", true)? }
            }
            _ => Action::App(app(app_name(name).ok_or_else(|| unknown(name))?, fields)?),
        })
    }
}

fn requested_song(fields: Fields<'_>) -> Result<RequestedSong, Refusal> {
    match (fields.object("song", "song.")?, fields.id_if_given("songId")?) {
        (Some(song), None) => song_of(song).map(RequestedSong::Given),
        (None, Some(id)) => Ok(RequestedSong::Known(id)),
        (None, None) => Err(Refusal::bad("`song` or `songId` is missing")),
        (Some(_), Some(_)) => Err(Refusal::bad("`song` and `songId` exclude each other")),
    }
}

/// Reads a song: `id`, `title` and `artist`, `durationMs`, `explicit?`.
pub(crate) fn song_of(song: Fields<'_>) -> Result<Arc<Song>, Refusal> {
    Ok(Arc::new(Song {
        id: song.id("id")?,
        title: song.text("title", 1, 300)?,
        artist: song.text("artist", 1, 300)?,
        duration_ms: song.whole("durationMs", 1, MAX_DURATION_MS)?,
        explicit: song.flag("explicit", false)?,
    }))
}

fn vote(fields: Fields<'_>) -> Result<Vote, Refusal> {
    Ok(match fields.word("vote", &["up", "down", "none"])? {
        "up" => Vote::Up,
        "down" => Vote::Down,
        _ => Vote::None,
    })
}

fn role(fields: Fields<'_>) -> Result<MemberRole, Refusal> {
    Ok(match fields.word("role", &["host", "cohost", "guest", "screen"])? {
        "host" => MemberRole::Host,
        "cohost" => MemberRole::Cohost,
        "screen" => MemberRole::Screen,
        _ => MemberRole::Guest,
    })
}

fn picture(fields: Fields<'_>) -> Result<Action, Refusal> {
    let mime = fields.text("mime", 1, 100)?;
    let caption = fields.text_if_given("caption", 0, 140)?.filter(|caption| !caption.is_empty());
    let data = fields.bytes_if_given("data")?.ok_or_else(|| fields.bad("data", "binary"))?;
    if data.len() > MAX_PICTURE {
        return Err(Refusal::new(Code::TooLarge, format!("the picture has {} bytes; at most {MAX_PICTURE} are taken", data.len())));
    }
    Ok(Action::Picture { mime, data, caption })
}

fn settings(fields: Fields<'_>) -> Result<Action, Refusal> {
    let name = fields.text_if_given("name", 1, 40)?;
    match fields.value("settings") {
        Some(Value::Object(settings)) => Ok(Action::Settings { name, settings: settings.clone() }),
        None if name.is_some() => Ok(Action::Settings { name, settings: Map::new() }),
        _ => Err(fields.bad("settings", "an object")),
    }
}

fn checkin(fields: Fields<'_>) -> Result<CheckIn, Refusal> {
    match fields.word("method", &["qr", "geo"])? {
        "qr" => Ok(CheckIn::Code(fields.text("code", 1, 64)?.to_uppercase())),
        _ => Ok(CheckIn::Place {
            lat: fields.number("lat", -90.0, 90.0)?,
            lon: fields.number("lon", -180.0, 180.0)?,
            accuracy: fields.number("accuracyM", 0.0, 1_000_000.0)?,
        }),
    }
}

fn app(name: &str, fields: Fields<'_>) -> Result<AppAction, Refusal> {
    let data = fields.value("data").unwrap_or(&Value::Null);
    let ephemeral = fields.flag("ephemeral", false)?;
    if !is_shallow(data, MAX_APP_DEPTH) {
        return Err(fields.bad("data", &format!("JSON of at most {MAX_APP_DEPTH} levels")));
    }
    let bytes = data.to_string().len();
    if bytes > MAX_APP_DATA {
        return Err(Refusal::new(Code::TooLarge, format!("`data` has {bytes} bytes; at most {MAX_APP_DATA} are taken")));
    }
    Ok(AppAction { name: name.to_owned(), data: data.clone(), ephemeral })
}

/// Whether a value nests no deeper than this. Values that were read have a depth of at most 127.
fn is_shallow(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(list) => levels > 0 && list.iter().all(|one| is_shallow(one, levels - 1)),
        Value::Object(map) => levels > 0 && map.values().all(|one| is_shallow(one, levels - 1)),
        _ => true,
    }
}

fn detected(fields: Fields<'_>) -> Result<Action, Refusal> {
    let song = match (fields.id_if_given("songId")?, fields.bytes_if_given("fingerprint")?) {
        (Some(song), _) => Detection::Song(song),
        (None, Some(print)) if print.len() <= MAX_FINGERPRINT => Detection::Fingerprint,
        (None, Some(_)) => return Err(Refusal::new(Code::TooLarge, format!("`fingerprint` has more than {MAX_FINGERPRINT} bytes"))),
        (None, None) => return Err(Refusal::bad("`songId` or `fingerprint` is missing")),
    };
    Ok(Action::Detected { song, confidence: fields.number("confidence", 0.0, 1.0)?, source: fields.text("source", 1, 40)? })
}

/// Tells a repeated op from another one with the same id. The room may be named by id or code, and the revision may
/// differ between a try and the next, so these are left out.
fn digest(name: &str, payload: &Value, attachments: &[Bytes]) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(name);
    if let Value::Object(map) = payload {
        let mut fields: Vec<_> = map.iter().filter(|(name, _)| !matches!(name.as_str(), "op" | "room" | "ifRev")).collect();
        fields.sort_by_key(|(name, _)| name.as_str());
        for (name, value) in fields {
            hasher.update([0]);
            hasher.update(name);
            hasher.update(value.to_string());
        }
    }
    for bytes in attachments {
        hasher.update([1]);
        hasher.update(bytes);
    }
    short(hasher)
}

/// Digest of a text in 64 bits.
pub(crate) fn digest_of(text: &str) -> u64 {
    short(Sha256::new().chain_update(text))
}

fn short(hasher: Sha256) -> u64 {
    hasher.finalize().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
