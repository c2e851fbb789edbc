//! Incoming Engine.IO packets to handlers, in the order they came.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

use crate::event::AckPayload;
use crate::protocol::incoming::{self, EventData, Incoming, Kind, ParseError};
use crate::protocol::sid::Sid;
use crate::session::{Session, lock};
use crate::{Ack, DisconnectReason, Event, Packet, Socket};

/// What a session remembers between two packets. Its lock is held while handlers run, so that they run one at a time.
#[derive(Debug, Default)]
pub(crate) struct Dispatch {
    /// A packet whose attachments are not all there.
    partial: Option<Box<Partial>>,
}

#[derive(Debug)]
struct Partial {
    text: String,
    missing: usize,
    bytes: usize,
    attachments: Vec<Bytes>,
}

impl From<ParseError> for DisconnectReason {
    fn from(_: ParseError) -> Self {
        Self::ParseError
    }
}

impl Session {
    /// Takes one Engine.IO packet of text. An error ends the session, by the caller.
    pub(crate) fn receive(self: &Arc<Self>, text: &str) -> Result<(), DisconnectReason> {
        self.heard.store(true, Ordering::Relaxed);
        match text.as_bytes().first() {
            Some(b'4') if self.server.echoes => {
                self.send(Packet::engine(text));
                Ok(())
            }
            Some(b'4') => self.receive_packet(&text[1..]),
            Some(b'3' | b'6') => Ok(()),
            Some(b'1') => Err(DisconnectReason::TransportClose),
            _ => Err(DisconnectReason::ParseError),
        }
    }

    /// Takes one attachment.
    pub(crate) fn receive_binary(self: &Arc<Self>, attachment: Bytes) -> Result<(), DisconnectReason> {
        self.heard.store(true, Ordering::Relaxed);
        if self.server.echoes {
            self.send(Packet::engine_binary(&attachment));
            return Ok(());
        }
        let mut dispatch = lock(&self.dispatch);
        let mut partial = dispatch.partial.take().ok_or(ParseError)?;
        partial.bytes += attachment.len();
        partial.missing -= 1;
        if partial.bytes > self.config().max_payload {
            return Err(DisconnectReason::ParseError);
        }
        partial.attachments.push(attachment);
        if partial.missing > 0 {
            dispatch.partial = Some(partial);
            return Ok(());
        }
        let packet = Incoming::parse(&partial.text)?;
        self.deliver(&packet, partial.text.len(), partial.attachments)
    }

    fn receive_packet(self: &Arc<Self>, text: &str) -> Result<(), DisconnectReason> {
        let mut dispatch = lock(&self.dispatch);
        if dispatch.partial.is_some() {
            return Err(DisconnectReason::ParseError);
        }
        let packet = Incoming::parse(text)?;
        if packet.attachments > self.config().max_attachments {
            return Err(DisconnectReason::ParseError);
        }
        if packet.attachments > 0 {
            let (text, missing, bytes) = (text.to_owned(), packet.attachments, text.len());
            dispatch.partial = Some(Box::new(Partial { text, missing, bytes, attachments: Vec::new() }));
            return Ok(());
        }
        self.deliver(&packet, text.len(), Vec::new())
    }

    /// Acts on a complete packet. Under the lock of dispatch.
    fn deliver(self: &Arc<Self>, packet: &Incoming<'_>, size: usize, attachments: Vec<Bytes>) -> Result<(), DisconnectReason> {
        if packet.kind == Kind::Connect {
            return self.connect(packet);
        }
        let socket = self.sockets().iter().find(|socket| socket.namespace() == packet.namespace).cloned();
        let Some(socket) = socket else { return self.unknown_namespace() };
        match packet.kind {
            Kind::Connect => {}
            Kind::Disconnect => {
                incoming::nothing(packet.data)?;
                self.sockets().retain(|other| !Arc::ptr_eq(other, &socket));
                socket.end_dispatching(DisconnectReason::ClientDisconnect);
            }
            Kind::Event => {
                let EventData { name, args } = EventData::parse(packet.data)?;
                if socket.is_connected() {
                    let ack = packet.id.map(|id| Ack::new(Arc::clone(&socket), id));
                    socket.namespace.handler.event(&socket, Event { name, args, attachments, size, ack });
                }
            }
            Kind::Ack => {
                let args = incoming::ack_args(packet.data)?;
                socket.pending_acks.resolve(packet.id.ok_or(ParseError)?, AckPayload { args, attachments });
            }
        }
        Ok(())
    }

    /// A packet for a namespace the client is not in. It may have been on its way when we ended the socket, so it is ignored,
    /// unless the client never was in any.
    fn unknown_namespace(&self) -> Result<(), DisconnectReason> {
        if self.connected.load(Ordering::Acquire) || !self.sockets().is_empty() { Ok(()) } else { Err(DisconnectReason::ParseError) }
    }

    fn connect(self: &Arc<Self>, packet: &Incoming<'_>) -> Result<(), DisconnectReason> {
        let auth = incoming::auth(packet.data)?;
        let mut sockets = self.sockets();
        if sockets.iter().any(|socket| socket.namespace() == packet.namespace) {
            // The official client asks twice when the application connects a socket that is connecting already.
            return Ok(());
        }
        if sockets.len() >= self.config().max_namespaces {
            return Err(DisconnectReason::ParseError);
        }
        let Some(namespace) = self.server.claim(packet.namespace) else {
            drop(sockets);
            self.send(Packet::control('4', packet.namespace, r#"{"message":"Invalid namespace"}"#));
            return Ok(());
        };
        let recovered = namespace.recovery.as_ref().and_then(|recovery| {
            // Half of what may wait, to leave room for what comes while it is let in.
            let (packets, bytes) = (self.config().queue_packets / 2, self.config().queue_bytes / 2);
            recovery.recover(auth["pid"].as_str()?, auth["offset"].as_str()?, packets, bytes)
        });
        let old = namespace.handler.returning(&auth).and_then(|id| Sid::parse(&id));
        // The connection it had may not have been found dead yet.
        if let Some(before) = old.and_then(|old| namespace.socket(old.as_str())) {
            before.close();
        }
        let socket = Arc::new(Socket::new(Arc::clone(self), namespace, recovered.map(Box::new), old));
        sockets.push(Arc::clone(&socket));
        drop(sockets);
        let mut decision = socket.namespace.handler.connect(&socket, auth);
        // Most handlers decide at once; no task is needed for those.
        match decision.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(decision) => socket.decide(decision),
            Poll::Pending => self.server.spawn(async move {
                let decision = decision.await;
                socket.decide(decision);
            }),
        }
        if self.is_ended() {
            // Ended by another task between the look into the list and the entry into it.
            let session = Arc::clone(self);
            self.server.spawn(async move { session.tear_down(DisconnectReason::TransportClose) });
        }
        Ok(())
    }
}
