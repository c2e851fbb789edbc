//! Chat and pictures.

use super::{Case, Decision};
use crate::rooms::rules::event::{EventKind, MemberRole};
use crate::rooms::rules::refusal::{Code, Refusal};

pub(super) fn send_message(case: &Case<'_>, text: &str, reply_to: Option<u64>) -> Result<Decision, Refusal> {
    if !case.state.settings.chat {
        return Err(Refusal::new(Code::ChatOff, "the host has turned the chat off"));
    }
    if let Some(seq) = reply_to.filter(|seq| *seq > case.state.rev) {
        return Err(Refusal::bad(format!("`replyTo` must be the seq of a message; {seq} does not exist")));
    }
    Ok(Decision::one(case.by, EventKind::ChatMessage { reply_to, text: text.to_owned() }))
}

pub(super) fn delete_message(case: &Case<'_>, seq: u64) -> Result<Decision, Refusal> {
    let missing = || Refusal::new(Code::NotFound, format!("{seq} is not a message of the chat"));
    let message = case.lookups.message.as_ref().ok_or_else(missing)?;
    if case.member.role == MemberRole::Guest && message.by != *case.by {
        return Err(Refusal::forbidden("guests may delete only their own messages"));
    }
    match &message.kind {
        EventKind::ChatMessage { .. } if case.state.chat.iter().any(|known| known.seq == seq && known.deleted) => Ok(Decision::unchanged()),
        EventKind::ChatMessage { .. } => Ok(Decision::one(case.by, EventKind::ChatDeleted { seq })),
        _ => Err(missing()),
    }
}

pub(super) fn share(case: &Case<'_>, caption: Option<String>) -> Result<Decision, Refusal> {
    if !case.state.settings.pictures {
        return Err(Refusal::new(Code::PicturesOff, "the host has turned pictures off"));
    }
    // A bad picture was refused when it was looked at. None here is one that was not looked at: pictures were off when it came.
    let Some((picture, mime, bytes)) = case.lookups.picture.clone() else {
        return Err(Refusal::new(Code::PicturesOff, "pictures were off when this one came; send it again"));
    };
    let room = &case.context.room;
    let url = format!("/v1/rooms/{room}/pictures/{picture}");
    Ok(Decision::one(case.by, EventKind::PictureShared { bytes, caption, mime, picture, url }))
}

pub(super) fn delete_picture(case: &Case<'_>, picture: &str) -> Result<Decision, Refusal> {
    let known = case.state.pictures.iter().find(|known| &*known.picture == picture);
    let known = known.ok_or_else(|| Refusal::new(Code::NotFound, format!("there is no picture `{picture}`")))?;
    if case.member.role == MemberRole::Guest && known.by != *case.by {
        return Err(Refusal::forbidden("guests may delete only their own pictures"));
    }
    Ok(Decision::one(case.by, EventKind::PictureDeleted { picture: known.picture.clone() }))
}
