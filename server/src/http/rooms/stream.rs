//! `GET /v1/rooms/{id or code}/stream`: a room as plain JSON over a WebSocket, for screens, players and scripts.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{SinkExt as _, StreamExt as _};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_util::sync::CancellationToken;

use crate::access::{Caller, StreamUser};
use crate::app::AppState;
use crate::http::ApiError;
use crate::http::parameters::Parameters;
use crate::rooms::{ClientMessage, ClientSession, Code, JsonStream, Refusal, Sink, StreamStep, random_id};

/// Bytes of one message of a client: a picture in base64 fits.
const MAX_MESSAGE: usize = 1_000_000;
/// Time between two pings.
const PING_INTERVAL: Duration = Duration::from_secs(25);
/// How long a client may take nothing.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// Opens a stream. The token stands in `Authorization` or, since browsers set no headers there, in `?token=`; `?since=`
/// resumes.
pub(super) async fn open(
    Caller(signed): Caller<StreamUser>,
    State(state): State<AppState>,
    Path(room): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    mut request: Request,
) -> Result<Response, ApiError> {
    let parameters = Parameters::parse(query.as_deref())?;
    parameters.allow(&["token", "since"], &[])?;
    let since = match parameters.get("since") {
        None => Value::Null,
        Some(text) => json!(text.parse::<u64>().map_err(|_| Refusal::bad(format!("parameter `since`: `{text}` is not a whole number")))?),
    };
    let room = match state.rooms.find(&room).await {
        Ok(room) => room.id().clone(),
        Err(refusal) if refusal.code == Code::RoomNotFound => state.rooms.id_of_code(&room).await?,
        Err(refusal) => return Err(refusal.into()),
    };
    let asks = |name: header::HeaderName, word: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|text| text.to_lowercase().contains(word))
    };
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| asks(header::CONNECTION, "upgrade") && asks(header::UPGRADE, "websocket"));
    let Some(accept) = key.map(|key| derive_accept_key(key.as_bytes())) else {
        return Err(Refusal::bad("this is a WebSocket; connect to it with one").into());
    };
    let session = Arc::new(ClientSession::new(state.rooms.clone(), signed.caller));
    let upgrade = hyper::upgrade::on(&mut request);
    let closing = state.tasks.closing_streams();
    state.tasks.spawn_to_its_end("stream", async move {
        let Ok(upgraded) = upgrade.await else { return };
        let config =
            WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE)).read_buffer_size(4096);
        let socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
        serve(socket, session, json!({"op": random_id::<String>(), "room": room, "since": since}), closing).await;
    });
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let answer = response.headers_mut();
    answer.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    answer.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    answer.insert(header::SEC_WEBSOCKET_ACCEPT, HeaderValue::from_str(&accept).map_err(|_| ApiError::internal())?);
    Ok(response)
}

type Socket = WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>;

async fn serve(socket: Socket, session: Arc<ClientSession>, join: Value, closing: CancellationToken) {
    let stream = Arc::new(JsonStream::default());
    let sink = Sink::Stream(stream.clone());
    let (mut write, mut read) = socket.split();
    take(&session, &sink, &stream, "room:join", join, 0, Some(Value::Null));
    let mut ping = tokio::time::interval(PING_INTERVAL);
    loop {
        tokio::select! {
            next = stream.next() => {
                let written = async {
                    match next {
                        StreamStep::Write(texts) => {
                            for text in texts {
                                write.feed(Message::text(text)).await?;
                            }
                            write.flush().await?;
                            Ok(true)
                        }
                        StreamStep::Drained => {
                            session.drain(&sink);
                            Ok::<bool, tokio_tungstenite::tungstenite::Error>(true)
                        }
                        StreamStep::Close => Ok(false),
                    }
                };
                if !matches!(tokio::time::timeout(WRITE_TIMEOUT, written).await, Ok(Ok(true))) {
                    break;
                }
            }
            message = read.next() => match message {
                Some(Ok(Message::Text(text))) => receive(&session, &sink, &stream, &text),
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
            () = closing.cancelled() => {
                let frame = CloseFrame { code: CloseCode::Away, reason: "the server stops".into() };
                let _ = tokio::time::timeout(Duration::from_secs(1), write.send(Message::Close(Some(frame)))).await;
                break;
            }
            _ = ping.tick() => {
                if !matches!(tokio::time::timeout(WRITE_TIMEOUT, write.send(Message::Ping(Default::default()))).await, Ok(Ok(()))) {
                    break;
                }
            }
        }
    }
    stream.close();
    session.end(&sink);
    let _ = tokio::time::timeout(Duration::from_secs(1), write.close()).await;
}

/// A client sends `{"event", "data", "ack"?}`; the answer is `{"ack", "data"}`.
fn receive(session: &Arc<ClientSession>, sink: &Sink, stream: &Arc<JsonStream>, text: &str) {
    let message: Result<Value, _> = serde_json::from_str(text);
    let Ok(Value::Object(mut message)) = message else {
        let refusal = Refusal::bad("a message is an object {\"event\", \"data\", \"ack\"?}");
        stream.send_value(&json!({"event": "error", "data": refusal.error()}));
        return;
    };
    let name = message.get("event").and_then(Value::as_str).unwrap_or_default().to_owned();
    let data = message.remove("data").unwrap_or(Value::Null);
    take(session, sink, stream, &name, data, text.len(), message.remove("ack"));
}

fn take(
    session: &Arc<ClientSession>,
    sink: &Sink,
    stream: &Arc<JsonStream>,
    name: &str,
    mut payload: Value,
    size: usize,
    ack: Option<Value>,
) {
    if let Some(fields) = payload.as_object_mut() {
        fields.entry("op").or_insert_with(|| json!(random_id::<String>()));
    }
    let (stream, joined) = (stream.clone(), name == "room:join");
    let answer = Box::new(move |answer: Value| {
        let refused = answer["ok"] == json!(false);
        match ack {
            // The stream's own join: its answer opens the stream, or ends it.
            Some(Value::Null) if joined => {
                stream.send_value(&json!({"event": "room:joined", "data": answer}));
                if refused {
                    stream.close();
                }
            }
            Some(ack) => stream.send_value(&json!({"ack": ack, "data": answer})),
            None => {}
        }
    });
    session.take(sink, ClientMessage { name: name.to_owned(), payload, attachments: Vec::new(), size, answer });
}
