//! What has to be found out before a room can decide: songs of the catalogue, the message a deletion names, whether a
//! picture is one. Looked up here so that no room waits for it.

use std::sync::Arc;

use bytes::Bytes;

use super::decide::Facts;
use super::event::Id;
use super::live::Live;
use super::meta::fresh_id;
use super::op::{Ask, Heard, Wanted};
use super::refusal::{Code, Refusal};
use super::registry::Rooms;
use crate::pictures::PictureError;

/// Whether something has to be found out about an op.
pub(crate) fn needs_facts(ask: &Ask) -> bool {
    matches!(ask, Ask::Add { .. } | Ask::ChatDelete { .. } | Ask::Picture { .. } | Ask::Detected { song: Heard::Song(_), .. })
}

/// Finds it out.
///
/// # Errors
/// `BAD_PICTURE`, `PICTURES_OFF`; `BUSY` when the store cannot be read.
pub(crate) async fn find_facts(rooms: &Arc<Rooms>, live: &Arc<Live>, member: &str, ask: &Ask) -> Result<Facts, Refusal> {
    let repertoire = &rooms.services.repertoire;
    let mut facts = Facts::default();
    match ask {
        Ask::Add { song: Wanted::Known(id), .. } | Ask::Detected { song: Heard::Song(id), .. } => facts.song = repertoire.song(id).await,
        Ask::Add { song: Wanted::Given(song), .. } => {
            let known = repertoire.song(&song.id).await;
            facts.external = known.is_none();
            facts.song = Some(known.unwrap_or_else(|| song.clone()));
        }
        Ask::ChatDelete { seq } => facts.message = live.entry(*seq).await?.map(|entry| Arc::new(entry.event.clone())),
        Ask::Picture { mime, data, .. } => facts.picture = Some(picture(rooms, live, member, mime, data).await?),
        _ => {}
    }
    Ok(facts)
}

/// Checks a picture and keeps it; one that is not shared after all is swept away with its room.
async fn picture(rooms: &Arc<Rooms>, live: &Arc<Live>, member: &str, mime: &str, data: &Bytes) -> Result<(Id, String, usize), Refusal> {
    if !live.state().members.contains_key(member) {
        return Err(Refusal::new(Code::NotInRoom, "join the room first"));
    }
    if !live.state().settings.pictures {
        return Err(Refusal::new(Code::PicturesOff, "the host has turned pictures off"));
    }
    let checked = rooms.services.pictures.checked(mime, data.clone()).await.map_err(|error| match error {
        PictureError::Busy => Refusal::busy("many pictures are being looked at; try again"),
        PictureError::TooLarge { .. } => Refusal::new(Code::TooLarge, error.to_string()),
        error => Refusal::new(Code::BadPicture, error.to_string()),
    })?;
    let (id, mime, size) = (fresh_id(), checked.mime.to_owned(), checked.bytes.len());
    rooms.services.keep_picture(&live.id, &id, checked).await?;
    Ok((id, mime, size))
}
