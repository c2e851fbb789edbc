//! What rooms keep about a user: exporting it, and erasing it. Logs keep their events and numbers; words, names and pictures go.

use std::sync::Arc;

use serde_json::{Value, json};
use tutti_store::{Batch, StoreError, StoreFuture};

use crate::accounts::PersonalData;
use crate::rooms::log::members::{MemberDocuments, rooms_of};
use crate::rooms::rules::event::{Entry, Event, EventKind, MemberRole, Private};
use crate::rooms::rules::ids::MemberId;
use crate::rooms::rules::op::Action;
use crate::rooms::rules::state::State;
use crate::rooms::runtime::registry::Rooms;
use crate::rooms::runtime::room::Room;

/// The name of an erased user.
const ERASED: &str = "(erased)";

/// The rooms as a part of the program that keeps personal data.
pub(crate) struct RoomsPersonalData(pub(crate) Arc<Rooms>);

impl PersonalData for RoomsPersonalData {
    fn name(&self) -> &'static str {
        "rooms"
    }

    fn export(&self, user: &str) -> StoreFuture<Value> {
        let (rooms, user) = (Arc::clone(&self.0), MemberId::from(user));
        Box::pin(async move {
            let mut exported = Vec::new();
            for (id, kept) in rooms_of(&rooms.services().store, &user).await? {
                let Ok(room) = rooms.find(&id).await else { continue };
                let mut events = Vec::new();
                room.journal()
                    .for_each(|entry| {
                        if entry.event.by == user {
                            events.push(json!(entry.event));
                        }
                    })
                    .await?;
                let state = room.state();
                let role = state.members.get(&user).map(|member| member.role);
                exported.push(json!({"room": id, "name": state.name, "role": role, "kept": kept, "events": events}));
            }
            Ok(Value::Array(exported))
        })
    }

    fn erase(&self, user: &str) -> StoreFuture<()> {
        let (rooms, user) = (Arc::clone(&self.0), MemberId::from(user));
        Box::pin(async move {
            let store = &rooms.services().store;
            for (id, _) in rooms_of(store, &user).await? {
                match rooms.find(&id).await {
                    Ok(room) => erase_in(&room, &user).await?,
                    Err(refusal) => tracing::warn!(room = %id, %refusal, "a room of an erased user cannot be opened"),
                }
                let remove = MemberDocuments::new(Arc::clone(store), &id).remove(&user);
                store.commit(Batch { checks: Vec::new(), writes: vec![remove] }).await?;
            }
            Ok(())
        })
    }
}

/// Erases a user from a room: the user leaves, or the room closes when the user hosts it; then the user's words go, in the log, in
/// the snapshots and in memory.
async fn erase_in(room: &Arc<Room>, user: &MemberId) -> Result<(), StoreError> {
    let state = room.state();
    if state.open && state.members.contains_key(user) {
        let heir = state.members.iter().any(|(id, member)| id != user && member.role == MemberRole::Cohost);
        let action = if state.host.as_ref() == Some(user) && !heir { Action::Close } else { Action::Leave };
        room.act(user, action).await.map_err(|refusal| StoreError::Unavailable(refusal.to_string()))?;
    }
    let _paused = room.pause_writing().await;
    let (journal, mut writes, mut pictures) = (room.journal(), Vec::new(), Vec::new());
    let mut failed = None;
    journal
        .for_each(|entry| {
            if let EventKind::PictureShared { picture, .. } = &entry.event.kind
                && entry.event.by == *user
            {
                pictures.push(picture.clone());
            }
            match blanked(entry, user).map(|entry| journal.amend(&entry)) {
                Some(Ok(write)) => writes.push(write),
                Some(Err(error)) => failed = Some(error),
                None => {}
            }
        })
        .await?;
    if let Some(error) = failed {
        return Err(error);
    }
    writes.append(&mut journal.snapshots().rewrite(|state| blank_in(state, user)).await?);
    room.services().store.commit(Batch { checks: Vec::new(), writes }).await?;
    room.rewrite_state(|state| blank_in(state, user));
    pictures.iter().for_each(|picture| room.services().pictures.delete(room.id(), picture));
    Ok(())
}

/// An entry without a user's words and name; none when it holds none.
fn blanked(entry: &Entry, user: &MemberId) -> Option<Entry> {
    let Event { by, kind, op, room, seq, ts } = entry.event.clone();
    let mut kind = kind;
    match &mut kind {
        EventKind::RoomCreated { host, host_name, .. } if host == user => ERASED.clone_into(host_name),
        EventKind::MemberJoined { member, name, .. } if member == user => ERASED.clone_into(name),
        EventKind::ChatMessage { text, .. } if by == *user => text.clear(),
        EventKind::SongAdded { note, .. } if by == *user => *note = None,
        EventKind::App(app) if by == *user => app.data.data = Value::Null,
        EventKind::PictureShared { caption, .. } if by == *user => *caption = None,
        EventKind::MemberLeft { member, detail, .. } if member == user => *detail = None,
        EventKind::MemberBanned { member, reason } if member == user => *reason = None,
        _ => return None,
    }
    let private = Private { device: None, ..entry.private.clone() };
    Some(Entry { event: Event { by, kind, op, room, seq, ts }, private })
}

/// Removes a user's words and name from a state.
fn blank_in(state: &mut State, user: &MemberId) {
    if let Some(member) = state.members.get_mut(user) {
        let member = Arc::make_mut(member);
        ERASED.clone_into(&mut member.name);
        member.device = None;
    }
    for message in state.chat.iter_mut().filter(|message| message.by == *user) {
        Arc::make_mut(message).text.clear();
    }
    for item in state.queue.iter_mut().filter(|item| item.by == *user && item.note.is_some()) {
        Arc::make_mut(item).note = None;
    }
    for picture in state.pictures.iter_mut().filter(|picture| picture.by == *user) {
        Arc::make_mut(picture).caption = None;
    }
    if let Some(ban) = state.bans.get_mut(user) {
        let ban = Arc::make_mut(ban);
        ERASED.clone_into(&mut ban.name);
        (ban.reason, ban.device) = (None, None);
    }
}
