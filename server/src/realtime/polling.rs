//! Long-polling: GET takes what waits, POST brings packets, and a task of each session watches the clock.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use tokio::time::Instant;

use super::heartbeat::{Beat, Heartbeat};
use super::outgoing::Carrier;
use super::session::{Session, Taken};
use super::{Packet, Reason};

/// How long a body may take to come.
const BODY: Duration = Duration::from_secs(30);

/// How long an answer to a ping may take from the network to the session.
const GRACE: Duration = Duration::from_millis(20);

/// Why a request of a session is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// The session is not carried by polling, or did what it may not, and is over.
    Bad,
    /// The body is too large; the session is over.
    TooLarge,
}

/// Waits until there are packets and takes them, as the body of the answer.
pub(super) async fn take(session: &Arc<Session>) -> Result<Vec<u8>, Denied> {
    let Some(_polling) = Alone::new(&session.polled) else {
        session.end(Reason::BadPacket);
        return Err(Denied::Bad);
    };
    if !matches!(session.outgoing().carrier, Carrier::Polling | Carrier::Upgrading) {
        return Err(Denied::Bad);
    }
    let mut body = Vec::new();
    let mut drained = false;
    poll_fn(|context| {
        drained |= matches!(session.take_payload(context, &mut body), Taken::Drained);
        if body.is_empty() { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    if drained {
        session.tell_drained();
    }
    Ok(body)
}

/// Takes the packets of a body, in order.
pub(super) async fn bring(session: &Arc<Session>, body: Body) -> Result<(), Denied> {
    let outcome = match Alone::new(&session.posting) {
        Some(_posting) => receive(session, body).await,
        None => Err((Denied::Bad, Reason::BadPacket)),
    };
    outcome.map_err(|(denied, reason)| {
        session.end(reason);
        denied
    })
}

async fn receive(session: &Arc<Session>, body: Body) -> Result<(), (Denied, Reason)> {
    let broken = (Denied::Bad, Reason::BadPacket);
    if session.outgoing().carrier == Carrier::WebSocket {
        // A late one of a session that has moved on; the connection is not to suffer from it.
        return Ok(());
    }
    let body = tokio::time::timeout(BODY, Limited::new(body, session.settings().max_payload).collect()).await;
    let body = match body {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => return Err((Denied::TooLarge, Reason::BadPacket)),
        Ok(Err(_)) | Err(_) => return Err(broken),
    };
    let text = std::str::from_utf8(&body).map_err(|_| broken)?;
    for packet in text.split('\x1e') {
        poll_fn(|context| session.poll_room(0, context)).await;
        if session.is_ended() {
            return Err(broken);
        }
        match packet.strip_prefix('b') {
            Some(attachment) => {
                let attachment = STANDARD.decode(attachment).map_err(|_| broken)?;
                session.receive_binary(Bytes::from(attachment)).map_err(|reason| (Denied::Bad, reason))?;
            }
            None => match session.receive(packet) {
                Ok(()) => {}
                Err(Reason::TransportClosed) => {
                    session.end(Reason::TransportClosed);
                    return Ok(());
                }
                Err(reason) => return Err((Denied::Bad, reason)),
            },
        }
    }
    Ok(())
}

/// Sends pings, and ends the session when none is answered or no namespace is connected to in time, for as long as it is carried by
/// polling. Holds the session only while it looks at it.
pub(super) async fn watch(session: Weak<Session>) {
    let Some(settings) = session.upgrade().map(|session| session.settings().clone()) else { return };
    let now = Instant::now();
    let connect_by = now + settings.connect_timeout;
    let mut heartbeat = Heartbeat::new(now, settings.ping_interval);
    loop {
        let mut due = heartbeat.due(settings.ping_interval, settings.ping_timeout);
        if Instant::now() < connect_by {
            due = due.min(connect_by);
        }
        tokio::time::sleep_until(due).await;
        let Some(session) = session.upgrade() else { return };
        if !matches!(session.outgoing().carrier, Carrier::Polling | Carrier::Upgrading) {
            return;
        }
        let now = Instant::now();
        if now >= connect_by && !session.connected.load(Ordering::Relaxed) {
            return session.end(Reason::ConnectTimeout);
        }
        match heartbeat.tick(now, session.heard.load(Ordering::Relaxed), settings.ping_interval, settings.ping_timeout) {
            Beat::Wait => {}
            Beat::Ping => {
                session.heard.store(false, Ordering::Relaxed);
                session.send(Packet::engine("2"));
                heartbeat.sent(now);
            }
            Beat::Lost => {
                // The answer may have come and still be on its way through the HTTP server.
                tokio::time::sleep(GRACE).await;
                if !session.heard.load(Ordering::Relaxed) {
                    return session.end(Reason::PingTimeout);
                }
            }
        }
    }
}

/// At most one at a time; the next may come when this is dropped.
struct Alone<'a>(&'a AtomicBool);

impl<'a> Alone<'a> {
    fn new(taken: &'a AtomicBool) -> Option<Self> {
        (!taken.swap(true, Ordering::AcqRel)).then_some(Self(taken))
    }
}

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
