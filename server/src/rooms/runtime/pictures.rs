//! The pictures of rooms: in this server's folder, and where there are several servers also in the store that they share.

use std::sync::Arc;

use bytes::Bytes;
use tutti_store::{Batch, SharedStore, StoreError, Write};

use crate::pictures::{Checked, PictureError, Pictures};
use crate::rooms::rules::ids::{PictureId, RoomId};
use crate::rooms::rules::refusal::Refusal;

/// Keeps the pictures of rooms.
pub(crate) struct RoomPictures {
    folder: Arc<Pictures>,
    /// The store, when other servers need the pictures, too.
    shared: Option<SharedStore>,
}

impl RoomPictures {
    pub(super) fn new(folder: Arc<Pictures>, shared: Option<SharedStore>) -> RoomPictures {
        RoomPictures { folder, shared }
    }

    /// Checks that bytes are a picture of a type, and removes its metadata.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) async fn check(&self, mime: &str, bytes: Bytes) -> Result<Checked, PictureError> {
        self.folder.checked(mime, bytes).await
    }

    /// Keeps a picture.
    ///
    /// # Errors
    /// `BUSY` when it cannot be written.
    pub(crate) async fn keep(&self, room: &RoomId, picture: &PictureId, checked: Checked) -> Result<(), Refusal> {
        if let Some(store) = &self.shared {
            let write = Write::Append { log: log_name(room, picture), after: 0, entries: vec![checked.bytes.clone()] };
            match store.commit(Batch { checks: Vec::new(), writes: vec![write] }).await {
                // It is there: the op was sent before.
                Ok(_) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let (folder, room, picture) = (Arc::clone(&self.folder), room.clone(), picture.clone());
        let kept = tokio::task::spawn_blocking(move || folder.put(&room, &picture, &checked)).await;
        kept.map_err(|_| Refusal::internal())?.map_err(|error| {
            tracing::error!(%error, "a picture cannot be kept");
            Refusal::busy("the picture cannot be stored now; try again")
        })
    }

    /// A picture's content type and bytes, if it is there.
    ///
    /// # Errors
    /// `BUSY` when the store cannot be read.
    pub(crate) async fn get(&self, room: &RoomId, picture: &str) -> Result<Option<(&'static str, Bytes)>, Refusal> {
        let (folder, of, id) = (Arc::clone(&self.folder), room.clone(), picture.to_owned());
        let read = tokio::task::spawn_blocking(move || folder.get(&of, &id)).await;
        if let Ok(Ok(Some(picture))) = read {
            return Ok(Some((picture.mime, picture.bytes)));
        }
        let Some(store) = &self.shared else { return Ok(None) };
        let bytes = store.read(&log_name(room, picture), 1, 1).await?.pop().map(|(_, bytes)| bytes);
        Ok(bytes.and_then(|bytes| Some((crate::pictures::mime_of(&bytes)?, bytes))))
    }

    /// Deletes a picture, in a task of its own.
    pub(crate) fn delete(&self, room: &RoomId, picture: &PictureId) {
        let (folder, of, id) = (Arc::clone(&self.folder), room.clone(), picture.clone());
        tokio::task::spawn_blocking(move || {
            if let Err(error) = folder.delete(&of, &id) {
                tracing::warn!(%error, "a picture cannot be deleted");
            }
        });
        if let Some(store) = &self.shared {
            let write = Write::Drop(log_name(room, picture));
            tokio::spawn(store.commit(Batch { checks: Vec::new(), writes: vec![write] }));
        }
    }
}

/// The log that holds a picture where servers share it.
fn log_name(room: &str, picture: &str) -> String {
    format!("picture:{room}:{picture}")
}
