//! `tutti rooms`: a room in the terminal.

use std::collections::HashMap;
use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

/// Follow what happens in a room.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tutti rooms watch K7M2QX
  tutti rooms watch K7M2QX --json | jq .data.type
  tutti rooms watch K7M2QX --server http://party.example:7070 --token \"$TOKEN\"

Without a token it joins as a guest named `watcher`. Ctrl-C ends it. A lost connection is made again, and what was
missed is shown.")]
pub(super) struct Rooms {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Print everything that happens in a room
    Watch(Watch),
}

#[derive(clap::Args)]
struct Watch {
    /// The room's code, or its id
    code: String,
    /// The server
    #[arg(long, default_value = "http://127.0.0.1:7070", env = "TUTTI_SERVER")]
    server: String,
    /// A token; otherwise a guest's is made
    #[arg(long, env = "TUTTI_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Print each message as the JSON that it is
    #[arg(long)]
    json: bool,
}

impl Rooms {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let What::Watch(watch) = self.what;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start the runtime")?;
        runtime.block_on(watch.run())
    }
}

/// What is known of the room.
#[derive(Default)]
struct Seen {
    rev: Option<u64>,
    names: HashMap<String, String>,
    items: HashMap<String, String>,
}

impl Watch {
    async fn run(self) -> anyhow::Result<()> {
        let Some(host) = self.server.trim_end_matches('/').strip_prefix("http://") else {
            bail!("`{}` is not an address like http://127.0.0.1:7070", self.server);
        };
        let token = match self.token.clone() {
            Some(token) => token,
            None => self.guest().await?,
        };
        let mut seen = Seen::default();
        loop {
            let since = seen.rev.map_or(String::new(), |rev| format!("&since={rev}"));
            let url = format!("ws://{host}/v1/rooms/{}/stream?token={token}{since}", self.code);
            match tokio_tungstenite::connect_async(url).await {
                Ok((mut socket, _)) => {
                    while let Some(Ok(message)) = socket.next().await {
                        if let Message::Text(text) = message
                            && self.show(&text, &mut seen)?
                        {
                            return Ok(());
                        }
                    }
                }
                Err(tokio_tungstenite::tungstenite::Error::Http(response)) => {
                    let body = response.into_body().unwrap_or_default();
                    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
                    bail!("{}", body["error"]["message"].as_str().unwrap_or("the server refused"));
                }
                Err(error) if seen.rev.is_none() => return Err(error).context("cannot reach the server"),
                Err(_) => {}
            }
            eprintln!("the connection is lost; trying again");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn guest(&self) -> anyhow::Result<String> {
        let url = format!("{}/v1/guests", self.server.trim_end_matches('/'));
        let made =
            tokio::task::spawn_blocking(move || ureq::post(&url).send_json(json!({"name": "watcher"}))?.body_mut().read_json::<Value>());
        let made = made.await?.context("cannot become a guest")?;
        made["token"].as_str().map(str::to_owned).context("the server gave no token")
    }

    /// Prints a message; whether it was the last.
    fn show(&self, text: &str, seen: &mut Seen) -> anyhow::Result<bool> {
        let message: Value = serde_json::from_str(text)?;
        let (event, data) = (message["event"].as_str().unwrap_or_default(), &message["data"]);
        let line = seen.line(event, data);
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{text}")?;
        } else if let Some(line) = line {
            writeln!(out, "{line}")?;
        }
        out.flush()?;
        if event == "room:joined" && data["ok"] == json!(false) {
            bail!("{}", data["error"]["message"].as_str().unwrap_or("the room refused"));
        }
        Ok(event == "room:closed" || event == "room:removed")
    }
}

impl Seen {
    /// A message in words; none when it says nothing to a person.
    fn line(&mut self, event: &str, data: &Value) -> Option<String> {
        match event {
            "room:joined" | "room:snapshot" => {
                self.rev = data["rev"].as_u64().or(self.rev);
                if let Some(events) = data["events"].as_array() {
                    let lines: Vec<String> = events.iter().filter_map(|event| self.event(event)).collect();
                    return (!lines.is_empty()).then(|| lines.join("\n"));
                }
                Some(self.beginning(&data["state"]))
            }
            "room:event" => self.event(data),
            "reaction" => Some(format!("{}  {} reacts {}", clock(&data["ts"]), self.name(&data["by"]), data["emoji"].as_str()?)),
            "room:closed" => Some("the room is closed".to_owned()),
            "room:removed" => Some(format!("you are out of the room ({})", data["reason"].as_str().unwrap_or("removed"))),
            _ => None,
        }
    }

