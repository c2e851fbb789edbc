//! The transport as handlers and clients see it, and what is encoded and taken apart on the way.

mod codec;
mod recovery;
mod rooms;
mod transport;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::{BoxFuture, ready};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::{Config, ConnectError, DisconnectReason, Event, Handler, NamespacePattern, Server, Socket};

/// Long enough for anything that happens at all.
const SHORTEST_PAUSE: Duration = Duration::from_secs(20);

/// Keeps what it was told.
#[derive(Default)]
struct Notes {
    told: Mutex<Vec<String>>,
    sockets: Mutex<Vec<Arc<Socket>>>,
}

impl Notes {
    fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    fn socket(&self, place: usize) -> Arc<Socket> {
        Arc::clone(&self.sockets.lock().unwrap()[place])
    }

    fn note(&self, what: String) {
        self.told.lock().unwrap().push(what);
    }

    /// Waits until something was told.
    async fn wait_for(&self, what: &str) {
        tokio::time::timeout(SHORTEST_PAUSE, async {
            while !self.told().iter().any(|told| told == what) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .unwrap_or_else(|_| panic!("never told {what:?}, but {:?}", self.told()));
    }
}

impl Handler for Notes {
    fn connect(&self, socket: &Arc<Socket>, auth: Value) -> BoxFuture<'static, Result<(), ConnectError>> {
        if auth["refuse"] == true {
            let data = serde_json::json!({ "code": 7 });
            return ready(Err(ConnectError { message: "NO".to_owned(), data: Some(data) })).boxed();
        }
        self.sockets.lock().unwrap().push(Arc::clone(socket));
        ready(Ok(())).boxed()
    }

    fn event(&self, _: &Arc<Socket>, event: Event) {
        self.note(format!("{}{}", event.name, event.args_json()));
        if let Some(ack) = event.ack {
            ack.send(&event.attachments.len());
        }
    }

    fn drain(&self, _: &Arc<Socket>) {
        self.note("drained".to_owned());
    }

    fn disconnect(&self, _: &Arc<Socket>, reason: DisconnectReason) {
        self.note(format!("{reason:?}"));
    }
}

/// A server that listens, and its notes.
struct Running {
    server: Arc<Server>,
    notes: Arc<Notes>,
    address: String,
}

async fn run(config: Config) -> Running {
    let server = Server::new(config);
    let notes = Arc::new(Notes::default());
    server.namespace(NamespacePattern::Exact("/".to_owned()), Arc::clone(&notes) as Arc<dyn Handler>);
    server.namespace(NamespacePattern::Prefix("/party/".to_owned()), Arc::clone(&notes) as Arc<dyn Handler>);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let app = server.routes::<()>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    Running { server, notes, address }
}

/// A WebSocket client that writes packets by hand.
struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    /// Opens a session and reads the handshake.
    async fn open(running: &Running) -> Self {
        let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", running.address);
        let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        let mut client = Self(socket);
        assert!(client.next().await.starts_with("0{"));
        client
    }

    /// The same, and connects to `/`.
    async fn connect(running: &Running) -> Self {
        let mut client = Self::open(running).await;
        client.send("40").await;
        assert!(client.next().await.starts_with("40{"));
        client
    }

    async fn send(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// The next packet; attachments as `<bytes>`, the end as `closed`. Pings are answered.
    async fn next(&mut self) -> String {
        loop {
            match tokio::time::timeout(SHORTEST_PAUSE, self.0.next()).await.expect("a packet") {
                Some(Ok(Message::Text(text))) if text == "2" => self.send("3").await,
                Some(Ok(Message::Text(text))) => return text.to_string(),
                Some(Ok(Message::Binary(bytes))) => return format!("{bytes:?}"),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return "closed".to_owned(),
                Some(Ok(_)) => {}
            }
        }
    }
}
