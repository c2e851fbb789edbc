//! Joining: who may, and what is logged. What the ack holds besides, and from where on the client gets events, is up to
//! [`crate::rooms::delivery::catch_up`].

use serde_json::{Map, json};

use super::{Outcome, Turn, role_for};
use crate::rooms::delivery::join_request::JoinRequest;
use crate::rooms::rules::decide::Draft;
use crate::rooms::rules::event::EventKind;
use crate::rooms::rules::op::digest_of;
use crate::rooms::rules::refusal::{Code, Refusal};

impl Turn<'_> {
    /// Makes a user a member, or tells why not. The events or the state are added to the ack once the turn is committed.
    pub(super) async fn join(&mut self, request: &JoinRequest) -> Outcome {
        let state = &self.state;
        if !state.open {
            return Err(Refusal::room_closed());
        }
        self.admit(request)?;
        self.expect(request.if_rev)?;
        if request.sync {
            return if state.members.contains_key(&request.user) { Ok(self.ack(Map::new(), None)) } else { Err(Refusal::not_in_room()) };
        }
        if request.sink.is_some() && self.room.audience.subscribers().len() >= self.room.services.limits.connections {
            return Err(Refusal::new(Code::RoomFull, "the room has reached its limit of connected devices"));
        }
        let mut seq = None;
        if !state.members.contains_key(&request.user) {
            seq = Some(self.enter(request)?);
            self.writes.push(self.room.members.set(&request.user, "joinedAt", json!(self.room.services.clock.now_ms())).await?);
        }
        if let Some(taste) = &request.taste {
            self.writes.extend(self.room.songs.keep(&request.user, taste).await?);
        }
        let Some(member) = self.state.members.get(&request.user) else { return Err(Refusal::internal()) };
        let mut answer = Map::new();
        answer.insert("room".to_owned(), json!(self.room.id));
        answer.insert("member".to_owned(), json!({"id": request.user, "name": member.name, "role": member.role}));
        Ok(self.ack(answer, seq))
    }

    fn admit(&self, request: &JoinRequest) -> Result<(), Refusal> {
        let state = &self.state;
        if request.screen_of.as_ref().is_some_and(|room| *room != self.room.id) {
            return Err(Refusal::forbidden("this screen belongs to another room"));
        }
        let device = request.device.as_deref().map(digest_of);
        let banned = |ban: &crate::rooms::rules::state::Ban| device.is_some() && ban.device == device;
        if state.bans.contains_key(&request.user) || state.bans.values().any(|ban| banned(ban)) {
            return Err(Refusal::new(Code::Banned, "you are banned from this room"));
        }
        let now = self.room.services.clock.now_ms();
        if let Some(wait) = state.kicked.get(&request.user).and_then(|until| until.checked_sub(now)).filter(|wait| *wait > 0) {
            return Err(Refusal::forbidden("you were removed from this room; you may join again in a minute").after(wait));
        }
        Ok(())
    }

    fn enter(&mut self, request: &JoinRequest) -> Result<u64, Refusal> {
        if self.state.members.len() >= self.room.services.limits.members {
            return Err(Refusal::new(Code::RoomFull, "the room has reached its limit of members"));
        }
        let role = role_for(&self.state, &request.user, request.screen_of.is_some());
        let mut draft =
            Draft::new(&request.user, EventKind::MemberJoined { member: request.user.clone(), name: request.name.clone(), role });
        draft.private.device = request.device.as_deref().map(digest_of);
        Ok(self.log_one(draft, Some((&request.op, digest_of("room:join")))).event.seq)
    }
}
