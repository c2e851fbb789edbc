//! The description of `/v1` against a running server.

use serde_json::Value;

use crate::support::Server;

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
