//! Accounts as a client sees them: paths, statuses, names on the wire.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::Service as _;

use crate::accounts::{Cost, Settings};
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Rates};
use crate::limits::Rate;

const PASSWORD: &str = "correct horse battery";

struct Client {
    router: Router,
    _folder: TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Client {
    async fn new() -> Client {
        Client::with(Rates::default()).await
    }

    async fn with(rates: Rates) -> Client {
        let folder = TempDir::new().unwrap();
        let mut config = Config { rates, ..Config::default() };
        config.server.data_dir = folder.path().to_owned();
        config.server.listen = ([127, 0, 0, 1], 0).into();
        config.security.admin_key = Some("admin".to_owned());
        config.security.query_key = Some("query".to_owned());
        let accounts = Settings { cost: Cost { memory: 8, passes: 1, lanes: 1 }, ..Settings::default() };
        let app = App::assemble(config, accounts, Clock::System).await.unwrap();
        Client { router: app.router(), _folder: folder }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let (head, body) = self.router.clone().call(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: head.status, headers: head.headers, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }

    async fn call(&self, method: Method, path: &str, token: &str, body: Value) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(request.body(body).unwrap()).await
    }

    async fn get(&self, path: &str, token: &str) -> Answer {
        self.call(Method::GET, path, token, Value::Null).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, "", body).await
    }

