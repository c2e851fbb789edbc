//! One WebSocket connection: a single task that reads, lets handlers run, and writes.

use std::cell::Cell;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};
use tokio_tungstenite::tungstenite::Message;

use crate::protocol::packet::PING_FRAME;
use crate::session::heartbeat::{Heartbeat, Tick};
use crate::session::outgoing::Transport;
use crate::session::{Session, Taken};
use crate::transport::byte_stream::ByteStream;
use crate::transport::close::{CONNECTION_LOST, Close};
use crate::transport::frames::{Decoded, Frames};
use crate::{DisconnectReason, Packet};

/// Bytes read at once, and about the bytes written at once.
const CHUNK: usize = 64 << 10;
/// Reads of one connection before others get their turn.
const TURNS: usize = 8;
/// How long a client may take to answer a close.
const CLOSING: Duration = Duration::from_secs(2);
/// How long a client may take from the WebSocket to the end of its probe.
const PROBING: Duration = Duration::from_secs(10);

thread_local! {
    /// Where bytes are read to, one for each thread. Taken out while in use.
    static INPUT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    /// Where bytes are gathered before they are written.
    static OUTPUT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The future of a connection's task. It does all its work in `poll`, without a state machine of the compiler's, to be small.
pub(crate) struct Connection {
    stream: ByteStream,
    frames: Frames,
    session: Arc<Session>,
    stage: Stage,
    heartbeat: Heartbeat,
    ping: Ping,
    timer: Pin<Box<Sleep>>,
    /// When the client must have been in a namespace, or, while probing, have taken over.
    connect_by: Instant,
    /// Bytes read while the queue was full.
    unread: Vec<u8>,
    /// Bytes the network did not take at once, and how many of them it has taken since.
    rest: Vec<u8>,
    written: usize,
    /// When the network last took something, while there is a rest.
    progress: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The session is carried by long-polling; this is to take over. Whether the probe has come.
    Probing(bool),
    Open,
    /// The session is over; the close frame is on its way.
    Closing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ping {
    None,
    Due,
    /// In `rest`.
    Written,
}

/// Where reading stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    /// There may be more.
    More,
    /// Nothing has come.
    Waiting,
    /// The outgoing queue is full.
    Paused,
}

impl Connection {
    /// The connection of a new session.
    pub(crate) fn open(stream: ByteStream, unread: Vec<u8>, session: Arc<Session>) -> Self {
        session.send(session.server.open_packet(&session, false));
        let connect_by = Instant::now() + session.config().connect_timeout;
        Self::new(stream, unread, session, Stage::Open, connect_by)
    }

    /// A connection that is to take a session over from long-polling.
    pub(crate) fn probe(stream: ByteStream, unread: Vec<u8>, session: Arc<Session>) -> Self {
        Self::new(stream, unread, session, Stage::Probing(false), Instant::now() + PROBING)
    }

    fn new(stream: ByteStream, unread: Vec<u8>, session: Arc<Session>, stage: Stage, connect_by: Instant) -> Self {
        let now = Instant::now();
        let heartbeat = Heartbeat::new(now, session.config().ping_interval);
        let mut connection = Self {
            stream,
            frames: Frames::new(session.config().max_payload),
            stage,
            heartbeat,
            ping: Ping::None,
            timer: Box::pin(tokio::time::sleep_until(connect_by)),
            connect_by,
            unread,
            rest: Vec::new(),
            written: 0,
            progress: now,
            session,
        };
        connection.set_timer();
        connection
    }

    /// Works until there is nothing to do.
    fn work(&mut self, context: &mut Context<'_>) -> Result<(), Close> {
        for _ in 0..TURNS {
            // First what has come: an answer to a ping may be among it.
            let read = self.read(context)?;
            self.watch(context)?;
            self.write(context)?;
            if read == Read::Waiting || (read == Read::Paused && self.session.is_full()) {
                return Ok(());
            }
        }
        context.waker().wake_by_ref();
        Ok(())
    }

    /// Acts on the clock.
    fn watch(&mut self, context: &mut Context<'_>) -> Result<(), Close> {
        while self.timer.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            let config = self.session.config();
            if self.is_connecting() && now >= self.connect_by {
                return Err(DisconnectReason::ConnectTimeout.into());
            }
            if self.is_blocked() && now >= self.progress + config.write_timeout {
                return Err(Close { reason: DisconnectReason::WriteTimeout, code: None });
            }
            if self.stage == Stage::Open {
                // A client that is slow in taking packets is not read from either, so its answer may be there.
                let heard = self.session.heard.load(Ordering::Relaxed) || self.is_blocked();
                match self.heartbeat.tick(now, heard, config.ping_interval, config.ping_timeout) {
                    Tick::Wait => {}
                    Tick::Ping => {
                        self.session.heard.store(false, Ordering::Relaxed);
                        self.ping = Ping::Due;
                    }
                    Tick::Lost => return Err(DisconnectReason::PingTimeout.into()),
                }
            }
            self.set_timer();
        }
        Ok(())
    }

    fn is_blocked(&self) -> bool {
        !self.rest.is_empty()
    }

    fn is_connecting(&self) -> bool {
        matches!(self.stage, Stage::Probing(_)) || !self.session.connected.load(Ordering::Relaxed)
    }

    /// Sets the timer to the next time [`Connection::watch`] has something to look at.
    fn set_timer(&mut self) {
        let config = self.session.config();
        let mut next = match self.stage {
            Stage::Open => self.heartbeat.due(config.ping_interval, config.ping_timeout),
            _ => self.connect_by,
        };
        if self.is_connecting() {
            next = next.min(self.connect_by);
        }
        if self.is_blocked() {
            next = next.min(self.progress + config.write_timeout);
        }
        self.timer.as_mut().reset(next);
    }

    /// Reads once, and lets handlers act on what came.
    fn read(&mut self, context: &mut Context<'_>) -> Result<Read, Close> {
        if !self.unread.is_empty() {
            if self.is_paused() {
                return Ok(Read::Paused);
            }
            let unread = std::mem::take(&mut self.unread);
            self.digest(&unread)?;
            if !self.unread.is_empty() {
                return Ok(Read::Paused);
            }
        }
        // A queue that is full while the network takes packets is about to be written.
        if self.is_blocked() && self.is_paused() {
            return Ok(Read::Paused);
        }
        let mut input = INPUT.take();
        input.resize(CHUNK, 0);
        let read = match self.stream.poll_read(context, &mut input) {
            Poll::Pending => Ok(Read::Waiting),
            Poll::Ready(Ok(0) | Err(_)) => Err(CONNECTION_LOST),
            Poll::Ready(Ok(length)) => self.digest(&input[..length]).map(|()| Read::More),
        };
        INPUT.set(input);
        read
    }

    fn is_paused(&self) -> bool {
        self.stage == Stage::Open && self.session.is_full()
    }

    /// Takes messages out of `input` and acts on them, as long as there is room for answers; the rest stays `unread`.
    fn digest(&mut self, mut input: &[u8]) -> Result<(), Close> {
        let mut answers = Vec::new();
        let outcome = loop {
            match self.frames.next(&mut input, &mut answers) {
                Decoded::Message(message) => {
                    if let Err(end) = self.act(message) {
                        break Err(end);
                    }
                }
                Decoded::More => break Ok(()),
                Decoded::Closed => break Err(CONNECTION_LOST),
                Decoded::Broken(code) => break Err(Close { reason: DisconnectReason::ParseError, code: Some(code) }),
            }
            if self.is_paused() {
                self.unread.extend_from_slice(input);
                break Ok(());
            }
        };
        self.rest.append(&mut answers);
        outcome
    }

    fn act(&mut self, message: Message) -> Result<(), Close> {
        match (self.stage, message) {
            (_, Message::Ping(_) | Message::Pong(_)) => {
                self.session.heard.store(true, Ordering::Relaxed);
                Ok(())
            }
            (Stage::Open, Message::Text(text)) => Ok(self.session.receive(&text)?),
            (Stage::Open, Message::Binary(bytes)) => Ok(self.session.receive_binary(bytes)?),
            (Stage::Probing(false), Message::Text(text)) if text == "2probe" => {
                if !self.session.switch_transport(Transport::Polling, Transport::Upgrading) {
                    return Err(DisconnectReason::ParseError.into());
                }
                self.rest.extend_from_slice(Packet::engine("3probe").frames());
                self.stage = Stage::Probing(true);
                Ok(())
            }
            (Stage::Probing(true), Message::Text(text)) if text == "5" => {
                if !self.session.switch_transport(Transport::Upgrading, Transport::WebSocket) {
                    return Err(DisconnectReason::TransportClose.into());
                }
                self.take_over();
                Ok(())
            }
            (Stage::Probing(_), Message::Text(_) | Message::Binary(_)) => Err(DisconnectReason::ParseError.into()),
            _ => Ok(()),
        }
    }

    /// From here on the session is carried by this connection.
    fn take_over(&mut self) {
        let (now, config) = (Instant::now(), self.session.config());
        self.stage = Stage::Open;
        self.session.heard.store(true, Ordering::Relaxed);
        self.heartbeat = Heartbeat::new(now, config.ping_interval);
        self.connect_by = now + config.connect_timeout;
        self.set_timer();
    }

    /// Writes what waits, until there is nothing or the network takes no more.
    fn write(&mut self, context: &mut Context<'_>) -> Result<(), Close> {
        loop {
            if !self.write_rest(context)? || self.stage != Stage::Open {
                return Ok(());
            }
            let mut bytes = OUTPUT.take();
            bytes.clear();
            let more = self.write_queue(context, &mut bytes);
            if bytes.capacity() <= 4 * CHUNK {
                OUTPUT.set(bytes);
            }
            if !more? {
                return Ok(());
            }
        }
    }

    /// Writes what the network did not take before. Whether that is all written.
    fn write_rest(&mut self, context: &mut Context<'_>) -> Result<bool, Close> {
        if self.rest.is_empty() {
            return Ok(true);
        }
        while self.written < self.rest.len() {
            match self.stream.poll_write(context, &self.rest[self.written..]) {
                Poll::Pending => {
                    self.block(context)?;
                    return Ok(false);
                }
                Poll::Ready(Ok(0) | Err(_)) => return Err(CONNECTION_LOST),
                Poll::Ready(Ok(length)) => {
                    self.written += length;
                    self.progress = Instant::now();
                }
            }
        }
        self.rest = Vec::new();
        self.written = 0;
        if self.ping == Ping::Written {
            self.ping_sent();
        }
        self.flush(context)
    }

    /// Takes packets from the queue and writes them. Whether to go on.
    fn write_queue(&mut self, context: &mut Context<'_>, bytes: &mut Vec<u8>) -> Result<bool, Close> {
        if self.ping == Ping::Due {
            bytes.extend_from_slice(PING_FRAME);
        }
        let mut more = true;
        match self.session.take_frames(context, bytes, CHUNK) {
            Taken::Ended(reason) => return Err(reason.into()),
            Taken::Drained => self.session.notify_drain(),
            Taken::Nothing if bytes.is_empty() => return Ok(false),
            Taken::All => more = false,
            Taken::Nothing | Taken::Some => {}
        }
        if bytes.is_empty() {
            return Ok(true);
        }
        let length = match self.stream.poll_write(context, bytes) {
            Poll::Pending => 0,
            Poll::Ready(Ok(0) | Err(_)) => return Err(CONNECTION_LOST),
            Poll::Ready(Ok(length)) => length,
        };
        if length < bytes.len() {
            self.rest.extend_from_slice(&bytes[length..]);
            self.progress = Instant::now();
            more = true;
            if self.ping == Ping::Due {
                self.ping = Ping::Written;
            }
        } else if self.ping == Ping::Due {
            self.ping_sent();
        }
        self.flush(context)?;
        Ok(more)
    }

    fn flush(&mut self, context: &mut Context<'_>) -> Result<bool, Close> {
        match self.stream.poll_flush(context) {
            Poll::Ready(Err(_)) => Err(CONNECTION_LOST),
            // What is below keeps the bytes, and wakes the task when it can go on.
            Poll::Ready(Ok(())) | Poll::Pending => Ok(true),
        }
    }

    fn ping_sent(&mut self) {
        self.ping = Ping::None;
        self.heartbeat.sent(Instant::now());
        self.set_timer();
    }

    /// The network takes no more: the queue fills, and no packet wakes the task until there is room.
    fn block(&mut self, context: &mut Context<'_>) -> Result<(), Close> {
        if self.stage == Stage::Closing {
            return Ok(());
        }
        self.session.block(self.rest.len() - self.written, context)?;
        let stalled = self.progress + self.session.config().write_timeout;
        if self.timer.deadline() > stalled {
            self.timer.as_mut().reset(stalled);
        }
        // Registers the task with a timer that was set; what is due is seen to in the next turn.
        if self.timer.as_mut().poll(context).is_ready() {
            context.waker().wake_by_ref();
        }
        Ok(())
    }

    /// Ends the session, and tells the client where it still listens.
    fn begin_close(&mut self, end: Close) {
        match self.stage {
            Stage::Probing(probed) => {
                // The session stays where it was.
                if probed {
                    self.session.switch_transport(Transport::Upgrading, Transport::Polling);
                }
            }
            _ => self.session.end(end.reason),
        }
        self.stage = Stage::Closing;
        self.unread = Vec::new();
        self.timer.as_mut().reset(Instant::now() + CLOSING);
        let Some(code) = end.code else {
            self.timer.as_mut().reset(Instant::now());
            return;
        };
        if matches!(end.reason, DisconnectReason::ServerShutdown | DisconnectReason::ServerDisconnect) {
            let mut outgoing = self.session.outgoing();
            while let Some(packet) = outgoing.pop() {
                self.rest.extend_from_slice(packet.frames());
            }
            drop(outgoing);
            self.rest.extend_from_slice(Packet::engine("1").frames());
        }
        let mut answers = Vec::new();
        self.frames.close(code, &mut answers);
        self.rest.append(&mut answers);
    }

    /// Writes what is left, and waits a little for the client to close.
    fn finish(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.write_rest(context).is_err() {
            return Poll::Ready(());
        }
        for _ in 0..TURNS {
            if self.timer.as_mut().poll(context).is_ready() {
                return Poll::Ready(());
            }
            let mut input = INPUT.take();
            input.resize(CHUNK, 0);
            let read = self.stream.poll_read(context, &mut input);
            let closed = match read {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(0) | Err(_)) => true,
                Poll::Ready(Ok(length)) => self.discard(&input[..length]),
            };
            INPUT.set(input);
            if closed {
                return Poll::Ready(());
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// Reads on after the end, only to see the client's close. Whether that came.
    fn discard(&mut self, mut input: &[u8]) -> bool {
        let mut answers = Vec::new();
        loop {
            match self.frames.next(&mut input, &mut answers) {
                Decoded::Message(_) | Decoded::Broken(_) => {}
                Decoded::More => return false,
                Decoded::Closed => return true,
            }
        }
    }
}

impl Future for Connection {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.stage != Stage::Closing {
            match self.work(context) {
                Ok(()) => return Poll::Pending,
                Err(end) => self.begin_close(end),
            }
        }
        self.finish(context)
    }
}

impl Drop for Connection {
    /// Ends the session when the task was cut off: by a handler that panicked, or with the runtime.
    fn drop(&mut self) {
        if self.stage == Stage::Open {
            self.session.end_soon(DisconnectReason::TransportClose);
        }
    }
}
