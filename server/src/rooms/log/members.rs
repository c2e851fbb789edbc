//! What is stored about a member of a room beside the log: when the member joined, the taste the member told, and whether the
//! evening may change it. One document for each member, found by user.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};
use tutti_store::{Collection, SharedStore, StoreError, Write};

use crate::rooms::rules::ids::{MemberId, RoomId};

/// Documents of members, by room and member.
pub(crate) const MEMBERS: Collection = Collection { name: "room_members", indexes: &["user"] };
/// Documents read at once.
const PAGE: usize = 500;

/// The documents of one room's members.
#[derive(Clone)]
pub(crate) struct MemberDocuments {
    store: SharedStore,
    room: RoomId,
}

impl MemberDocuments {
    pub(crate) fn new(store: SharedStore, room: &RoomId) -> MemberDocuments {
        MemberDocuments { store, room: room.clone() }
    }

    /// The tastes that members told.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn tastes(&self) -> Result<HashMap<MemberId, Arc<[f32]>>, StoreError> {
        let prefix = self.key("");
        let mut tastes = HashMap::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.store.scan(MEMBERS.name, &prefix, after.as_deref(), PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(tastes) };
            after = Some(last.clone());
            for (key, document) in page {
                if let Ok(taste) = serde_json::from_value::<Vec<f32>>(document.body["taste"].clone()) {
                    tastes.insert(MemberId::from(&key[prefix.len()..]), Arc::from(taste));
                }
            }
        }
    }

    /// The write that sets one field of a member's document.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn set(&self, member: &str, field: &str, value: Value) -> Result<Write, StoreError> {
        let key = self.key(member);
        let known = self.store.get(MEMBERS.name, &key).await?;
        let mut body = known.map_or_else(|| json!({"user": member}), |known| known.body);
        body[field] = value;
        Ok(Write::Put(MEMBERS.name, key, body))
    }

    /// Whether what a member does in this room may change the member's taste; so unless the member said no.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn may_learn(&self, member: &str) -> Result<bool, StoreError> {
        let known = self.store.get(MEMBERS.name, &self.key(member)).await?;
        Ok(known.is_none_or(|known| known.body["learn"] != json!(false)))
    }

    /// The write that removes a member's document.
    pub(crate) fn remove(&self, member: &str) -> Write {
        Write::Delete(MEMBERS.name, self.key(member))
    }

    fn key(&self, member: &str) -> String {
        format!("{}/{member}", self.room)
    }
}

/// The rooms that a user has ever been in, with the user's document in each.
///
/// # Errors
/// When the store cannot be read.
pub(crate) async fn rooms_of(store: &SharedStore, user: &str) -> Result<Vec<(RoomId, Value)>, StoreError> {
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = store.find(MEMBERS.name, "user", user, after.as_deref(), PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(found) };
        after = Some(last.clone());
        found.extend(page.into_iter().filter_map(|(key, known)| Some((RoomId::from(key.split_once('/')?.0), known.body))));
    }
}
