//! A state as members see it: JSON with sorted keys, equal for equal states but for who is online.

use serde_json::{Map, Value, json};

use crate::rooms::rules::event::{MemberRole, Vote};
use crate::rooms::rules::state::{Item, Now, State};

impl State {
    /// What a member of this role sees. `devices` says how many connections a member has now.
    pub(crate) fn view(&self, role: MemberRole, devices: impl Fn(&str) -> usize) -> Value {
        let mut view = Map::new();
        if matches!(role, MemberRole::Host | MemberRole::Cohost) {
            view.insert("bans".to_owned(), self.bans());
        }
        view.insert("chat".to_owned(), json!(self.chat));
        view.insert("history".to_owned(), json!(self.history));
        view.insert("members".to_owned(), self.roster(devices));
        view.insert("name".to_owned(), json!(self.name));
        view.insert("now".to_owned(), self.now.as_ref().map_or(Value::Null, |now| now.view()));
        view.insert("open".to_owned(), json!(self.open));
        view.insert("pictures".to_owned(), json!(self.pictures));
        view.insert("queue".to_owned(), self.order().into_iter().map(|index| self.queue[index].view()).collect());
        view.insert("rev".to_owned(), json!(self.rev));
        view.insert("settings".to_owned(), json!(*self.settings));
        view.insert("turns".to_owned(), json!(self.turns));
        Value::Object(view)
    }

    fn roster(&self, devices: impl Fn(&str) -> usize) -> Value {
        let mut members: Vec<_> = self.members.iter().collect();
        members.sort_by_key(|(_, member)| member.joined_seq);
        let shown = members.into_iter().map(|(id, member)| {
            let until = self.checked_in.get(id).copied().filter(|until| *until > self.ts);
            json!({
                "checkedIn": until.is_some(),
                "checkedInUntil": until,
                "id": id,
                "name": member.name,
                "online": devices(id) > 0,
                "role": member.role,
                "vetoes": self.vetoes.get(id).copied().unwrap_or(0),
            })
        });
        shown.collect()
    }

    fn bans(&self) -> Value {
        self.bans.iter().map(|(id, ban)| json!({"id": id, "name": ban.name, "reason": ban.reason})).collect()
    }
}

impl Item {
    fn view(&self) -> Value {
        let count = |vote| self.votes.values().filter(|one| **one == vote).count();
        json!({
            "addedSeq": self.added_seq,
            "by": self.by,
            "down": count(Vote::Down),
            "item": self.item,
            "note": self.note,
            "pin": self.pin.map(|pin| pin.index),
            "pinned": self.pin.is_some(),
            "score": self.score(),
            "scoreSeq": self.score_seq,
            "song": self.song,
            "up": count(Vote::Up),
            "vetoes": self.vetoes,
            "votes": self.votes,
        })
    }
}

impl Now {
    /// The playback clock: where the song stood when.
    pub(crate) fn view(&self) -> Value {
        json!({
            "atMs": self.at_ms,
            "by": self.by,
            "item": self.item,
            "positionMs": self.position_ms,
            "skips": self.skips,
            "song": self.song,
            "startedMs": self.started_ms,
            "state": self.state,
        })
    }
}