    async fn with_admin_key(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = Request::builder().method(method).uri(path).header("api-key", "admin");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// A user's id and access token.
    async fn user(&self, name: &str) -> (String, String) {
        let email = format!("{}@example.org", name.to_lowercase());
        let answer = self.post("/v1/accounts", json!({"email": email, "password": PASSWORD, "name": name})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        (text(&answer.body["userId"]), text(&answer.body["accessToken"]))
    }
}

impl Answer {
    #[track_caller]
    fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status.as_u16(), self.body["error"]["code"].as_str()), (status, Some(code)), "{}", self.body);
        assert!(self.body["error"]["message"].is_string());
    }

    #[track_caller]
    fn is(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_guest_comes_in_with_a_name() {
    let client = Client::new().await;
    let answer = client.post("/v1/guests", json!({"name": " Zoe ", "more": 1})).await;
    answer.is(201);
    assert_eq!(answer.headers["cache-control"], "no-store");
    let me = client.get("/v1/me", &text(&answer.body["token"])).await;
    assert_eq!((&me.body["name"], &me.body["role"], &me.body["userId"]), (&json!("Zoe"), &json!("guest"), &answer.body["userId"]));
    for (body, field) in [(json!({}), "name"), (json!({"name": 5}), "name"), (json!({"name": "\u{7}"}), "name"), (json!([]), "body")] {
        let answer = client.post("/v1/guests", body).await;
        answer.refused(400, "BAD_REQUEST");
        assert!(answer.body["error"]["message"].as_str().unwrap().contains(field));
    }
    client.post("/v1/guests", json!({"name": "x".repeat(20_000)})).await.refused(413, "TOO_LARGE");
    let request = Request::builder().method("POST").uri("/v1/guests").header("authorization", "Bearer over");
    client.send(request.body(Body::from(r#"{"name":"Zoe"}"#)).unwrap()).await.is(201);
}

#[tokio::test]
async fn signing_up_in_and_out() {
    let client = Client::new().await;
    let sign_up = json!({"email": "ada@example.org", "password": PASSWORD, "name": "Ada"});
    let made = client.post("/v1/accounts", sign_up.clone()).await;
    made.is(201);
    assert_eq!(made.body["expiresIn"], 900);
    client.post("/v1/accounts", sign_up).await.refused(409, "CONFLICT");
    client.post("/v1/sessions", json!({"email": "ada@example.org", "password": "wrong"})).await.refused(401, "UNAUTHORIZED");
    let second = client.post("/v1/sessions", json!({"email": "ada@example.org", "password": PASSWORD})).await;
    second.is(201);
    let renewed = client.post("/v1/sessions/refresh", json!({"refreshToken": second.body["refreshToken"]})).await;
    renewed.is(200);
    let token = text(&renewed.body["accessToken"]);
    let sessions = client.get("/v1/sessions", &token).await;
    assert_eq!(sessions.body["sessions"].as_array().unwrap().len(), 2);
    let other = sessions.body["sessions"].as_array().unwrap().iter().find(|one| one["current"] == false).unwrap();
    client.call(Method::DELETE, &format!("/v1/sessions/{}", text(&other["id"])), &token, Value::Null).await.is(204);
    client.get("/v1/me", &text(&made.body["accessToken"])).await.refused(401, "UNAUTHORIZED");
    client.call(Method::DELETE, "/v1/sessions/current", &token, Value::Null).await.is(204);
    let out = client.get("/v1/me", &token).await;
    out.refused(401, "UNAUTHORIZED");
    assert_eq!(out.headers["www-authenticate"], "Bearer");
    client.post("/v1/sessions/refresh", json!({"refreshToken": renewed.body["refreshToken"]})).await.refused(401, "UNAUTHORIZED");
    let third = client.post("/v1/sessions", json!({"email": "ada@example.org", "password": PASSWORD})).await;
    let token = text(&third.body["accessToken"]);
    client.call(Method::DELETE, "/v1/sessions", &token, Value::Null).await.is(204);
    client.get("/v1/me", &token).await.refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_guest_signs_up_and_keeps_his_id_and_name() {
    let client = Client::new().await;
    let guest = client.post("/v1/guests", json!({"name": "Zoe"})).await;
    let token = text(&guest.body["token"]);
    let body = json!({"email": "zoe@example.org", "password": PASSWORD});
    let made = client.call(Method::POST, "/v1/accounts", &token, body.clone()).await;
    made.is(201);
    assert_eq!(made.body["userId"], guest.body["userId"]);
    assert_eq!(client.get("/v1/me", &text(&made.body["accessToken"])).await.body["name"], "Zoe");
    client.call(Method::POST, "/v1/accounts", &token, body).await.refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn an_account_is_read_changed_exported_and_erased() {
    let client = Client::new().await;
    let (_, token) = client.user("Ada").await;
    let change = json!({"name": "Ada L", "avatar": "\u{1f3b8}", "privacy": {"discoverable": true}});
    client.call(Method::PATCH, "/v1/me", &token, change).await.is(200);
    let me = client.get("/v1/me", &token).await.body;
    assert_eq!((&me["name"], &me["email"], &me["role"]), (&json!("Ada L"), &json!("ada@example.org"), &json!("user")));
    assert_eq!(me["privacy"], json!({"discoverable": true, "shareTaste": false, "presence": false}));
    let wrong = client.call(Method::PATCH, "/v1/me", &token, json!({"privacy": {"presence": "yes"}})).await;
    wrong.refused(400, "BAD_REQUEST");
    let export = client.get("/v1/me/export", &token).await;
    export.is(200);
    assert_eq!(export.body["account"]["name"], "Ada L");
    let passwords = json!({"password": PASSWORD, "newPassword": "another password"});
    client.call(Method::PUT, "/v1/me/password", &token, passwords).await.is(204);
    client.call(Method::DELETE, "/v1/me", &token, json!({"password": PASSWORD})).await.refused(401, "UNAUTHORIZED");
    client.call(Method::DELETE, "/v1/me", &token, Value::Null).await.refused(400, "BAD_REQUEST");
    client.call(Method::DELETE, "/v1/me", &token, json!({"password": "another password"})).await.is(204);
    client.get("/v1/me", &token).await.refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn people_are_found_followed_and_blocked() {
    let client = Client::new().await;
    let ((ada, ada_token), (bob, bob_token)) = (client.user("Ada").await, client.user("Bob").await);
    client.call(Method::PATCH, "/v1/me", &ada_token, json!({"privacy": {"discoverable": true}})).await.is(200);
    let found = client.get("/v1/people?name=AD", &bob_token).await;
    assert_eq!(found.body, json!({"people": [{"userId": ada, "name": "Ada", "avatar": null}], "next": null}));
    client.get("/v1/people", &bob_token).await.refused(400, "BAD_REQUEST");
    client.get("/v1/people?name=ad", "").await.refused(401, "UNAUTHORIZED");
    client.call(Method::PUT, &format!("/v1/people/{ada}/follow"), &bob_token, Value::Null).await.is(204);
    assert_eq!(client.get("/v1/me/followers", &ada_token).await.body["people"][0]["userId"], json!(bob));
    assert_eq!(client.get("/v1/me/following", &bob_token).await.body["people"][0]["userId"], json!(ada));
    client.call(Method::DELETE, &format!("/v1/people/{ada}/follow"), &bob_token, Value::Null).await.is(204);
    client.call(Method::PUT, &format!("/v1/people/{bob}/block"), &ada_token, Value::Null).await.is(204);
    client.get(&format!("/v1/people/{ada}"), &bob_token).await.refused(404, "NOT_FOUND");
    assert_eq!(client.get("/v1/me/blocked", &ada_token).await.body["people"][0]["userId"], json!(bob));
    client.call(Method::DELETE, &format!("/v1/people/{bob}/block"), &ada_token, Value::Null).await.is(204);
    client.get(&format!("/v1/people/{ada}"), &bob_token).await.is(200);
    client.get("/v1/me/followers?after=%2F", &ada_token).await.refused(400, "BAD_REQUEST");
}

#[tokio::test]
async fn the_admin_key_gives_roles_and_venues() {
    let client = Client::new().await;
    let ((ada, ada_token), (bob, _)) = (client.user("Ada").await, client.user("Bob").await);
    let role = format!("/v1/people/{ada}/role");
    client.call(Method::PUT, &role, &ada_token, json!({"role": "admin"})).await.refused(403, "FORBIDDEN");
    client.call(Method::PUT, &role, "", json!({"role": "admin"})).await.refused(401, "UNAUTHORIZED");
    client.with_admin_key(Method::PUT, &role, json!({"role": "king"})).await.refused(400, "BAD_REQUEST");
    client.with_admin_key(Method::PUT, &role, json!({"role": "admin"})).await.is(204);
    let log_in = client.post("/v1/sessions", json!({"email": "ada@example.org", "password": PASSWORD})).await;
    let ada_token = text(&log_in.body["accessToken"]);
    client.call(Method::PUT, &format!("/v1/venue-owners/bar-1/{bob}"), &ada_token, Value::Null).await.is(204);
    let owners = client.with_admin_key(Method::GET, "/v1/venue-owners/bar-1", Value::Null).await;
    assert_eq!(owners.body["owners"][0]["userId"], json!(bob));
    let log_in = client.post("/v1/sessions", json!({"email": "bob@example.org", "password": PASSWORD})).await;
    let bob_token = text(&log_in.body["accessToken"]);
    assert_eq!(client.get("/v1/me/venues", &bob_token).await.body["venues"][0]["venue"], "bar-1");
    client.call(Method::DELETE, &format!("/v1/venue-owners/bar-1/{bob}"), &bob_token, Value::Null).await.is(204);
    client.get("/v1/venue-owners/bar-1", &bob_token).await.refused(403, "FORBIDDEN");
}

#[tokio::test]
async fn limits_count_by_address_and_say_when_to_come_back() {
    let few = Rate { per_second: 0.01, burst: 1.0 };
    let client = Client::with(Rates { guests: few, ..Rates::default() }).await;
    let from = |address: &str| {
        let address: SocketAddr = address.parse().unwrap();
        let request = Request::builder().method("POST").uri("/v1/guests").extension(ConnectInfo(address));
        request.body(Body::from(r#"{"name":"Zoe"}"#)).unwrap()
    };
    client.send(from("192.0.2.1:1000")).await.is(201);
    let limited = client.send(from("192.0.2.1:2000")).await;
    limited.refused(429, "RATE_LIMITED");
    let wait = limited.body["error"]["retryAfterMs"].as_u64().unwrap();
    let seconds: u64 = limited.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(wait > 0 && seconds * 1000 >= wait && seconds * 1000 < wait + 1000);
    client.send(from("192.0.2.2:1000")).await.is(201);
}

#[tokio::test]
async fn the_indexes_keep_their_paths() {
    let client = Client::new().await;
    let theirs = [
        (Method::GET, "/v1/users"),
        (Method::GET, "/v1/venues"),
        (Method::GET, "/v1/songs"),
        (Method::GET, "/v1/users/search?q=x"),
        (Method::POST, "/v1/users/documents"),
        (Method::GET, "/v1/users/documents/me"),
        (Method::GET, "/v1/venues/documents/people"),
    ];
    for (method, path) in theirs {
        let answer = client.call(method, path, "", Value::Null).await;
        assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert!(!answer.headers.contains_key("cache-control"), "{path} is answered by accounts");
    }
}
