//! The two connections to Redis: one that subscribes, one that publishes. Each comes back by itself.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt as _;
use redis::aio::PubSubSink;
use redis::{AsyncConnectionConfig, Client, Msg, RedisResult};
use tokio::sync::mpsc;

use super::{Adapter, wire};

/// Between two attempts to reach Redis: the first, and the longest.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long Redis may take to let us in, or to answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How often a silent connection is asked for a sign of life.
const PING_INTERVAL: Duration = Duration::from_secs(10);
/// Messages sent in one go.
const BATCH: usize = 512;

/// A message on its way to Redis.
#[derive(Debug)]
pub(crate) struct Publish {
    pub(crate) channel: String,
    pub(crate) message: Vec<u8>,
}

/// Publishes what the outbox brings, as much as waits in one go.
pub(crate) async fn write(adapter: Arc<Adapter>, client: Client, mut inbox: mpsc::Receiver<Publish>) {
    let config = AsyncConnectionConfig::new().set_connection_timeout(Some(TIMEOUT)).set_response_timeout(Some(TIMEOUT));
    let mut pause = SHORTEST_PAUSE;
    loop {
        match client.get_multiplexed_async_connection_with_config(&config).await {
            Ok(mut connection) => {
                adapter.writing.store(true, Ordering::Release);
                let ended = pump(&adapter, &mut connection, &mut inbox, &mut pause).await;
                adapter.writing.store(false, Ordering::Release);
                match ended {
                    Ok(()) => return,
                    Err(error) => tracing::warn!(%error, "the connection to Redis is lost; messages to other servers wait"),
                }
            }
            Err(error) => tracing::warn!(%error, "Redis is not reached; messages to other servers wait"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Ends well when the adapter is gone.
async fn pump(
    adapter: &Adapter,
    connection: &mut redis::aio::MultiplexedConnection,
    inbox: &mut mpsc::Receiver<Publish>,
    pause: &mut Duration,
) -> RedisResult<()> {
    let mut batch = Vec::new();
    loop {
        let received = tokio::time::timeout(PING_INTERVAL, inbox.recv_many(&mut batch, BATCH)).await;
        match received {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(_) => {
                redis::cmd("PING").exec_async(connection).await?;
                continue;
            }
        }
        let mut pipeline = redis::pipe();
        let mut size = 0;
        for Publish { channel, message } in &batch {
            size += message.len();
            pipeline.publish(channel, message.as_slice()).ignore();
        }
        adapter.waiting.fetch_sub(size, Ordering::Relaxed);
        let sent: RedisResult<()> = pipeline.query_async(connection).await;
        if sent.is_err() {
            // Some may have been published; a message twice would be worse than one lost.
            adapter.lose(batch.len());
        }
        batch.clear();
        sent?;
        *pause = SHORTEST_PAUSE;
    }
}

/// Subscribes to the channels of the server's namespaces and hands over what comes.
pub(crate) async fn read(adapter: Arc<Adapter>, client: Client) {
    let mut pause = SHORTEST_PAUSE;
    loop {
        match tokio::time::timeout(TIMEOUT, client.get_async_pubsub()).await {
            Ok(Ok(connection)) => {
                let ended = listen(&adapter, connection, &mut pause).await;
                adapter.reading.store(false, Ordering::Release);
                match ended {
                    Ok(()) => return,
                    Err(error) => tracing::warn!(%error, "the connection to Redis is lost; other servers are not heard"),
                }
            }
            Ok(Err(error)) => tracing::warn!(%error, "Redis is not reached; other servers are not heard"),
            Err(_) => tracing::warn!("Redis does not answer; other servers are not heard"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Ends well when the server is gone.
async fn listen(adapter: &Arc<Adapter>, connection: redis::aio::PubSub, pause: &mut Duration) -> RedisResult<()> {
    let (mut sink, mut stream) = connection.split();
    let mut channels = Channels::default();
    let mut alive = tokio::time::interval(PING_INTERVAL);
    alive.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    alive.reset();
    if !channels.follow(adapter, &mut sink).await? {
        return Ok(());
    }
    adapter.reading.store(true, Ordering::Release);
    *pause = SHORTEST_PAUSE;
    loop {
        tokio::select! {
            message = stream.next() => match message {
                Some(message) => channels.hand_over(adapter, &message),
                None => return Err((redis::ErrorKind::Io, "Redis closed the connection").into()),
            },
            () = adapter.changed.notified() => if !channels.follow(adapter, &mut sink).await? {
                return Ok(());
            },
            _ = alive.tick() => {
                let answered = tokio::time::timeout(TIMEOUT, sink.ping::<redis::Value>()).await;
                answered.map_err(|_| redis::RedisError::from((redis::ErrorKind::Io, "Redis does not answer")))??;
            }
        }
    }
}

/// What is subscribed to.
#[derive(Default)]
struct Channels {
    namespaces: HashSet<Arc<str>>,
    /// Patterns of broadcasts to their namespace.
    broadcasts: HashMap<String, Arc<str>>,
    /// Channels of requests to their namespace.
    requests: HashMap<String, Arc<str>>,
}

impl Channels {
    /// Subscribes to the channels of new namespaces, and leaves those of namespaces that are gone. `false` when the server is gone.
    async fn follow(&mut self, adapter: &Adapter, sink: &mut PubSubSink) -> RedisResult<bool> {
        let Some(names) = adapter.server.upgrade().map(|server| server.namespace_names()) else { return Ok(false) };
        let (mut patterns, mut channels) = (Vec::new(), Vec::new());
        for name in names.iter().filter(|name| !self.namespaces.contains(*name)) {
            patterns.push(wire::pattern(name));
            channels.push(wire::request_channel(name));
            self.broadcasts.insert(wire::pattern(name), Arc::clone(name));
            self.requests.insert(wire::request_channel(name), Arc::clone(name));
        }
        if !patterns.is_empty() {
            sink.psubscribe(&patterns).await?;
            sink.subscribe(&channels).await?;
        }
        let names: HashSet<Arc<str>> = names.into_iter().collect();
        let gone: Vec<_> = self.namespaces.difference(&names).cloned().collect();
        for name in gone {
            let (pattern, channel) = (wire::pattern(&name), wire::request_channel(&name));
            sink.punsubscribe(&pattern).await?;
            sink.unsubscribe(&channel).await?;
            self.broadcasts.remove(&pattern);
            self.requests.remove(&channel);
        }
        self.namespaces = names;
        Ok(true)
    }

    fn hand_over(&self, adapter: &Arc<Adapter>, message: &Msg) {
        let pattern = message.get_pattern::<Option<String>>().ok().flatten();
        if let Some(namespace) = pattern.and_then(|pattern| self.broadcasts.get(&pattern)) {
            adapter.deliver(namespace, message.get_channel_name(), message.get_payload_bytes());
        } else if let Some(namespace) = self.requests.get(message.get_channel_name()) {
            adapter.answer(namespace, message.get_payload_bytes());
        }
    }
}
