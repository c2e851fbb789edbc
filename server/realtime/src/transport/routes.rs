//! The HTTP side: one path, whatever the method; Engine.IO's own way of saying what is wrong; CORS.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};

use crate::config::Origins;
use crate::session::Opener;
use crate::session::outgoing::Transport;
use crate::transport::polling::{self, PollError};
use crate::transport::upgrade::{self, UpgradeTarget};
use crate::{DisconnectReason, Server};

/// What Engine.IO calls its errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RequestError {
    UnknownTransport,
    UnknownSession,
    BadMethod,
    BadRequest,
    Forbidden,
    UnsupportedVersion,
    TooLarge,
    Unavailable,
}

impl RequestError {
    fn parts(self) -> (StatusCode, u8, &'static str) {
        match self {
            Self::UnknownTransport => (StatusCode::BAD_REQUEST, 0, "Transport unknown"),
            Self::UnknownSession => (StatusCode::BAD_REQUEST, 1, "Session ID unknown"),
            Self::BadMethod => (StatusCode::BAD_REQUEST, 2, "Bad handshake method"),
            Self::BadRequest => (StatusCode::BAD_REQUEST, 3, "Bad request"),
            Self::Forbidden => (StatusCode::FORBIDDEN, 4, "Forbidden"),
            Self::UnsupportedVersion => (StatusCode::BAD_REQUEST, 5, "Unsupported protocol version"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, 3, "Payload too large"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, 4, "Too many sessions"),
        }
    }

    fn answer(self) -> Response<Body> {
        let (status, code, message) = self.parts();
        answer(status, "application/json", format!("{{\"code\":{code},\"message\":\"{message}\"}}").into_bytes())
    }
}

impl From<PollError> for RequestError {
    fn from(denied: PollError) -> Self {
        match denied {
            PollError::Bad => Self::BadRequest,
            PollError::TooLarge => Self::TooLarge,
        }
    }
}

