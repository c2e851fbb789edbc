//! How a connection ends, in the words of a WebSocket.

use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::Reason;

/// How a connection ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    pub(super) reason: Reason,
    /// What the client is told; `None` when it is gone.
    pub(super) code: Option<CloseCode>,
}

/// The client closed, or the network did.
pub(super) const GONE: End = End { reason: Reason::TransportClosed, code: None };

impl From<Reason> for End {
    fn from(reason: Reason) -> Self {
        let code = match reason {
            Reason::BadPacket => CloseCode::Policy,
            Reason::Shutdown => CloseCode::Away,
            _ => CloseCode::Normal,
        };
        Self { reason, code: Some(code) }
    }
}
