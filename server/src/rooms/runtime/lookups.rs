//! Lookups for an op before its room decides: songs of the catalogue, the message that a deletion names, whether a picture is one.
//! They are made before the op is handed in, so that no room waits for them.

use std::sync::Arc;

use bytes::Bytes;

use crate::rooms::rules::decide::Lookups;
use crate::rooms::rules::ids::PictureId;
use crate::rooms::rules::op::{Action, Detection, Op, RequestedSong, digest_of};
use crate::rooms::rules::refusal::{Code, Refusal};
use crate::rooms::runtime::room::Room;

/// Whether something has to be looked up for an action.
pub(crate) fn needs_lookup(action: &Action) -> bool {
    matches!(
        action,
        Action::Add { .. } | Action::ChatDelete { .. } | Action::Picture { .. } | Action::Detected { song: Detection::Song(_), .. }
    )
}

/// Looks it up.
///
/// # Errors
/// `BAD_PICTURE`; `BUSY` when the store cannot be read.
pub(crate) async fn look_up(room: &Room, member: &str, op: &Op) -> Result<Lookups, Refusal> {
    let candidates = &room.services().candidates;
    let mut lookups = Lookups::default();
    match &op.action {
        Action::Add { song: RequestedSong::Known(id), .. } | Action::Detected { song: Detection::Song(id), .. } => {
            lookups.song = candidates.song(id).await;
        }
        Action::Add { song: RequestedSong::Given(song), .. } => {
            let known = candidates.song(&song.id).await;
            lookups.external = known.is_none();
            lookups.song = Some(known.unwrap_or_else(|| song.clone()));
        }
        Action::ChatDelete { seq } => lookups.message = room.entry(*seq).await?.map(|entry| Arc::new(entry.event.clone())),
        Action::Picture { mime, data, .. } => lookups.picture = picture(room, &picture_id(member, op.digest), mime, data).await?,
        _ => {}
    }
    Ok(lookups)
}

/// The id of a picture: the same when the op is sent again, so that it is kept once.
fn picture_id(member: &str, digest: u64) -> PictureId {
    format!("p{:016x}{digest:016x}", digest_of(member)).into()
}

/// Checks a picture and keeps it; none where pictures are off, which the decision refuses.
async fn picture(room: &Room, id: &PictureId, mime: &str, data: &Bytes) -> Result<Option<(PictureId, String, usize)>, Refusal> {
    if !room.state().settings.pictures {
        return Ok(None);
    }
    let checked = room.services().pictures.check(mime, data.clone()).await.map_err(|error| match error.code() {
        "BUSY" => Refusal::busy(error.to_string()),
        "TOO_LARGE" => Refusal::new(Code::TooLarge, error.to_string()),
        _ => Refusal::new(Code::BadPicture, error.to_string()),
    })?;
    let (mime, size) = (checked.mime.to_owned(), checked.bytes.len());
    room.services().pictures.keep(room.id(), id, checked).await?;
    Ok(Some((id.clone(), mime, size)))
}
