//! What rooms keep about a person: telling it, and forgetting it. Logs keep their events and numbers; words, names and
//! pictures go.

use std::sync::Arc;

use serde_json::{Value, json};

use super::event::{Entry, Event, Id, Private, What};
use super::journal::log_name;
use super::live::{Input, Live};
use super::meta::MEMBERS;
use super::op::{Ask, Op};
use super::refusal::Refusal;
use super::registry::Rooms;
use super::state::State;
use crate::accounts::PersonalData;
use tutti_store::{Batch, StoreError, StoreFuture, Write};

/// The name of somebody who is forgotten.
const NOBODY: &str = "(erased)";
/// Rooms and entries read at once.
const PAGE: usize = 500;

/// The rooms as one who keeps data about people.
pub(crate) struct Holder(pub(crate) Arc<Rooms>);

impl PersonalData for Holder {
    fn name(&self) -> &'static str {
        "rooms"
    }

    fn export(&self, user: &str) -> StoreFuture<Value> {
        let (rooms, user) = (self.0.clone(), Id::from(user));
        Box::pin(async move {
            let mut told = Vec::new();
            for (room, kept) in rooms.rooms_of(&user).await? {
                let Ok(live) = rooms.find(&room).await else { continue };
                let mut events = Vec::new();
                live.each_entry(|entry| {
                    if entry.event.by == user {
                        events.push(json!(entry.event));
                    }
                })
                .await?;
                let role = live.state().members.get(&user).map(|member| member.role);
                told.push(json!({"room": room, "name": live.state().name, "role": role, "kept": kept, "events": events}));
            }
            Ok(Value::Array(told))
        })
    }

    fn erase(&self, user: &str) -> StoreFuture<()> {
        let (rooms, user) = (self.0.clone(), Id::from(user));
        Box::pin(async move {
            for (room, _) in rooms.rooms_of(&user).await? {
                match rooms.find(&room).await {
                    Ok(live) => live.forget(&user).await?,
                    Err(refusal) => tracing::warn!(room, %refusal, "a room of somebody who is erased cannot be opened"),
                }
                let key = format!("{room}/{user}");
                rooms.services.store.commit(Batch { checks: Vec::new(), writes: vec![Write::Delete(MEMBERS.name, key)] }).await?;
            }
            Ok(())
        })
    }
}

impl Rooms {
    /// The rooms that somebody has ever been in, with what is kept of him there.
    async fn rooms_of(&self, user: &Id) -> Result<Vec<(String, Value)>, StoreError> {
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.services.store.find(MEMBERS.name, "user", user, after.as_deref(), PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(found) };
            after = Some(last.clone());
            let rooms = page.into_iter().filter_map(|(key, kept)| Some((key.split_once('/')?.0.to_owned(), kept.body)));
            found.extend(rooms);
        }
    }
}

impl Live {
    async fn each_entry(&self, mut each: impl FnMut(&Entry)) -> Result<(), StoreError> {
        let mut from = 1;
        loop {
            let page = self.journal.read(from, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            from = last.event.seq + 1;
            page.iter().for_each(&mut each);
        }
    }

    /// Forgets somebody: he leaves, or the room closes when it is his; then his words go, in the log and in memory.
    async fn forget(self: &Arc<Live>, user: &Id) -> Result<(), StoreError> {
        let state = self.state();
        if state.open && state.members.contains_key(user) {
            let heir = state.members.iter().any(|(id, member)| id != user && member.role == super::event::Role::Cohost);
            let ask = if state.host.as_ref() == Some(user) && !heir { Ask::Close } else { Ask::Leave };
            self.act(user, ask).await.map_err(|refusal| StoreError::Unavailable(refusal.to_string()))?;
        }
        // Nobody drives the room meanwhile.
        let _alone = self.core.lock().await;
        let (mut writes, mut pictures) = (Vec::new(), Vec::new());
        let log = log_name(&self.id);
        self.each_entry(|entry| {
            if let What::PictureShared { picture, .. } = &entry.event.what
                && entry.event.by == *user
            {
                pictures.push(picture.clone());
            }
            if let Some(blanked) = without(entry, user)
                && let Ok(bytes) = serde_json::to_vec(&blanked)
            {
                writes.push(Write::Amend(log.clone(), entry.event.seq, bytes.into()));
            }
        })
        .await?;
        writes.append(&mut self.journal.changed_snapshots(|state| forget_in(state, user)).await?);
        self.services.store.commit(Batch { checks: Vec::new(), writes }).await?;
        let mut state = (*self.state()).clone();
        forget_in(&mut state, user);
        self.set_state(state);
        self.seats().forget();
        pictures.iter().for_each(|picture| self.services.delete_picture(&self.id, picture));
        Ok(())
    }

    /// An op of the server in somebody's name.
    async fn act(self: &Arc<Live>, actor: &Id, ask: Ask) -> Result<(), Refusal> {
        let (told, heard) = tokio::sync::oneshot::channel();
        let op = Op { id: super::meta::fresh_id(), if_rev: None, digest: 0, ask };
        let reply = Box::new(move |outcome: Result<_, Refusal>| {
            let _ = told.send(outcome.map(drop));
        });
        self.hand_in(Input::Op { actor: actor.clone(), op, facts: Default::default(), reply });
        heard.await.unwrap_or_else(|_| Err(Refusal::internal()))
    }
}

/// An entry without somebody's words; none when it has none.
fn without(entry: &Entry, user: &Id) -> Option<Entry> {
    let Event { by, what, op, room, seq, ts } = entry.event.clone();
    let mut what = what;
    match &mut what {
        What::RoomCreated { host, host_name, .. } if host == user => NOBODY.clone_into(host_name),
        What::MemberJoined { member, name, .. } if member == user => NOBODY.clone_into(name),
        What::ChatMessage { text, .. } if by == *user => text.clear(),
        What::SongAdded { note, .. } if by == *user => *note = None,
        What::PictureShared { caption, .. } if by == *user => *caption = None,
        What::MemberLeft { member, detail, .. } if member == user => *detail = None,
        What::MemberBanned { member, reason } if member == user => *reason = None,
        _ => return None,
    }
    let private = Private { device: None, ..entry.private.clone() };
    Some(Entry { event: Event { by, what, op, room, seq, ts }, private })
}

/// The same in a state.
fn forget_in(state: &mut State, user: &Id) {
    if let Some(member) = state.members.get_mut(user) {
        let member = Arc::make_mut(member);
        NOBODY.clone_into(&mut member.name);
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
        NOBODY.clone_into(&mut ban.name);
        (ban.reason, ban.device) = (None, None);
    }
}
