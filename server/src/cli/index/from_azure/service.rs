//! The other service over HTTP: what is asked of it, what is tried again and what is not. The key goes to no other host: plain
//! HTTP only to this machine, no redirects.

use std::net::IpAddr;
use std::time::Duration;

use serde_json::{Map, Value, json};
use ureq::http::{HeaderValue, Uri};

/// A version that every service of today answers.
const API_VERSION: &str = "2025-09-01";
/// Tries after the first one.
const RETRIES: u32 = 5;
const LONGEST_DELAY: Duration = Duration::from_secs(30);
/// A service that asks for more patience than this is not waited for any longer.
const LONGEST_RETRY_AFTER: u64 = 600;
/// The largest page taken into memory.
const MAX_ANSWER: u64 = 256 << 20;
const CONNECT: Duration = Duration::from_secs(30);
const ANSWER: Duration = Duration::from_secs(300);

/// What goes wrong between here and the service.
#[derive(Debug, thiserror::Error)]
pub(super) enum ServiceError {
    #[error("`{url}` is not the address of a service: {what}")]
    Address { url: String, what: &'static str },
    #[error("the key holds characters that no key has")]
    Key,
    #[error("{what}: the service refuses the key ({status}); an admin key is needed")]
    Refused { what: String, status: u16 },
    #[error("{what}: the service does not have it (404)")]
    Missing { what: String },
    #[error("{what}: the service answers {status}{said}")]
    Status { what: String, status: u16, said: String },
    #[error("{what}: {cause}; tried {tries} times, the same command goes on from here")]
    GaveUp { what: String, cause: String, tries: u32 },
    #[error("{what}: {cause}")]
    Failed { what: String, cause: String },
    #[error("{what}: the answer is not what a search service says: {cause}")]
    Answer { what: String, cause: String },
}

impl ServiceError {
    /// Whether the command line is wrong.
    pub(super) fn is_usage(&self) -> bool {
        matches!(self, ServiceError::Address { .. } | ServiceError::Key)
    }
}

type Result<T> = std::result::Result<T, ServiceError>;

/// One index of a service.
pub(super) struct Service {
    agent: ureq::Agent,
    base: String,
    key: HeaderValue,
    index: String,
}

/// A page of documents.
pub(super) struct Page {
    pub(super) documents: Vec<Map<String, Value>>,
    /// The service had more than it put into the page.
    pub(super) cut: bool,
}

enum Attempt {
    Done(Vec<u8>),
    Again { cause: String, after: Option<u64> },
}

impl Service {
    pub(super) fn new(url: &str, key: &str, index: &str) -> Result<Service> {
        let plain = check_address(url)?;
        let mut key = HeaderValue::from_str(key).map_err(|_| ServiceError::Key)?;
        key.set_sensitive(true);
        let mut config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .timeout_recv_body(Some(ANSWER))
            .user_agent(concat!("tutti/", env!("CARGO_PKG_VERSION")));
        if plain {
            // A proxy is not this machine.
            config = config.proxy(None);
        }
        Ok(Service { agent: config.build().into(), base: url.trim_end_matches('/').to_owned(), key, index: index.to_owned() })
    }

    /// The address without what was written around it.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The definition of the index.
    pub(super) fn definition(&self) -> Result<Map<String, Value>> {
        let what = format!("index `{}`", self.index);
        object(&what, &self.ask(&what, &format!("/indexes('{}')", self.index), None)?)
    }

    /// The rules of a synonym map.
    pub(super) fn synonyms(&self, name: &str) -> Result<String> {
        let what = format!("synonym map `{name}`");
        let map = object(&what, &self.ask(&what, &format!("/synonymmaps('{name}')"), None)?)?;
        match map.get("synonyms").and_then(Value::as_str) {
            Some(rules) => Ok(rules.to_owned()),
            None => Err(ServiceError::Answer { what, cause: "no `synonyms`".to_owned() }),
        }
    }

