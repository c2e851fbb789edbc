//! A request to join a room, or to be told what was missed.

use serde_json::{Map, Value};

use crate::accounts::Identity;
use crate::rooms::delivery::sink::Sink;
use crate::rooms::rules::ids::{MemberId, OpId, RoomId};
use crate::rooms::rules::payload::Fields;
use crate::rooms::rules::refusal::Refusal;

/// How the sender of an op is answered: with the fields of an ack, or why nothing was done.
pub(crate) type Reply = Box<dyn FnOnce(Result<Map<String, Value>, Refusal>) + Send + Sync>;

/// A request to join.
pub(crate) struct JoinRequest {
    /// The user's id, which is the member's.
    pub(crate) user: MemberId,
    /// The name the other members will see.
    pub(crate) name: String,
    /// A guest's device.
    pub(crate) device: Option<String>,
    /// The room of a screen.
    pub(crate) screen_of: Option<RoomId>,
    /// The user's taste vector, when it is told.
    pub(crate) taste: Option<Vec<f32>>,
    /// The last event the client knows.
    pub(crate) since: Option<u64>,
    /// The op's id.
    pub(crate) op: OpId,
    /// The revision that the room must have.
    pub(crate) if_rev: Option<u64>,
    /// Where events go from now on; none only tells what was missed, or joins without a connection.
    pub(crate) sink: Option<Sink>,
    /// The client only wants to know what it missed, and does not join.
    pub(crate) sync: bool,
    /// How it is answered.
    pub(crate) reply: Reply,
}

impl JoinRequest {
    /// Reads the payload of a join or a sync. It has no sink and no reply yet.
    ///
    /// # Errors
    /// `BAD_REQUEST` naming the field.
    pub(crate) fn read(caller: &Identity, payload: &Value, sync: bool) -> Result<JoinRequest, Refusal> {
        let fields = Fields::of(payload, &[])?;
        let name = fields.text_if_given("name", 1, 40)?;
        Ok(JoinRequest {
            user: caller.user.as_str().into(),
            name: name.unwrap_or_else(|| caller.name.clone()),
            device: caller.device.clone(),
            screen_of: caller.screen_of.as_deref().map(RoomId::from),
            taste: fields.vector_if_given("taste", 2, 512)?,
            since: if sync { Some(fields.whole("since", 0, u64::MAX)?) } else { fields.whole_if_given("since", 0, u64::MAX)? },
            op: fields.id("op")?,
            if_rev: fields.whole_if_given("ifRev", 0, u64::MAX)?,
            sink: None,
            sync,
            reply: Box::new(drop),
        })
    }
}
