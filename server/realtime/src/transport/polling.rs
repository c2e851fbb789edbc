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

use crate::session::heartbeat::{Heartbeat, Tick};
use crate::session::outgoing::Transport;
use crate::session::{Session, Taken};
use crate::{DisconnectReason, Packet};

/// How long a body may take to come.
const BODY: Duration = Duration::from_secs(30);

/// Why a request of a session is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PollError {
    /// The session is not carried by polling, or did what it may not, and is over.
    Bad,
    /// The body is too large; the session is over.
    TooLarge,
}

/// Waits until there are packets and takes them, as the body of the answer.
pub(crate) async fn next_payload(session: &Arc<Session>) -> Result<Vec<u8>, PollError> {
    let Some(_polling) = Exclusive::new(&session.polled) else {
        session.end(DisconnectReason::ParseError);
        return Err(PollError::Bad);
    };
    if !matches!(session.outgoing().transport, Transport::Polling | Transport::Upgrading) {
        return Err(PollError::Bad);
    }
    let mut waiting = Waiting { session, answered: false };
    let mut body = Vec::new();
    let mut drained = false;
    poll_fn(|context| {
        drained |= matches!(session.take_payload(context, &mut body), Taken::Drained);
        if body.is_empty() { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    waiting.answered = true;
    if drained {
        session.notify_drain();
    }
    Ok(body)
}

/// Takes the packets of a body, in order.
pub(crate) async fn receive_payload(session: &Arc<Session>, body: Body) -> Result<(), PollError> {
    let outcome = match Exclusive::new(&session.posting) {
        Some(_posting) => receive(session, body).await,
        None => Err((PollError::Bad, DisconnectReason::ParseError)),
    };
    outcome.map_err(|(denied, reason)| {
        session.end(reason);
        denied
    })
}

async fn receive(session: &Arc<Session>, body: Body) -> Result<(), (PollError, DisconnectReason)> {
    let broken = (PollError::Bad, DisconnectReason::ParseError);
    if session.outgoing().transport == Transport::WebSocket {
        // A late one of a session that has moved on; the connection is not to suffer from it.
        return Ok(());
    }
    let body = tokio::time::timeout(BODY, Limited::new(body, session.config().max_payload).collect()).await;
    let body = match body {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            return Err((PollError::TooLarge, DisconnectReason::ParseError));
        }
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
                session.receive_binary(Bytes::from(attachment)).map_err(|reason| (PollError::Bad, reason))?;
            }
            None => match session.receive(packet) {
                Ok(()) => {}
                Err(DisconnectReason::TransportClose) => {
                    session.end(DisconnectReason::TransportClose);
                    return Ok(());
                }
                Err(reason) => return Err((PollError::Bad, reason)),
            },
        }
    }
    Ok(())
}

/// Sends pings, and ends the session when none is answered or no namespace is connected to in time, for as long as it is carried by
/// polling. Holds the session only while it looks at it.
pub(crate) async fn watch(session: Weak<Session>) {
    let Some(config) = session.upgrade().map(|session| session.config().clone()) else { return };
    let now = Instant::now();
    let connect_by = now + config.connect_timeout;
    let mut heartbeat = Heartbeat::new(now, config.ping_interval);
    loop {
        let beat = heartbeat.due(config.ping_interval, config.ping_timeout);
        tokio::time::sleep_until(if Instant::now() < connect_by { beat.min(connect_by) } else { beat }).await;
        let Some(session) = session.upgrade() else { return };
        if !matches!(session.outgoing().transport, Transport::Polling | Transport::Upgrading) {
            return;
        }
        let now = Instant::now();
        if now >= connect_by && !session.connected.load(Ordering::Relaxed) {
            return session.end(DisconnectReason::ConnectTimeout);
        }
        match heartbeat.tick(now, session.heard.load(Ordering::Relaxed), config.ping_interval, config.ping_timeout) {
            Tick::Wait => {}
            Tick::Ping => {
                session.heard.store(false, Ordering::Relaxed);
                session.send(Packet::engine("2"));
                // Its answer is due that long after the ping was, whenever a poll takes it.
                heartbeat.sent(beat);
            }
            Tick::Lost => {
                // The answer may be in a task that is ready to run.
                tokio::task::yield_now().await;
                if !session.heard.load(Ordering::Relaxed) {
                    return session.end(DisconnectReason::PingTimeout);
                }
            }
        }
    }
}

/// A poll that waits. Dropped before it is answered, its client went away, and the session with it, as in Engine.IO; unless a WebSocket
/// is about to take over.
struct Waiting<'a> {
    session: &'a Arc<Session>,
    answered: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let transport = self.session.outgoing().transport;
        if !self.answered && transport == Transport::Polling {
            self.session.end_soon(DisconnectReason::TransportClose);
        }
    }
}

/// At most one at a time; the next may come when this is dropped.
struct Exclusive<'a>(&'a AtomicBool);

impl<'a> Exclusive<'a> {
    fn new(taken: &'a AtomicBool) -> Option<Self> {
        (!taken.swap(true, Ordering::AcqRel)).then_some(Self(taken))
    }
}

impl Drop for Exclusive<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
