//! The fold: what each event does to a state. Pure; an event that makes no sense changes nothing but the revision, so
//! that a log written by another version can always be read.

use std::sync::Arc;

use imbl::{OrdMap, Vector};

use crate::rooms::rules::event::{Entry, Event, EventKind, MemberRole, PlayState, Reason, Vote};
use crate::rooms::rules::ids::{MemberId, SERVER};
use crate::rooms::rules::state::{
    Ban, Item, MAX_CHAT, MAX_HISTORY, MAX_PICTURES, Member, Message, Now, Picture, Pin, Played, REPEAT_PAUSE_MS, State,
};

/// How long a song must have played for its skip to leave the turn spent, in milliseconds.
const TURN_SPENT_MS: u64 = 30_000;
/// How long a kicked user may not join again, in milliseconds.
pub(crate) const KICK_MS: u64 = 60_000;

impl State {
    /// The state after one more event. Costs about the size of what it touches.
    pub(crate) fn apply(&mut self, entry: &Entry) {
        let event = &entry.event;
        self.rev = event.seq;
        self.ts = self.ts.max(event.ts);
        match &event.kind {
            EventKind::RoomCreated { .. } | EventKind::RoomSettings { .. } | EventKind::RoomClosed {} => self.room(event),
            EventKind::MemberJoined { .. }
            | EventKind::MemberLeft { .. }
            | EventKind::MemberRole { .. }
            | EventKind::MemberBanned { .. }
            | EventKind::MemberUnbanned { .. }
            | EventKind::MemberCheckedin { .. } => self.people(entry),
            EventKind::ChatMessage { .. }
            | EventKind::ChatDeleted { .. }
            | EventKind::PictureShared { .. }
            | EventKind::PictureDeleted { .. } => {
                self.talk(event);
            }
            EventKind::PlayStarted { .. } | EventKind::PlayState { .. } | EventKind::PlayEnded { .. } | EventKind::SkipVoted { .. } => {
                self.play(event);
            }
            EventKind::SongDetected { .. } | EventKind::AutopilotPicked { .. } | EventKind::App(_) => {}
            _ => self.songs(event),
        }
    }

    fn room(&mut self, event: &Event) {
        match &event.kind {
            EventKind::RoomCreated { host, host_name, name, settings } => {
                self.name.clone_from(name);
                self.open = true;
                self.host = Some(host.clone());
                self.settings = Arc::new((**settings).clone());
                let member = Member { name: host_name.clone(), role: MemberRole::Host, joined_seq: event.seq, device: None };
                self.members.insert(host.clone(), Arc::new(member));
            }
            EventKind::RoomSettings { name, settings } => {
                if let Some(name) = name {
                    self.name.clone_from(name);
                }
                if let Ok(changed) = self.settings.changed(settings) {
                    self.settings = Arc::new(changed);
                }
            }
            _ => self.open = false,
        }
    }

    fn people(&mut self, entry: &Entry) {
        let event = &entry.event;
        match &event.kind {
            EventKind::MemberJoined { member, name, role } => {
                let joined = Member { name: name.clone(), role: *role, joined_seq: event.seq, device: entry.private.device };
                self.members.insert(member.clone(), Arc::new(joined));
                self.kicked.remove(member);
            }
            EventKind::MemberLeft { member, reason, .. } => {
                self.leave(member, event.seq);
                if *reason == Reason::Kicked {
                    expire(&mut self.kicked, event.ts);
                    self.kicked.insert(member.clone(), event.ts + KICK_MS);
                }
            }
            EventKind::MemberRole { member, role } => self.role(member, *role),
            EventKind::MemberBanned { member, reason } => {
                let known = self.members.get(member);
                let ban = Ban {
                    device: known.and_then(|known| known.device),
                    name: known.map(|known| known.name.clone()).unwrap_or_default(),
                    reason: reason.clone(),
                };
                self.bans.insert(member.clone(), Arc::new(ban));
                self.leave(member, event.seq);
            }
            EventKind::MemberUnbanned { member } => {
                self.bans.remove(member);
            }
            EventKind::MemberCheckedin { member, until, .. } => {
                expire(&mut self.checked_in, event.ts);
                self.checked_in.insert(member.clone(), *until);
            }
            _ => {}
        }
    }