    fn beginning(&mut self, state: &Value) -> String {
        for member in state["members"].as_array().into_iter().flatten() {
            self.note(member["id"].as_str(), member["name"].as_str());
        }
        let mut lines = vec![format!("{} · {} members", state["name"].as_str().unwrap_or_default(), self.names.len())];
        if let Some(song) = state["now"].as_object() {
            lines.push(format!("now     {}", title(&song["song"])));
        }
        for (at, item) in state["queue"].as_array().into_iter().flatten().enumerate() {
            let song = title(&item["song"]);
            self.items.insert(item["item"].as_str().unwrap_or_default().to_owned(), song.clone());
            lines.push(format!("{:>4}    {song}  ({}, {})", at + 1, item["score"], self.name(&item["by"])));
        }
        lines.join("\n")
    }

    fn event(&mut self, event: &Value) -> Option<String> {
        self.rev = event["seq"].as_u64().or(self.rev);
        let (kind, data) = (event["type"].as_str()?, &event["data"]);
        if kind == "member.joined" {
            self.note(data["member"].as_str(), data["name"].as_str());
        }
        if let (Some(item), true) = (data["item"].as_str(), data["song"].is_object()) {
            self.items.insert(item.to_owned(), title(&data["song"]));
        }
        let by = self.name(&event["by"]);
        let item = data["item"].as_str().map(|item| self.items.get(item).cloned().unwrap_or_else(|| item.to_owned())).unwrap_or_default();
        let member = self.name(&data["member"]);
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        let what = match kind {
            "member.joined" => format!("{member} comes in"),
            "member.left" => format!("{member} is gone ({})", text("reason")),
            "member.role" => format!("{member} is {} now", text("role")),
            "member.banned" => format!("{by} bans {member}"),
            "member.unbanned" => format!("{by} lets {member} in again"),
            "member.checkedin" => format!("{member} is at the venue"),
            "song.added" => format!("{by} adds {item}"),
            "song.removed" => format!("{item} is out ({})", text("reason")),
            "song.moved" => format!("{by} moves {item} to place {}", data["to"].as_u64().unwrap_or_default() + 1),
            "song.voted" => format!("{by} votes {} on {item}", text("vote")),
            "song.vetoed" => format!("{by} vetoes {item}"),
            "skip.voted" => format!("{by} wants {item} to end"),
            "play.started" => format!("▶ {item}"),
            "play.ended" => format!("■ {item} ({})", text("reason")),
            "play.state" => format!("{} {item} at {} s", text("state"), data["positionMs"].as_u64().unwrap_or_default() / 1000),
            "chat.message" => format!("{by}: {}", text("text")),
            "picture.shared" => format!("{by} shares a picture {}", text("caption")),
            "room.settings" => format!("{by} changes the settings {}", data["settings"]),
            other => other.to_owned(),
        };
        Some(format!("{}  {what}", clock(&event["ts"])))
    }

    fn note(&mut self, id: Option<&str>, name: Option<&str>) {
        if let (Some(id), Some(name)) = (id, name) {
            self.names.insert(id.to_owned(), name.to_owned());
        }
    }

    fn name(&self, id: &Value) -> String {
        let id = id.as_str().unwrap_or_default();
        self.names.get(id).cloned().unwrap_or_else(|| if id == "server" { "the house".to_owned() } else { id.to_owned() })
    }
}

fn title(song: &Value) -> String {
    format!("{} · {}", song["title"].as_str().unwrap_or_default(), song["artist"].as_str().unwrap_or_default())
}

/// Hours, minutes and seconds, UTC.
fn clock(ts: &Value) -> String {
    let second = ts.as_u64().unwrap_or_default() / 1000 % 86_400;
    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}
