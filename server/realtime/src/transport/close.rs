//! How a connection ends, in the words of a WebSocket.

use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::DisconnectReason;

/// How a connection ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Close {
    pub(crate) reason: DisconnectReason,
    /// What the client is told; `None` when it is gone.
    pub(crate) code: Option<CloseCode>,
}

/// The client closed, or the network did.
pub(crate) const CONNECTION_LOST: Close = Close { reason: DisconnectReason::TransportClose, code: None };

impl From<DisconnectReason> for Close {
    fn from(reason: DisconnectReason) -> Self {
        let code = match reason {
            DisconnectReason::ParseError => CloseCode::Policy,
            DisconnectReason::ServerShutdown => CloseCode::Away,
            _ => CloseCode::Normal,
        };
        Self { reason, code: Some(code) }
    }
}