    /// How many documents there are.
    pub(super) fn count(&self) -> Result<u64> {
        let what = format!("the count of `{}`", self.index);
        let bytes = self.ask(&what, &format!("/indexes('{}')/docs/$count", self.index), None)?;
        let text = String::from_utf8_lossy(&bytes);
        // Azure begins it with a byte order mark.
        text.trim_start_matches('\u{feff}').trim().parse().map_err(|_| ServiceError::Answer { what, cause: "no number".to_owned() })
    }

    /// How many documents a filter leaves.
    pub(super) fn count_of(&self, filter: &str) -> Result<u64> {
        let what = format!("the count of `{filter}`");
        let answer = self.search(&what, &json!({"search": "*", "filter": filter, "count": true, "top": 0}))?;
        answer.get("@odata.count").and_then(Value::as_u64).ok_or(ServiceError::Answer { what, cause: "no `@odata.count`".to_owned() })
    }

    /// The smallest or greatest value of a field.
    pub(super) fn extreme(&self, field: &str, direction: &str) -> Result<Option<Value>> {
        let what = format!("the values of `{field}`");
        let body = json!({"search": "*", "filter": format!("{field} ne null"), "orderby": format!("{field} {direction}"), "select": field, "top": 1});
        let mut answer = self.search(&what, &body)?;
        let first = answer.get_mut("value").and_then(|hits| hits.get_mut(0)).map(Value::take);
        Ok(first.and_then(|first| first.pointer(&format!("/{field}")).cloned()))
    }

    /// Some of the documents in an order.
    pub(super) fn page(&self, filter: Option<&str>, order: Option<&str>, skip: u64, top: u64) -> Result<Page> {
        let what = format!("documents {} to {} of `{}`", skip + 1, skip + top, self.index);
        let mut body = json!({"search": "*", "skip": skip, "top": top});
        if let Some(filter) = filter {
            body["filter"] = filter.into();
        }
        if let Some(order) = order {
            body["orderby"] = order.into();
        }
        let mut answer = self.search(&what, &body)?;
        let cut = answer.contains_key("@search.nextPageParameters") || answer.contains_key("@odata.nextLink");
        let Some(Value::Array(hits)) = answer.remove("value") else {
            return Err(ServiceError::Answer { what, cause: "no list `value`".to_owned() });
        };
        let mut documents = Vec::with_capacity(hits.len());
        for hit in hits {
            let Value::Object(mut document) = hit else {
                return Err(ServiceError::Answer { what, cause: "a hit that is no object".to_owned() });
            };
            document.retain(|name, _| !name.starts_with('@'));
            documents.push(document);
        }
        Ok(Page { documents, cut })
    }

    fn search(&self, what: &str, body: &Value) -> Result<Map<String, Value>> {
        object(what, &self.ask(what, &format!("/indexes('{}')/docs/search.post.search", self.index), Some(body))?)
    }

    /// Asks, again when that may help.
    fn ask(&self, what: &str, path: &str, body: Option<&Value>) -> Result<Vec<u8>> {
        let mut delay = Duration::from_secs(1);
        let mut tries = 0;
        loop {
            tries += 1;
            let (cause, after) = match self.attempt(what, path, body)? {
                Attempt::Done(bytes) => return Ok(bytes),
                Attempt::Again { cause, after } => (cause, after),
            };
            if tries > RETRIES || after.is_some_and(|seconds| seconds > LONGEST_RETRY_AFTER) {
                return Err(ServiceError::GaveUp { what: what.to_owned(), cause, tries });
            }
            let wait = after.map_or(delay, Duration::from_secs);
            eprintln!("{what}: {cause}; trying again in {} s", wait.as_secs());
            std::thread::sleep(wait);
            delay = (delay * 2).min(LONGEST_DELAY);
        }
    }

