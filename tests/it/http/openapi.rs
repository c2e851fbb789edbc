//! The description of `/v1` against a running server.

use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Server, agent};
use crate::taste::trained;

#[test]
fn every_operation_described_is_there_and_every_reference_leads_somewhere() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let (status, description) = server.get("/v1/openapi.json");
    assert_eq!((status, description["openapi"].as_str()), (200, Some("3.1.0")));
    assert_eq!(description["info"]["version"], env!("CARGO_PKG_VERSION"));
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let url = ["{index}", "{key}", "{user}", "{id}", "{name}", "{venue}", "{code}", "{picture}", "{session}"]
                .iter()
                .fold(path.clone(), |url, part| url.replace(part, "none"));
            let (status, body) = match method.as_str() {
                "get" => server.get(&url),
                "post" => server.post(&url, b"[]"),
                "put" => server.put(&url, b"[]"),
                "patch" => server.patch(&url, b"[]"),
                "delete" => server.delete(&url),
                other => panic!("{other} is not tried here"),
            };
            let described = operation["responses"].get(status.to_string()).is_some();
            assert!(described, "{method} {path} answers {status}: {body}");
            let message = body["error"]["message"].as_str().unwrap_or_default();
            assert!(!message.starts_with("there is nothing at"), "{method} {path} is no route");
        }
    }
    follow(&description, &description);
}

/// What a call needs to say who calls.
#[derive(Clone, Copy)]
enum As<'a> {
    Nobody,
    AdminKey,
    Token(&'a str),
}

/// A call and the route it is of.
struct Call<'a> {
    method: &'a str,
    route: &'a str,
    path: String,
    caller: As<'a>,
    body: Option<Value>,
}

fn call<'a>(method: &'a str, route: &'a str, parts: &[(&str, &str)], caller: As<'a>, body: Option<Value>) -> Call<'a> {
    let path = parts.iter().fold(route.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
    Call { method, route, path, caller, body }
}

/// Sends a call: status and JSON.
fn send(server: &Server, call: &Call<'_>) -> (u16, Value) {
    let mut request = ureq::http::Request::builder().method(call.method).uri(format!("{}{}", server.base, call.path));
    match call.caller {
        As::Nobody => {}
        As::AdminKey => request = request.header("api-key", ADMIN_KEY),
        As::Token(token) => request = request.header("authorization", format!("Bearer {token}")),
    }
    let body = call.body.as_ref().map(Value::to_string).unwrap_or_default();
    let request = request.header("content-type", "application/json").body(body).unwrap();
    let mut answer = agent().run(request).unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// Calls as somebody who sees everything there is, of every area.
fn calls<'a>(user: &'a str, user_id: &'a str, host: &'a str, room: &'a str, code: &'a str) -> Vec<Call<'a>> {
    let (nobody, key, user, host) = (As::Nobody, As::AdminKey, As::Token(user), As::Token(host));
    let id = &[("id", room)][..];
    vec![
        call("GET", "/healthz", &[], nobody, None),
        call("GET", "/readyz", &[], nobody, None),
        call("GET", "/v1", &[], nobody, None),
        call("GET", "/v1/{index}", &[("index", "songs")], nobody, None),
        call("GET", "/v1/{index}/documents/{key}", &[("index", "songs"), ("key", "s1")], nobody, None),
        call("POST", "/v1/{index}/documents", &[("index", "songs")], key, Some(json!({"id": "new", "title": "New"}))),
        call("GET", "/v1/me", &[], user, None),
        call("PATCH", "/v1/me", &[], user, Some(json!({"avatar": "x"}))),
        call("GET", "/v1/me/export", &[], user, None),
        call("GET", "/v1/me/followers", &[], user, None),
        call("GET", "/v1/me/venues", &[], user, None),
        call("GET", "/v1/sessions", &[], user, None),
        call("GET", "/v1/people/{id}", &[("id", user_id)], user, None),
        call("GET", "/v1/venue-owners/{venue}", &[("venue", "v1")], key, None),
        call("POST", "/v1/me/taste", &[], user, Some(json!({"likes": ["s1"]}))),
        call("GET", "/v1/recommendations/users/{user}", &[("user", "u1")], nobody, None),
        call("POST", "/v1/recommendations/songs", &[], nobody, Some(json!({"likes": ["s1"]}))),
        call("POST", "/v1/recommendations/playlists", &[], nobody, Some(json!({"songs": ["s1", "s4"]}))),
        call("POST", "/v1/recommendations/groups", &[], nobody, Some(json!({"members": [{"user": "u0"}, {"user": "u1"}]}))),
        call("GET", "/v1/recommendations/start", &[], nobody, None),
        call("GET", "/v1/recommendations/quiz", &[], nobody, None),
        call("GET", "/v1/recommendations/similar/songs/{id}", &[("id", "s1")], nobody, None),
        call("GET", "/v1/recommendations/similar/users/{id}", &[("id", "u1")], nobody, None),
        call("GET", "/v1/taste", &[], nobody, None),
        call("GET", "/v1/venues/{venue}/style", &[("venue", "v1")], key, None),
        call("GET", "/v1/rooms/by-code/{code}", &[("code", code)], nobody, None),
        call("GET", "/v1/rooms/{id}", id, nobody, None),
        call("GET", "/v1/rooms/{id}/state", id, host, None),
        call("GET", "/v1/rooms/{id}/log", id, host, None),
        call("GET", "/v1/rooms/{id}/history", id, host, None),
        call("GET", "/v1/rooms/{id}/playlist", id, host, None),
        call("GET", "/v1/rooms/{id}/taste", id, host, None),
        call("POST", "/v1/rooms/{id}/code", id, host, None),
        call("GET", "/v1/rooms/{id}/state", id, nobody, None),
        call("GET", "/v1/rooms/{id}/state", id, user, None),
        call("GET", "/v1/recommendations/users/{user}", &[("user", "nobody")], nobody, None),
        call("POST", "/v1/interactions", &[], key, Some(json!([{"user": "u1", "item": "s1", "kind": "like"}]))),
        call("POST", "/v1/interactions", &[], nobody, Some(json!([]))),
    ]
}

