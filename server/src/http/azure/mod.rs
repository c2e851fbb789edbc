//! The REST surface of Azure AI Search, as its official SDKs speak it: paths, keys, versions, wire names. It calls the same
//! engine as `/v1`; what the engine does is unknown here but for its public types.

mod aliases;
mod body;
mod call;
mod documents;
mod failure;
mod indexes;
mod search;
mod search_parameters;
mod statistics;
mod synonym_maps;
mod target;
mod typeahead;
mod vector_queries;
mod wire;

use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::error::{self, ApiError};
use crate::access::api_keys::KeyKind;
use crate::app::AppState;
use crate::http::preconditions;
use call::Call;
use target::Target;

/// Bytes of a request body. The service's limit: SDKs halve a batch that is refused for its size.
const MAX_BODY: usize = 16 << 20;
/// Bytes of path and query.
const MAX_URL: usize = 8 << 10;

/// Every request that no route of `/v1` takes.
pub(crate) async fn serve(State(state): State<AppState>, request: Request) -> Response {
    let Some(target) = target::parse(request.uri().path()) else {
        return error::no_route(request.uri().clone()).await.into_response();
    };
    let started = Instant::now();
    let id = request.headers().get("x-ms-client-request-id").cloned().unwrap_or_else(|| call::fresh_id(&state));
    let mut response = match answer(&state, target, request).await {
        Ok(answer) => answer.into_response(),
        Err(failure) => failure.into_response(),
    };
    let headers = response.headers_mut();
    for name in ["x-ms-client-request-id", "request-id"] {
        headers.insert(HeaderName::from_static(name), id.clone());
    }
    headers.insert("odata-version", HeaderValue::from_static("4.0"));
    if let Ok(elapsed) = HeaderValue::from_str(&started.elapsed().as_millis().to_string()) {
        headers.insert("elapsed-time", elapsed);
    }
    response
}

/// A success.
struct Answer {
    status: StatusCode,
    body: Option<Value>,
    /// The revision an ETag is made of.
    revision: Option<u64>,
    plain: Option<String>,
}

impl Answer {
    fn json(status: StatusCode, body: Value) -> Answer {
        Answer { status, body: Some(body), revision: None, plain: None }
    }

    fn ok(body: Value) -> Answer {
        Answer::json(StatusCode::OK, body)
    }

    fn nothing() -> Answer {
        Answer { status: StatusCode::NO_CONTENT, body: None, revision: None, plain: None }
    }

    fn text(text: String) -> Answer {
        Answer { status: StatusCode::OK, body: None, revision: None, plain: Some(text) }
    }

    /// The same with an ETag, in the body too.
    fn tagged(mut self, revision: u64) -> Answer {
        if let Some(Value::Object(body)) = &mut self.body {
            let mut tagged = serde_json::Map::new();
            tagged.insert("@odata.etag".to_owned(), preconditions::etag(revision).into());
            tagged.append(body);
            self.body = Some(Value::Object(tagged));
        }
        self.revision = Some(revision);
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        const JSON: &str = "application/json; charset=utf-8";
        let mut response = match (self.body, self.plain) {
            (Some(body), _) => (self.status, [(header::CONTENT_TYPE, JSON)], serde_json::to_vec(&body).unwrap_or_default()).into_response(),
            (None, Some(text)) => (self.status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response(),
            (None, None) => self.status.into_response(),
        };
        if let Some(tag) = self.revision.and_then(|revision| HeaderValue::from_str(&preconditions::etag(revision)).ok()) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

async fn answer(state: &AppState, target: Target, request: Request) -> Result<Answer, ApiError> {
    if request.uri().path_and_query().is_some_and(|text| text.as_str().len() > MAX_URL) {
        return Err(failure::new(StatusCode::URI_TOO_LONG, "InvalidRequestParameter", format!("the URL is longer than {MAX_URL} bytes")));
    }
    let method = request.method().clone();
    let call = Call::begin(request, MAX_BODY, state.scheme).await?;
    call.check_version()?;
    let kind = call.key_kind(&state.keys)?;
    if let Target::CloudOnly(what) = target {
        return Err(failure::cloud_only(what));
    }
    if kind == KeyKind::Query && !target.reads(&method) {
        return Err(failure::new(
            StatusCode::FORBIDDEN,
            "Forbidden",
            "the query key only reads documents; this operation needs the admin key".to_owned(),
        ));
    }
    let not_allowed = failure::wrong_method(&method, call.path());
    let state = state.clone();
    let get = method == Method::GET;
    let post = method == Method::POST;
    let put = method == Method::PUT;
    let delete = method == Method::DELETE;
    let done = match target {
        Target::Indexes if get => state.on_engine(move |engine| indexes::list(engine, &call)).await,
        Target::Indexes if post => indexes::create(&state, call).await,
        Target::Index(name) if get => state.on_engine(move |engine| indexes::get(engine, &name)).await,
        Target::Index(name) if put => indexes::put(&state, name, call).await,
        Target::Index(name) if delete => indexes::delete(&state, name, call).await,
        Target::Statistics(name) if get => state.on_engine(move |engine| statistics::of_index(engine, &name)).await,
        Target::Analyze(name) if post => state.on_engine(move |engine| indexes::analyze(engine, &name, &call)).await,
        Target::Write(name) if post => state.on_engine(move |engine| documents::write(engine, &name, &call)).await,
        Target::Document(name, key) if get => state.on_engine(move |engine| documents::look_up(engine, &name, &key, &call)).await,
        Target::Count(name) if get => state.on_engine(move |engine| documents::count(engine, &name)).await,
        Target::Documents(name) if get => state.on_engine(move |engine| search::by_get(engine, &name, &call)).await,
        Target::Search(name) if post => state.on_engine(move |engine| search::by_post(engine, &name, &call)).await,
        Target::Suggest(name) if get || post => state.on_engine(move |engine| typeahead::suggest(engine, &name, &call, get)).await,
        Target::Autocomplete(name) if get || post => {
            state.on_engine(move |engine| typeahead::autocomplete(engine, &name, &call, get)).await
        }
        Target::SynonymMaps if get => state.on_engine(move |engine| synonym_maps::list(engine, &call)).await,
        Target::SynonymMaps if post => synonym_maps::create(&state, call).await,
        Target::SynonymMap(name) if get => state.on_engine(move |engine| synonym_maps::get(engine, &name)).await,
        Target::SynonymMap(name) if put => synonym_maps::put(&state, name, call).await,
        Target::SynonymMap(name) if delete => synonym_maps::delete(&state, name, call).await,
        Target::Aliases if get => state.on_engine(move |engine| aliases::list(engine, &call)).await,
        Target::Aliases if post => aliases::create(&state, call).await,
        Target::Alias(name) if get => state.on_engine(move |engine| aliases::get(engine, &name)).await,
        Target::Alias(name) if put => aliases::put(&state, name, call).await,
        Target::Alias(name) if delete => aliases::delete(&state, name, call).await,
        Target::ServiceStatistics if get => state.on_engine(statistics::of_service).await,
        _ => return Err(not_allowed),
    };
    done.map_err(ApiError::in_azure)
}