    /// A member leaves. The member's songs stay; votes of the member on queued songs stop counting.
    fn leave(&mut self, member: &MemberId, seq: u64) {
        self.members.remove(member);
        let voted: Vec<usize> =
            self.queue.iter().enumerate().filter(|(_, item)| item.votes.contains_key(member)).map(|(index, _)| index).collect();
        for index in voted {
            let item = Arc::make_mut(&mut self.queue[index]);
            let before = item.score();
            item.votes.remove(member);
            if item.score() != before {
                item.score_seq = seq;
            }
        }
        if let Some(now) = &mut self.now
            && now.skips.contains(member)
        {
            Arc::make_mut(now).skips.remove(member);
        }
    }

    fn role(&mut self, member: &MemberId, role: MemberRole) {
        if role == MemberRole::Host
            && let Some(old) = self.host.replace(member.clone())
            && old != *member
        {
            self.give(&old, MemberRole::Cohost);
        }
        self.give(member, role);
    }

    fn give(&mut self, member: &MemberId, role: MemberRole) {
        if let Some(known) = self.members.get_mut(member) {
            Arc::make_mut(known).role = role;
        }
    }

    fn talk(&mut self, event: &Event) {
        match &event.kind {
            EventKind::ChatMessage { reply_to, text } => {
                let message =
                    Message { by: event.by.clone(), deleted: false, reply_to: *reply_to, seq: event.seq, text: text.clone(), ts: event.ts };
                self.chat.push_back(Arc::new(message));
                keep(&mut self.chat, MAX_CHAT);
            }
            EventKind::ChatDeleted { seq } => {
                if let Some(index) = self.chat.iter().position(|message| message.seq == *seq) {
                    let message = Arc::make_mut(&mut self.chat[index]);
                    message.deleted = true;
                    message.text.clear();
                }
            }
            EventKind::PictureShared { caption, mime, picture, url, .. } => {
                let picture = Picture {
                    by: event.by.clone(),
                    caption: caption.clone(),
                    mime: mime.clone(),
                    picture: picture.clone(),
                    ts: event.ts,
                    url: url.clone(),
                };
                self.pictures.push_back(Arc::new(picture));
                keep(&mut self.pictures, MAX_PICTURES);
            }
            EventKind::PictureDeleted { picture } => self.pictures.retain(|known| known.picture != *picture),
            _ => {}
        }
    }

    fn play(&mut self, event: &Event) {
        match &event.kind {
            EventKind::PlayStarted { at_ms, item, song } => {
                let by = self.take(item).map_or_else(|| event.by.clone(), |taken| taken.by.clone());
                if &*by != SERVER {
                    *self.turns.entry(by.clone()).or_default() += 1;
                }
                expire(&mut self.started, event.ts.saturating_sub(REPEAT_PAUSE_MS));
                self.started.insert(song.id.clone(), event.ts);
                let now = Now {
                    at_ms: *at_ms,
                    by,
                    item: item.clone(),
                    position_ms: 0,
                    skips: Default::default(),
                    song: song.clone(),
                    started_ms: *at_ms,
                    state: PlayState::Playing,
                };
                self.now = Some(Arc::new(now));
            }
            EventKind::PlayState { at_ms, item, position_ms, state } => {
                if let Some(now) = self.now.as_mut().filter(|now| now.item == *item) {
                    let now = Arc::make_mut(now);
                    (now.at_ms, now.position_ms, now.state) = (*at_ms, *position_ms, *state);
                }
            }
            EventKind::PlayEnded { item, reason } if self.now.as_ref().is_some_and(|now| now.item == *item) => {
                self.ended(event.ts, *reason);
            }
            EventKind::SkipVoted { item } => {
                if let Some(now) = self.now.as_mut().filter(|now| now.item == *item) {
                    Arc::make_mut(now).skips.insert(event.by.clone());
                }
            }
            _ => {}
        }
    }