#[test]
fn answers_are_what_the_description_says() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    trained(&server);
    let description = server.get("/v1/openapi.json").1;
    let sign_up = json!({"email": "ada@example.org", "password": "correct horse battery", "name": "Ada"});
    let signed_in = server.post("/v1/accounts", sign_up.to_string().as_bytes()).1;
    let (user, user_id) = (signed_in["accessToken"].as_str().unwrap(), signed_in["userId"].as_str().unwrap());
    let guest = server.post("/v1/guests", br#"{"name": "Zoe"}"#).1;
    let host = guest["token"].as_str().unwrap();
    let made = send(&server, &call("POST", "/v1/rooms", &[], As::Token(host), Some(json!({"name": "Party"})))).1;
    let (room, code) = (made["id"].as_str().unwrap(), made["code"].as_str().unwrap());
    for (op, payload) in [
        ("song:add", json!({"songId": "s1"})),
        ("song:add", json!({"songId": "s2"})),
        ("play:start", json!({})),
        ("chat:send", json!({"text": "hi"})),
    ] {
        let path = format!("/v1/rooms/{room}/commands/{op}");
        let (status, answer) = send(&server, &Call { method: "POST", route: "", path, caller: As::Token(host), body: Some(payload) });
        assert_eq!(status, 200, "{op}: {answer}");
    }
    for call in calls(user, user_id, host, room, code) {
        let (status, answer) = send(&server, &call);
        let name = format!("{} {} answered {status}", call.method, call.path);
        let operation = &description["paths"][call.route][call.method.to_lowercase()];
        let described = &operation["responses"][status.to_string()];
        assert!(described.is_object(), "{name}, which is not described: {answer}");
        let schema = described.pointer("/content/application~1json/schema");
        if let Some(Err(what)) = schema.map(|schema| fits(&description, schema, &answer)) {
            panic!("{name}, and {what}: {answer}");
        }
        let open = operation["security"].is_null();
        assert!(status != 401 || !open, "{name}, and the description names no credential");
    }
}

/// Whether a value is what a schema says, with nothing that is not described.
fn fits(whole: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return fits(whole, whole.pointer(&reference[1..]).unwrap(), value);
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let found = choices.iter().any(|one| fits(whole, one, value).is_ok());
            return if found { Ok(()) } else { Err(format!("{value} is none of its choices")) };
        }
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return Ok(()),
    };
    let is = |kind: &&str| match *kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    if !kinds.iter().any(is) {
        return Err(format!("{value} is no {}", kinds.join(" or ")));
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        return Err(format!("{value} is none of its words"));
    }
    if let (Some(items), false) = (value.as_array(), schema["items"].is_null()) {
        return items.iter().try_for_each(|item| fits(whole, &schema["items"], item));
    }
    value.as_object().map_or(Ok(()), |members| object_fits(whole, schema, members))
}

fn object_fits(whole: &Value, schema: &Value, members: &serde_json::Map<String, Value>) -> Result<(), String> {
    let (properties, others) = (schema["properties"].as_object(), &schema["additionalProperties"]);
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !members.contains_key(name) {
            return Err(format!("`{name}` is missing"));
        }
    }
    for (name, member) in members {
        let within = |what: String| format!("`{name}`: {what}");
        match properties.and_then(|known| known.get(name)) {
            Some(known) => fits(whole, known, member).map_err(within)?,
            None if others.is_object() => fits(whole, others, member).map_err(within)?,
            None if properties.is_some() && others.is_null() => return Err(format!("`{name}` is not described")),
            None => {}
        }
    }
    Ok(())
}

fn follow(whole: &Value, part: &Value) {
    match part {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                assert!(whole.pointer(&reference[1..]).is_some(), "{reference} leads nowhere");
            }
            members.values().for_each(|member| follow(whole, member));
        }
        Value::Array(items) => items.iter().for_each(|item| follow(whole, item)),
        _ => {}
    }
}
