//! What has to be found out before a room can decide: songs of the catalogue, the message a deletion names, whether a
//! picture is one. Looked up here so that no room waits for it.

use std::sync::Arc;

use bytes::Bytes;

use super::decide::Facts;
use super::event::Id;
use super::live::Live;
use super::op::{Ask, Heard, Op, Wanted, digest_of};
use super::refusal::{Code, Refusal};
use super::registry::Rooms;

/// Whether something has to be found out about an op.
pub(crate) fn needs_facts(ask: &Ask) -> bool {
    matches!(ask, Ask::Add { .. } | Ask::ChatDelete { .. } | Ask::Picture { .. } | Ask::Detected { song: Heard::Song(_), .. })
}

/// Finds it out.
///
/// # Errors
/// `BAD_PICTURE`; `BUSY` when the store cannot be read.
pub(crate) async fn find_facts(rooms: &Arc<Rooms>, live: &Arc<Live>, member: &str, op: &Op) -> Result<Facts, Refusal> {
    let repertoire = &rooms.services.repertoire;
    let mut facts = Facts::default();
    match &op.ask {
        Ask::Add { song: Wanted::Known(id), .. } | Ask::Detected { song: Heard::Song(id), .. } => facts.song = repertoire.song(id).await,
        Ask::Add { song: Wanted::Given(song), .. } => {
            let known = repertoire.song(&song.id).await;
            facts.external = known.is_none();
            facts.song = Some(known.unwrap_or_else(|| song.clone()));
        }
        Ask::ChatDelete { seq } => facts.message = live.entry(*seq).await?.map(|entry| Arc::new(entry.event.clone())),
        Ask::Picture { mime, data, .. } => facts.picture = picture(rooms, live, &picture_id(member, op.digest), mime, data).await?,
        _ => {}
    }
    Ok(facts)
}

/// The id of a picture: the same when the op comes again, so that it is kept once.
fn picture_id(member: &str, digest: u64) -> Id {
    format!("p{:016x}{digest:016x}", digest_of(member)).into()
}

/// Checks a picture and keeps it; none where pictures are off, which the room itself says.
async fn picture(rooms: &Arc<Rooms>, live: &Arc<Live>, id: &Id, mime: &str, data: &Bytes) -> Result<Option<(Id, String, usize)>, Refusal> {
    if !live.state().settings.pictures {
        return Ok(None);
    }
    let checked = rooms.services.pictures.checked(mime, data.clone()).await.map_err(|error| match error.code() {
        "BUSY" => Refusal::busy(error.to_string()),
        "TOO_LARGE" => Refusal::new(Code::TooLarge, error.to_string()),
        _ => Refusal::new(Code::BadPicture, error.to_string()),
    })?;
    let (mime, size) = (checked.mime.to_owned(), checked.bytes.len());
    rooms.services.keep_picture(&live.id, id, checked).await?;
    Ok(Some((id.clone(), mime, size)))
}
