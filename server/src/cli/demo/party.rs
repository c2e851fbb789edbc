//! The demo's party: a room with guests who are there, like different things, and have put songs into the queue. All of it goes through
//! the API, as any client's would.

use std::io::Write as _;
use std::path::Path;

use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::access::api_keys::private;

/// Guests: a name, what they like, and what they say.
const GUESTS: [(&str, &str, &str); 4] = [
    ("Ana", "house", "Is it too early to dance?"),
    ("Ben", "indie rock", "It is never too early"),
    ("Chloé", "city pop", "Vote for mine, it has a saxophone 🎷"),
    ("Dimitri", "funk", "Voted!"),
];

/// A party that goes on, also when the demo is started again.
#[derive(Serialize, Deserialize)]
pub(super) struct Party {
    pub(super) code: String,
    pub(super) id: String,
    /// The host's.
    pub(super) token: String,
    /// A screen's, which is no guest.
    pub(super) screen: String,
    /// The guests'.
    guests: Vec<String>,
}

/// A client of a server.
struct Client<'a> {
    base: &'a str,
    /// The admin key: the room is a venue's.
    key: &'a str,
}

impl Client<'_> {
    fn post(&self, path: &str, token: &str, body: Value) -> Result<Value, ureq::Error> {
        let request = ureq::post(format!("{}{path}", self.base)).header("api-key", self.key);
        let request = if token.is_empty() { request } else { request.header("authorization", format!("Bearer {token}")) };
        request.send_json(body)?.body_mut().read_json()
    }

    fn op(&self, room: &str, token: &str, name: &str, payload: Value) -> Result<Value, ureq::Error> {
        self.post(&format!("/v1/rooms/{room}/commands/{name}"), token, payload)
    }

    fn is_open(&self, room: &str) -> bool {
        let summary =
            ureq::get(format!("{}/v1/rooms/{room}", self.base)).call().and_then(|mut answer| answer.body_mut().read_json::<Value>());
        summary.is_ok_and(|room| room["open"] == true)
    }

    /// The best known songs of a genre.
    fn songs(&self, genre: &str, top: usize) -> Result<Vec<String>, ureq::Error> {
        let filter = format!("genres/any(g: g eq '{genre}')").replace(' ', "%20").replace('\'', "%27");
        let path = format!("{}/v1/songs/search?filter={filter}&sort=popularity%20desc&select=id&top={top}", self.base);
        let found: Value = ureq::get(path).call()?.body_mut().read_json()?;
        Ok(found["hits"].as_array().into_iter().flatten().filter_map(|hit| hit["key"].as_str().map(str::to_owned)).collect())
    }
}

/// Goes on with the party of an earlier start, or begins one. Its guests stay as long as the process runs.
pub(super) fn go_on(base: &str, key: &str, venue: Option<&str>, folder: &Path) -> Result<Party, ureq::Error> {
    let file = folder.join("demo-party.json");
    let client = Client { base, key };
    let earlier = std::fs::read(&file).ok().and_then(|kept| serde_json::from_slice::<Party>(&kept).ok());
    let party = match earlier.filter(|party| client.is_open(&party.id)) {
        Some(party) => party,
        None => begin(base, key, venue)?,
    };
    if let Err(error) = serde_json::to_vec(&party).map_err(std::io::Error::from).and_then(|kept| private(&file)?.write_all(&kept)) {
        tracing::warn!(%error, "the next start of the demo begins another party");
    }
    // The queue may be empty, or something plays already.
    let _ = client
        .op(&party.id, &party.token, "play:resume", json!({}))
        .or_else(|_| client.op(&party.id, &party.token, "play:start", json!({})));
    stay(base, &party.id, &party.guests);
    Ok(party)
}

/// Makes the room of a venue, or one of nobody's, with guests and songs.
fn begin(base: &str, key: &str, venue: Option<&str>) -> Result<Party, ureq::Error> {
    let client = Client { base, key };
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let host = client.post("/v1/guests", "", json!({"name": "Host"}))?;
    let token = text(&host, "token");
    let path = venue.map_or_else(|| "/v1/rooms".to_owned(), |venue| format!("/v1/venues/{venue}/room"));
    let open = venue.and_then(|venue| ureq::get(format!("{base}/v1/venues/{venue}/room")).call().ok()).is_some();
    let path = if open { "/v1/rooms".to_owned() } else { path };
    let room = client.post(&path, &token, json!({"name": "Demo party"}))?;
    let (id, code) = (text(&room, "id"), text(&room, "code"));
    let mut items: Vec<String> = Vec::new();
    let mut tokens = Vec::new();
    for (name, genre, _) in GUESTS {
        let guest = text(&client.post("/v1/guests", "", json!({"name": name}))?, "token");
        let songs = client.songs(genre, 8)?;
        client.post("/v1/me/taste", &guest, json!({"likes": songs}))?;
        client.post(&format!("/v1/rooms/{id}/join"), &guest, json!({"name": name}))?;
        for song in songs.iter().skip(2).take(2) {
            // Two genres share songs: a song that waits already is no reason to have no party.
            if let Ok(added) = client.op(&id, &guest, "song:add", json!({"songId": song})) {
                items.push(text(&added, "item"));
            }
        }
        tokens.push(guest);
    }
    client.op(&id, &token, "play:start", json!({}))?;
    for (number, guest) in tokens.iter().enumerate() {
        for item in items.iter().skip(number + 2).step_by(3) {
            // The song that plays waits no more.
            let _ = client.op(&id, guest, "song:vote", json!({"item": item, "vote": "up"}));
        }
    }
    for ((_, _, says), guest) in GUESTS.iter().zip(&tokens) {
        client.op(&id, guest, "chat:send", json!({"text": says}))?;
    }
    Ok(Party { screen: text(&room, "screenToken"), code, id, token, guests: tokens })
}

/// Keeps the guests in the room, connected as a client of the plain stream.
fn stay(base: &str, room: &str, tokens: &[String]) {
    let urls: Vec<String> =
        tokens.iter().map(|token| format!("{}/v1/rooms/{room}/stream?token={token}", base.replacen("http", "ws", 1))).collect();
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            let guests = urls.into_iter().map(|url| async move {
                if let Ok((mut stream, _)) = tokio_tungstenite::connect_async(url).await {
                    while let Some(Ok(_)) = stream.next().await {}
                }
            });
            futures_util::future::join_all(guests).await;
        });
    });
}