impl Server {
    /// The routes of `/socket.io`, for the application's router. They must not stand under a timeout of requests or a limit of
    /// requests at once: a poll waits, and a connection stays. The client's address is read from axum's `ConnectInfo<SocketAddr>`.
    pub fn routes<S: Clone + Send + Sync + 'static>(self: &Arc<Self>) -> Router<S> {
        self.routes_at("/socket.io")
    }

    /// The same at another path, which has no slash at its end.
    pub fn routes_at<S: Clone + Send + Sync + 'static>(self: &Arc<Self>, path: &str) -> Router<S> {
        let server = Arc::clone(self);
        let route = axum::routing::any(move |request: Request<Body>| {
            let server = Arc::clone(&server);
            async move { server.answer(request).await }
        });
        Router::new().route(path, route.clone()).route(&format!("{path}/"), route)
    }

    async fn answer(self: &Arc<Self>, mut request: Request<Body>) -> Response<Body> {
        let allowed = allow(&self.config.origins, request.headers());
        if request.method() == Method::OPTIONS {
            let mut response = answer(StatusCode::NO_CONTENT, "text/plain", Vec::new());
            preflight(request.headers(), response.headers_mut());
            share(allowed.as_ref(), &self.config.origins, response.headers_mut());
            return response;
        }
        let mut response = match allowed {
            None => RequestError::Forbidden.answer(),
            Some(_) => self.serve(&mut request).await.unwrap_or_else(RequestError::answer),
        };
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            share(allowed.as_ref(), &self.config.origins, response.headers_mut());
        }
        response
    }

    async fn serve(self: &Arc<Self>, request: &mut Request<Body>) -> Result<Response<Body>, RequestError> {
        let query = Query::parse(request.uri().query().unwrap_or_default());
        let websocket = match query.transport {
            Some("polling") => false,
            Some("websocket") => true,
            _ => return Err(RequestError::UnknownTransport),
        };
        if query.version != Some("4") {
            return Err(RequestError::UnsupportedVersion);
        }
        let Some(sid) = query.sid else {
            return if websocket { self.upgrade(request) } else { self.handshake(request) };
        };
        let session = self.session(sid).ok_or(RequestError::UnknownSession)?;
        if websocket {
            let transport = session.outgoing().transport;
            if !upgrade::is_asked(request) {
                return Err(RequestError::BadRequest);
            }
            let answer = match transport {
                Transport::Polling => upgrade::accept(self, request, UpgradeTarget::Old(session)),
                Transport::Upgrading | Transport::WebSocket => upgrade::accept_and_close(request),
                Transport::Ended(_) => None,
            };
            return answer.ok_or(RequestError::BadRequest);
        }
        if session.outgoing().transport == Transport::WebSocket {
            return Err(RequestError::BadRequest);
        }
        match *request.method() {
            Method::GET => Ok(text(polling::next_payload(&session).await?)),
            Method::POST => {
                if declared_size(request.headers()) > self.config.max_payload as u64 {
                    session.end(DisconnectReason::ParseError);
                    return Err(RequestError::TooLarge);
                }
                polling::receive_payload(&session, std::mem::take(request.body_mut())).await?;
                Ok(answer(StatusCode::OK, "text/html", b"ok".to_vec()))
            }
            _ => Err(RequestError::BadRequest),
        }
    }

    fn opener<B>(&self, request: &Request<B>) -> Opener {
        let query = request.uri().query().unwrap_or_default();
        Opener { address: self.config.client_address.of(request), query: query.into() }
    }

    /// Opens a session over WebSocket.
    fn upgrade(self: &Arc<Self>, request: &mut Request<Body>) -> Result<Response<Body>, RequestError> {
        if !upgrade::is_asked(request) {
            return Err(RequestError::BadRequest);
        }
        if !self.has_room(false) {
            return Err(RequestError::Unavailable);
        }
        let opener = self.opener(request);
        upgrade::accept(self, request, UpgradeTarget::New(opener)).ok_or(RequestError::BadRequest)
    }

    /// Opens a session over long-polling.
    fn handshake(self: &Arc<Self>, request: &Request<Body>) -> Result<Response<Body>, RequestError> {
        if request.method() != Method::GET {
            return Err(RequestError::BadMethod);
        }
        if !self.has_room(true) {
            return Err(RequestError::Unavailable);
        }
        let session = self.open(self.opener(request), Transport::Polling);
        tokio::spawn(polling::watch(Arc::downgrade(&session)));
        Ok(text(self.open_packet(&session, true).text().to_vec()))
    }
}

/// The parts of the query that Engine.IO reads. None needs decoding.
struct Query<'a> {
    version: Option<&'a str>,
    transport: Option<&'a str>,
    sid: Option<&'a str>,
}

impl<'a> Query<'a> {
    fn parse(query: &'a str) -> Self {
        let find =
            |name: &str| query.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name)).map(|(_, value)| value);
        Self { version: find("EIO"), transport: find("transport"), sid: find("sid") }
    }
}

fn declared_size(headers: &HeaderMap) -> u64 {
    headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0)
}

fn text(body: Vec<u8>) -> Response<Body> {
    answer(StatusCode::OK, "text/plain; charset=UTF-8", body)
}

fn answer(status: StatusCode, kind: &'static str, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The origin to let in, `*` for a client that has none; `None` refuses.
fn allow(origins: &Origins, headers: &HeaderMap) -> Option<HeaderValue> {
    let any = HeaderValue::from_static("*");
    match (origins, headers.get(header::ORIGIN)) {
        (Origins::Any, _) | (Origins::Only(_), None) => Some(any),
        (Origins::Only(list), Some(origin)) => list.iter().any(|allowed| origin == allowed.as_str()).then(|| origin.clone()),
    }
}

fn share(allowed: Option<&HeaderValue>, origins: &Origins, headers: &mut HeaderMap) {
    let Some(origin) = allowed else { return };
    if let Origins::Only(_) = origins {
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
        if origin == "*" {
            return;
        }
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
}

fn preflight(asked: &HeaderMap, headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET,POST"));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    if let Some(wanted) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
}
