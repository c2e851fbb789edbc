//! A request body as it is read: bounded in bytes, in time and in the JSON values it holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::header::CONNECTION;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;

use crate::error_code::ErrorCode;
use crate::http::ApiError;

/// JSON values of one body. A value of two bytes takes some eighty in memory, so bytes alone bound too little.
const MAX_VALUES: usize = 2_000_000;

/// The whole body, of at most `limit` bytes.
pub(in crate::http) async fn read(mut body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let too_large = || {
        let message = format!("the body is larger than {limit} bytes; send smaller batches");
        ApiError::new(ErrorCode::TooLarge, message)
    };
    let announced = body.size_hint().lower();
    if announced > limit as u64 {
        return Err(too_large());
    }
    let mut whole = Vec::with_capacity(announced as usize);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| ApiError::bad(format!("the body broke off: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > limit - whole.len() {
            return Err(too_large());
        }
        whole.extend_from_slice(&data);
    }
    if values(&whole) > MAX_VALUES {
        let message = format!("the body holds more than {MAX_VALUES} JSON values; send smaller batches");
        return Err(ApiError::new(ErrorCode::TooLarge, message));
    }
    Ok(whole.into())
}

/// No fewer values than a JSON text holds, and no more than twice as many: commas and opening brackets outside of strings.
fn values(text: &[u8]) -> usize {
    let (mut count, mut quoted, mut escaped) = (0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b',' | b'[' | b'{' => count += usize::from(!quoted),
            _ => {}
        }
    }
    count
}

/// Answers a request that takes longer than `limit`: 408 when its body was still under way, 503 when the work was.
pub(in crate::http) async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let arrived = Arc::new(AtomicBool::new(request.body().is_end_stream()));
    let at_end = Arc::clone(&arrived);
    let request = request.map(|body| {
        Body::new(body.with_trailers(async move {
            at_end.store(true, Ordering::Relaxed);
            None
        }))
    });
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) if arrived.load(Ordering::Relaxed) => {
            let message = format!("the answer took longer than {} s", limit.as_secs());
            ApiError::new(ErrorCode::Timeout, message).into_response()
        }
        Err(_) => {
            let message = format!("the body was not there after {} s", limit.as_secs());
            // What still comes is not waited for.
            ([(CONNECTION, "close")], ApiError::new(ErrorCode::RequestTimeout, message)).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn values_are_counted_outside_of_strings() {
        for (text, expected) in [("", 0), ("1", 0), ("[1,2,3]", 3), (r#"{"a,[{":"\",[","b":[]}"#, 3), (r#"["\\",{}]"#, 3)] {
            assert_eq!(values(text.as_bytes()), expected, "{text}");
        }
    }
}