    fn ended(&mut self, at: u64, reason: Reason) {
        let Some(now) = self.now.take() else { return };
        let cut = matches!(reason, Reason::Skipped | Reason::Voted | Reason::Veto);
        if cut
            && now.position(at) < TURN_SPENT_MS
            && let Some(turns) = self.turns.get_mut(&now.by)
        {
            *turns = turns.saturating_sub(1);
        }
        let played =
            Played { by: now.by.clone(), ended_ms: at, item: now.item.clone(), reason, song: now.song.clone(), started_ms: now.started_ms };
        self.history.push_back(Arc::new(played));
        keep(&mut self.history, MAX_HISTORY);
    }

    fn songs(&mut self, event: &Event) {
        match &event.kind {
            EventKind::SongAdded { item, note, song } => {
                let server = &*event.by == SERVER;
                let votes = if server { Default::default() } else { [(event.by.clone(), Vote::Up)].into() };
                let item = Item {
                    item: item.clone(),
                    song: song.clone(),
                    by: event.by.clone(),
                    note: note.clone(),
                    added_seq: event.seq,
                    score_seq: event.seq,
                    votes,
                    vetoes: Default::default(),
                    pin: None,
                };
                self.queue.push_back(Arc::new(item));
            }
            EventKind::SongRemoved { item, reason } => {
                if let Some(taken) = self.take(item)
                    && matches!(reason, Reason::Veto | Reason::Downvoted)
                {
                    self.unwanted.insert(taken.song.id.clone());
                }
            }
            EventKind::SongMoved { item, to } => {
                let pin = Pin { index: *to, seq: event.seq };
                self.change(item, |item| item.pin = Some(pin));
            }
            EventKind::SongVoted { item, vote } => {
                let (by, seq) = (event.by.clone(), event.seq);
                self.change(item, |item| {
                    let before = item.score();
                    match vote {
                        Vote::None => item.votes.remove(&by),
                        vote => item.votes.insert(by, *vote),
                    };
                    if item.score() != before {
                        item.score_seq = seq;
                    }
                });
            }
            EventKind::SongVetoed { item } => {
                let by = event.by.clone();
                if self.members.get(&by).is_some_and(|member| member.role == MemberRole::Guest) {
                    *self.vetoes.entry(by.clone()).or_default() += 1;
                }
                self.change(item, |item| {
                    item.vetoes.insert(by);
                });
            }
            _ => {}
        }
    }

    fn change(&mut self, item: &str, change: impl FnOnce(&mut Item)) {
        if let Some(index) = self.queue.iter().position(|one| &*one.item == item) {
            change(Arc::make_mut(&mut self.queue[index]));
        }
    }

    /// Takes an item out of the queue. What was pinned behind it moves up with the others.
    fn take(&mut self, id: &str) -> Option<Arc<Item>> {
        let at = self.queue.iter().position(|item| &*item.item == id)?;
        if self.queue.iter().any(|item| item.pin.is_some()) {
            let order = self.order();
            let place = order.iter().position(|index| *index == at)?;
            for index in &order[place + 1..] {
                if self.queue[*index].pin.is_some()
                    && let Some(pin) = &mut Arc::make_mut(&mut self.queue[*index]).pin
                {
                    pin.index = pin.index.saturating_sub(1);
                }
            }
        }
        Some(self.queue.remove(at))
    }
}

/// Keeps the newest of a list.
fn keep<T: Clone>(list: &mut Vector<T>, max: usize) {
    while list.len() > max {
        list.pop_front();
    }
}

/// Removes what ended at `now` or before.
fn expire<K: Ord + Clone>(ends: &mut OrdMap<K, u64>, now: u64) {
    let ended: Vec<K> = ends.iter().filter(|(_, end)| **end <= now).map(|(key, _)| key.clone()).collect();
    for key in ended {
        ends.remove(&key);
    }
}