    fn attempt(&self, what: &str, path: &str, body: Option<&Value>) -> Result<Attempt> {
        let url = format!("{}{path}?api-version={API_VERSION}", self.base);
        let answer = match body {
            Some(body) => self.agent.post(&url).header("api-key", &self.key).send_json(body),
            None => self.agent.get(&url).header("api-key", &self.key).header("accept", "application/json").call(),
        };
        let mut answer = match answer {
            Ok(answer) => answer,
            Err(error) => return again(what, &error),
        };
        let status = answer.status().as_u16();
        let after = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()).and_then(seconds);
        let bytes = match answer.body_mut().with_config().limit(MAX_ANSWER).read_to_vec() {
            Ok(bytes) => bytes,
            Err(error) if status == 200 => return again(what, &error),
            Err(_) => Vec::new(),
        };
        let what = || what.to_owned();
        match status {
            200 => Ok(Attempt::Done(bytes)),
            429 | 503 => Ok(Attempt::Again { cause: format!("the service answers {status}"), after }),
            401 | 403 => Err(ServiceError::Refused { what: what(), status }),
            404 => Err(ServiceError::Missing { what: what() }),
            300..=399 => Err(ServiceError::Status { what: what(), status, said: ", a redirect, which is not followed".to_owned() }),
            _ => Err(ServiceError::Status { what: what(), status, said: message(&bytes) }),
        }
    }
}

/// What broke on the way is tried again; what would break again is not.
fn again(what: &str, error: &ureq::Error) -> Result<Attempt> {
    let cause = error.to_string();
    match error {
        ureq::Error::Io(_) | ureq::Error::Timeout(_) | ureq::Error::ConnectionFailed | ureq::Error::Protocol(_) => {
            Ok(Attempt::Again { cause, after: None })
        }
        _ => Err(ServiceError::Failed { what: what.to_owned(), cause }),
    }
}

/// Whether an address is plain HTTP, which only this machine may have.
fn check_address(url: &str) -> Result<bool> {
    let wrong = |what| ServiceError::Address { url: url.chars().take(200).collect(), what };
    let parsed: Uri = url.parse().map_err(|_| wrong("write https://NAME.search.windows.net"))?;
    let host = parsed.host().filter(|host| !host.is_empty()).ok_or_else(|| wrong("it names no host"))?;
    if parsed.query().is_some() || parsed.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(wrong("write it without a user and without parameters"));
    }
    let address: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
    let here = host.eq_ignore_ascii_case("localhost") || address.is_some_and(|address| address.is_loopback());
    match parsed.scheme_str() {
        Some("https") => Ok(false),
        Some("http") if here => Ok(true),
        Some("http") => Err(wrong("the key would travel in plain text; use https (http only to this machine)")),
        _ => Err(wrong("it begins with neither https:// nor http://")),
    }
}

/// `Retry-After`: seconds, or the date of HTTP.
fn seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    let format = time::macros::format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    let until = time::PrimitiveDateTime::parse(text, &format).ok()?.assume_utc();
    let left = until - time::OffsetDateTime::now_utc();
    Some(u64::try_from(left.whole_seconds()).unwrap_or(0))
}

fn object(what: &str, bytes: &[u8]) -> Result<Map<String, Value>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| ServiceError::Answer { what: what.to_owned(), cause: error.to_string() })
}

/// What an error's body says, shortened.
fn message(bytes: &[u8]) -> String {
    let body: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let said = body.pointer("/error/message").and_then(Value::as_str).unwrap_or_default();
    let said: String = said.chars().filter(|letter| !letter.is_control()).take(300).collect();
    if said.is_empty() { said } else { format!(": {said}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for (url, plain) in [
            ("https://a.search.windows.net", Some(false)),
            ("https://a.search.windows.net/", Some(false)),
            ("http://127.0.0.1:7700", Some(true)),
            ("http://127.9.9.9", Some(true)),
            ("http://[::1]:7700", Some(true)),
            ("http://LOCALHOST:1", Some(true)),
            ("http://search.example", None),
            ("http://127.0.0.1.example", None),
            ("http://127.0.0.1@search.example", None),
            ("http://localhost.example", None),
            ("ftp://127.0.0.1", None),
            ("https://a.example?key=1", None),
            ("a.search.windows.net", None),
            ("", None),
        ] {
            assert_eq!(check_address(url).ok(), plain, "{url}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        for (text, expected) in [("7", Some(7)), (" 0 ", Some(0)), ("Wed, 21 Oct 2015 07:28:00 GMT", Some(0)), ("soon", None), ("-1", None)]
        {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
