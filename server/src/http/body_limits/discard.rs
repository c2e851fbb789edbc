//! What a handler leaves of a request's body. A connection over which more bytes come than were read cannot take another
//! request, and hyper closes it without a word when they are not there yet: the client's next request, perhaps under way
//! already, is lost. So the rest is read and thrown away, or the answer says `Connection: close` (RFC 9112, section 9.6).

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, EXPECT};
use axum::http::{HeaderValue, Version};
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;

/// Bytes that are read only to be thrown away.
const MOST_DISCARDED: u64 = 256 << 20;
/// How long the answer waits for more of them.
const SILENCE: Duration = Duration::from_secs(2);

/// Leaves the connection fit for the next request, after at most `patience`, or says that it is not.
pub(in crate::http) async fn discard(State(patience): State<Duration>, request: Request, next: Next) -> Response {
    // In HTTP/2 a stream ends alone.
    if request.body().is_end_stream() || request.version() > Version::HTTP_11 {
        return next.run(request).await;
    }
    // Such a client sends its body once somebody reads it.
    let waits = request.headers().contains_key(EXPECT);
    let back = Arc::new(Mutex::new(None));
    let lent = Arc::clone(&back);
    let mut response = next.run(request.map(|body| Body::new(Lent { body, touched: false, ended: false, back: lent }))).await;
    let left = back.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(left) = left else { return response };
    let reads = !response.headers().contains_key(CONNECTION) && (left.touched || !waits);
    if !(reads && tokio::time::timeout(patience, read_to_end(left.body)).await.unwrap_or(false)) {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Whether the end came within bounds.
async fn read_to_end(mut body: Body) -> bool {
    if body.size_hint().lower() > MOST_DISCARDED {
        return false;
    }
    let mut read = 0;
    loop {
        match tokio::time::timeout(SILENCE, body.frame()).await {
            Ok(Some(Ok(frame))) => read += frame.data_ref().map_or(0, |data| data.len() as u64),
            Ok(None) => return true,
            Ok(Some(Err(_))) | Err(_) => return false,
        }
        if read > MOST_DISCARDED {
            return false;
        }
    }
}

/// A body before its end, as a handler dropped it.
struct Left {
    body: Body,
    /// Whether the handler read of it at all.
    touched: bool,
}

/// A body that comes back when it is dropped before its end.
struct Lent {
    body: Body,
    touched: bool,
    ended: bool,
    back: Arc<Mutex<Option<Left>>>,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.touched = true;
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.ended |= matches!(polled, Poll::Ready(None | Some(Err(_))));
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if !self.ended && !self.body.is_end_stream() {
            let body = std::mem::take(&mut self.body);
            *self.back.lock().unwrap_or_else(PoisonError::into_inner) = Some(Left { body, touched: self.touched });
        }
    }
}
