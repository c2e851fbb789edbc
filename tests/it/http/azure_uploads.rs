//! What Azure's quickstarts send to be indexed, and the versions they name.

use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Server};

const STABLE: &str = "api-version=2026-04-01";

fn hotels(server: &Server) {
    let definition = json!({"name": "hotels", "fields": [
        {"name": "HotelId", "type": "Edm.String", "key": true, "filterable": true},
        {"name": "HotelName", "type": "Edm.String", "searchable": true},
        {"name": "ParkingIncluded", "type": "Edm.Boolean", "filterable": true, "facetable": true},
        {"name": "LastRenovationDate", "type": "Edm.DateTimeOffset", "filterable": true, "sortable": true},
        {"name": "Rating", "type": "Edm.Double", "filterable": true, "sortable": true},
        {"name": "Rooms", "type": "Collection(Edm.ComplexType)", "fields": [
            {"name": "SleepsCount", "type": "Edm.Int32", "filterable": true}, {"name": "Smoking", "type": "Edm.Boolean", "filterable": true}]}]});
    let (status, answer) = server.put(&format!("/indexes/hotels?{STABLE}"), definition.to_string().as_bytes());
    assert_eq!(status, 201, "{answer}");
}

fn look_up(server: &Server, key: &str) -> (u16, Value) {
    server.get_as_admin(&format!("/indexes/hotels/docs/{key}?{STABLE}"))
}

fn upload(server: &Server, documents: &Value) -> (u16, Value) {
    server.post(&format!("/indexes/hotels/docs/index?{STABLE}"), json!({ "value": documents }).to_string().as_bytes())
}

#[test]
fn text_for_booleans_numbers_and_dates_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    hotels(&server);
    let hotel = json!({"@search.action": "upload", "HotelId": "1", "HotelName": "Stay-Kay City", "ParkingIncluded": "false", "Rating": "3.60",
        "LastRenovationDate": "2022-01-18T00:00:00Z", "Rooms": [{"SleepsCount": "2", "Smoking": "True"}]});
    let (status, answer) = upload(&server, &json!([hotel]));
    assert_eq!(status, 200, "{answer}");
    let kept = look_up(&server, "1").1;
    assert_eq!((&kept["ParkingIncluded"], &kept["Rating"]), (&json!(false), &json!(3.6)), "{kept}");
    assert_eq!(kept["Rooms"], json!([{"SleepsCount": 2, "Smoking": true}]), "{kept}");
    let filter = "ParkingIncluded%20eq%20false%20and%20Rooms/any(r:%20r/Smoking%20and%20r/SleepsCount%20eq%202)";
    // What is written is seen by searches a moment later.
    server.wait_for(&format!("/indexes/hotels/docs?{STABLE}&api-key={ADMIN_KEY}&$count=true&$filter={filter}"), |found| {
        found["@odata.count"] == 1
    });
    let merged = upload(&server, &json!([{"@search.action": "merge", "HotelId": "1", "ParkingIncluded": "true"}]));
    assert_eq!(merged.0, 200, "{}", merged.1);
    assert_eq!(look_up(&server, "1").1["ParkingIncluded"], true);
    // What reads as no such value refuses the whole batch.
    let (status, answer) =
        upload(&server, &json!([{"HotelId": "2", "ParkingIncluded": "true"}, {"HotelId": "3", "ParkingIncluded": "perhaps"}]));
    assert_eq!(status, 400, "{answer}");
    assert!(answer["error"]["message"].as_str().unwrap().contains("ParkingIncluded"), "{answer}");
    assert_eq!(look_up(&server, "2").0, 404);
}

#[test]
fn previews_are_served_as_the_stable_version_before_them() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    hotels(&server);
    let search = |version: &str, body: &Value| server.post(&format!("/indexes/hotels/docs/search?{version}"), body.to_string().as_bytes());
    let all = json!({"search": "*"});
    for version in ["2020-06-30-Preview", "2024-05-01-preview", "2025-11-01-preview"] {
        assert_eq!(search(&format!("api-version={version}"), &all).0, 200, "{version}");
    }
    for version in ["2019-05-06-Preview", "2024-13-01-preview", "2024-05-01-beta", "latest", "2024-05-02"] {
        let (status, answer) = search(&format!("api-version={version}"), &all);
        assert_eq!(status, 400, "{version}: {answer}");
    }
    assert_eq!(search("", &all).0, 400);
    let (status, answer) = search("api-version=2025-11-01-preview", &json!({"search": "*", "queryRewrites": "generative"}));
    assert_eq!(status, 400);
    assert!(answer["error"]["message"].as_str().unwrap().contains("queryRewrites"), "{answer}");
}
