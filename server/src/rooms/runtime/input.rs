//! What is handed in to a room.

use tokio::sync::oneshot;

use crate::rooms::delivery::join_request::{JoinRequest, Reply};
use crate::rooms::rules::decide::Lookups;
use crate::rooms::rules::ids::MemberId;
use crate::rooms::rules::op::Op;
use crate::rooms::rules::refusal::Refusal;

/// What a room's turn is about.
pub(crate) enum Input {
    /// A member's op.
    Op {
        /// The member.
        actor: MemberId,
        /// What is asked for.
        op: Op,
        /// What was looked up for it.
        lookups: Lookups,
        /// How it is answered.
        reply: Reply,
    },
    /// A request to join.
    Join(JoinRequest),
    /// Time has passed, or presence has changed.
    Tick,
    /// Another server may have appended to the log. The sender, if there is one, is told once the log is read.
    Refresh(Option<oneshot::Sender<()>>),
}

impl Input {
    /// Whether it depends on what other servers have logged by now.
    pub(super) fn needs_latest(&self) -> bool {
        match self {
            Input::Refresh(_) => true,
            Input::Op { op, .. } => op.if_rev.is_some(),
            Input::Join(request) => request.if_rev.is_some() || request.since.is_some(),
            Input::Tick => false,
        }
    }

    /// Answers that nothing was done.
    pub(super) fn refuse(self, why: &Refusal) {
        match self {
            Input::Op { reply, .. } => reply(Err(why.clone())),
            Input::Join(request) => (request.reply)(Err(why.clone())),
            Input::Tick | Input::Refresh(_) => {}
        }
    }
}
