//! Everything about a person as one JSON document, for that person. No hash and no fingerprint is in it.

use serde_json::{Map, Value, json};

use super::records::{self, BLOCKS, FOLLOWS, Kept, Owner, Relation, SESSIONS, Session, VENUE_OWNERS, pair};
use super::{AccountError, Accounts, Identity, Me, Role};

impl Accounts {
    /// Everything that is kept about the caller, here and by the registered holders.
    ///
    /// # Errors
    /// [`AccountError::Forbidden`] for screens; when the store or a holder cannot be read.
    pub(crate) async fn export(&self, caller: &Identity) -> Result<Value, AccountError> {
        let user = caller.user.as_str();
        if caller.role == Role::Screen {
            return Err(AccountError::Forbidden("a screen is nobody"));
        }
        let me = self.me(caller).await?;
        let sessions: Vec<(String, Kept<Session>)> = records::find_all(&self.store, SESSIONS, "user", user).await?;
        let venues: Vec<(String, Kept<Owner>)> = records::find_all(&self.store, VENUE_OWNERS, "user", user).await?;
        let following: Vec<(String, Kept<Relation>)> = records::scan_all(&self.store, FOLLOWS, &pair(user, "")).await?;
        let blocked: Vec<(String, Kept<Relation>)> = records::scan_all(&self.store, BLOCKS, &pair(user, "")).await?;
        let followers: Vec<(String, Kept<Relation>)> = records::find_all(&self.store, FOLLOWS, "to", user).await?;
        let mut others = Map::new();
        for holder in self.holders() {
            others.insert(holder.name().to_owned(), holder.export(user).await?);
        }
        let venues: Vec<Value> = venues.iter().map(|(_, owner)| json!({"venue": owner.value.venue, "since": owner.value.at})).collect();
        Ok(json!({
            "format": 1,
            "at": self.now(),
            "account": account(&me),
            "sessions": sessions.iter().map(|(_, session)| shown(&session.value)).collect::<Vec<_>>(),
            "following": following.iter().map(|(_, one)| related(&one.value.to, one.value.at)).collect::<Vec<_>>(),
            "followers": followers.iter().map(|(_, one)| related(&one.value.from, one.value.at)).collect::<Vec<_>>(),
            "blocked": blocked.iter().map(|(_, one)| related(&one.value.to, one.value.at)).collect::<Vec<_>>(),
            "venues": venues,
            "data": others,
        }))
    }
}

fn account(me: &Me) -> Value {
    let profile = &me.profile;
    json!({
        "userId": profile.user_id, "name": profile.name, "avatar": profile.avatar, "email": me.email, "role": me.role,
        "createdAt": me.created_at, "privacy": me.privacy,
    })
}

fn shown(session: &Session) -> Value {
    let Session { id, created_at, used_at, expires_at, agent, .. } = session;
    json!({"id": id, "createdAt": created_at, "usedAt": used_at, "expiresAt": expires_at, "agent": agent})
}

fn related(user: &str, since: u64) -> Value {
    json!({"userId": user, "since": since})
}
