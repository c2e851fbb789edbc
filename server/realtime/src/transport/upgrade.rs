//! From an HTTP request to a WebSocket (RFC 6455, 4.2).

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt as _;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::Server;
use crate::session::outgoing::Transport;
use crate::session::{Opener, Session};
use crate::transport::byte_stream::ByteStream;
use crate::transport::websocket::Connection;

/// Which session a WebSocket is for.
pub(crate) enum UpgradeTarget {
    /// A new one.
    New(Opener),
    /// One that is carried by long-polling so far.
    Old(Arc<Session>),
}

/// A close frame without a code (RFC 6455, 5.5.1).
const CLOSE_FRAME: [u8; 2] = [0x88, 0x00];

/// Whether a request asks for a WebSocket.
pub(crate) fn is_asked<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    request.method() == Method::GET && has(headers, header::CONNECTION, "upgrade") && has(headers, header::UPGRADE, "websocket")
}

/// Answers a request for a WebSocket; the connection runs in a task of its own. `None` when the request is not a whole one.
pub(crate) fn accept(server: &Arc<Server>, request: &mut Request<Body>, session: UpgradeTarget) -> Option<Response<Body>> {
    let (upgrade, response) = handshake(request)?;
    let server = Arc::clone(server);
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let (stream, unread) = ByteStream::new(upgraded);
        let connection = match session {
            UpgradeTarget::New(opener) => Connection::open(stream, unread, server.open(opener, Transport::WebSocket)),
            UpgradeTarget::Old(session) => Connection::probe(stream, unread, session),
        };
        // A task of its own, so that nothing of the handshake stays in memory.
        tokio::spawn(connection);
    });
    Some(response)
}

/// Answers a request for another WebSocket of a session that has one: it is opened and closed at once, as in Engine.IO. `None` when the
/// request is not a whole one.
pub(crate) fn accept_and_close(request: &mut Request<Body>) -> Option<Response<Body>> {
    let (upgrade, response) = handshake(request)?;
    tokio::spawn(async move {
        if let Ok(upgraded) = upgrade.await {
            // The client may be gone already.
            let _ = TokioIo::new(upgraded).write_all(&CLOSE_FRAME).await;
        }
    });
    Some(response)
}

/// What becomes the connection, and the answer that makes it one.
fn handshake(request: &mut Request<Body>) -> Option<(OnUpgrade, Response<Body>)> {
    let headers = request.headers();
    if headers.get(header::SEC_WEBSOCKET_VERSION)? != "13" {
        return None;
    }
    let accept = derive_accept_key(headers.get(header::SEC_WEBSOCKET_KEY)?.as_bytes());
    let upgrade = request.extensions_mut().remove::<OnUpgrade>()?;
    let response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_ACCEPT, accept)
        .body(Body::empty());
    Some((upgrade, response.ok()?))
}

/// Whether one of the words of a header is `word`, in any case.
fn has(headers: &HeaderMap, name: header::HeaderName, word: &str) -> bool {
    let values = headers.get_all(name);
    values
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|part| part.trim().eq_ignore_ascii_case(word))
}
