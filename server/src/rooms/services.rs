//! What all rooms of a server share: store, clock, songs, pictures, limits, the other servers.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::clock::{self, Clock};
use super::cluster::Cluster;
use super::event::{Entry, Id};
use super::learning::Lesson;
use super::limits::Limits;
use super::meta::MEMBERS;
use super::refusal::Refusal;
use super::repertoire::Repertoires;
use crate::pictures::{Checked, Pictures};
use crate::venues::Styles;
use tutti_store::{Batch, SharedStore, StoreError, Write};

/// What all rooms of a server share.
pub(crate) struct Services {
    pub(crate) store: SharedStore,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) repertoire: Arc<Repertoires>,
    pub(crate) pictures: Arc<Pictures>,
    /// What venues play in their rooms.
    pub(crate) styles: Styles,
    /// What evenings say about tastes.
    pub(super) lessons: mpsc::Sender<Lesson>,
    /// The other servers, when there are some.
    pub(crate) cluster: Option<Cluster>,
}

impl Services {
    /// Unix milliseconds.
    pub(crate) fn now(&self) -> u64 {
        clock::now()
    }

    /// The tastes that members of a room told.
    pub(super) async fn tastes(&self, room: &Id) -> Result<HashMap<Id, Arc<[f32]>>, StoreError> {
        let prefix = format!("{room}/");
        let mut tastes = HashMap::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.store.scan(MEMBERS.name, &prefix, after.as_deref(), 500).await?;
            let Some((last, _)) = page.last() else { return Ok(tastes) };
            after = Some(last.clone());
            for (key, document) in page {
                if let Ok(taste) = serde_json::from_value::<Vec<f32>>(document.body["taste"].clone()) {
                    tastes.insert(Id::from(&key[prefix.len()..]), Arc::from(taste));
                }
            }
        }
    }

    /// The change that keeps one thing about a member of a room.
    pub(super) async fn keep_of_member(&self, room: &Id, member: &Id, name: &str, value: Value) -> Result<Write, StoreError> {
        let key = format!("{room}/{member}");
        let known = self.store.get(MEMBERS.name, &key).await?;
        let mut body = known.map_or_else(|| json!({"user": member}), |known| known.body);
        body[name] = value;
        Ok(Write::Put(MEMBERS.name, key, body))
    }

    /// Tells the other servers what was logged.
    pub(super) fn tell(&self, room: &Id, entries: &[Arc<Entry>]) {
        if let (Some(cluster), Some(last)) = (&self.cluster, entries.last()) {
            cluster.logged(room, last.event.seq);
        }
    }

    /// Tells the other servers how many connections a member has here.
    pub(super) fn tell_presence(&self, room: &Id, member: &Id, devices: usize) {
        if let Some(cluster) = &self.cluster {
            cluster.presence(room, &[(member.clone(), devices)]);
        }
    }

    /// Tells the other servers what may be lost.
    pub(super) fn whisper(&self, room: &Id, name: &str, payload: &Value) {
        if let Some(cluster) = &self.cluster {
            cluster.whisper(room, name, payload);
        }
    }

    /// Keeps a picture: in this server's folder, and where there are several servers in the store that they share.
    pub(super) async fn keep_picture(&self, room: &Id, picture: &Id, checked: Checked) -> Result<(), Refusal> {
        if self.cluster.is_some() {
            let log = picture_log(room, picture);
            let write = Write::Append { log, after: 0, entries: vec![checked.bytes.clone()] };
            match self.store.commit(Batch { checks: Vec::new(), writes: vec![write] }).await {
                // It is there: the op came before.
                Ok(_) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let (pictures, room, picture) = (self.pictures.clone(), room.clone(), picture.clone());
        let kept = tokio::task::spawn_blocking(move || pictures.put(&room, &picture, &checked)).await;
        kept.map_err(|_| Refusal::internal())?.map_err(|error| {
            tracing::error!(%error, "a picture cannot be kept");
            Refusal::busy("the picture cannot be kept just now")
        })
    }

    /// A picture's content type and bytes, if it is there.
    pub(super) async fn picture(&self, room: &Id, picture: &str) -> Result<Option<(&'static str, Bytes)>, Refusal> {
        let (pictures, of, id) = (self.pictures.clone(), room.clone(), picture.to_owned());
        let read = tokio::task::spawn_blocking(move || pictures.get(&of, &id)).await;
        if let Ok(Ok(Some(picture))) = read {
            return Ok(Some((picture.mime, picture.bytes)));
        }
        if self.cluster.is_none() {
            return Ok(None);
        }
        let bytes = self.store.read(&picture_log(room, picture), 1, 1).await?.pop().map(|(_, bytes)| bytes);
        Ok(bytes.and_then(|bytes| Some((crate::pictures::mime_of(&bytes)?, bytes))))
    }

    /// A picture was taken down.
    pub(super) fn delete_picture(&self, room: &Id, picture: &Id) {
        let (pictures, of, id) = (self.pictures.clone(), room.clone(), picture.clone());
        tokio::task::spawn_blocking(move || {
            if let Err(error) = pictures.delete(&of, &id) {
                tracing::warn!(%error, "a picture cannot be deleted");
            }
        });
        if self.cluster.is_some() {
            let write = Write::Drop(picture_log(room, picture));
            tokio::spawn(self.store.commit(Batch { checks: Vec::new(), writes: vec![write] }));
        }
    }
}

/// The log that holds a picture where servers share it.
fn picture_log(room: &str, picture: &str) -> String {
    format!("picture:{room}:{picture}")
}
