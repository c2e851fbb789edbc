//! What a party's page shows before a script runs: its name, what plays, what comes.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::http::HeaderMap;
use maud::{Markup, html};

use crate::app::AppState;
use crate::http::rooms::link;
use crate::rooms::{RoomPreview, Rooms, rest};

/// A room as anybody sees it who has its code.
pub(super) struct Room {
    seen: RoomPreview,
    code: String,
}

/// The room of a code. Wrong codes are counted as they are for `/v1/rooms/by-code`; who has guessed too often sees none.
pub(super) async fn look(state: &AppState, code: &str, address: IpAddr) -> Option<Room> {
    let attempt = state.limits.code(address, Instant::now()).ok()?;
    let seen = find(&state.rooms, code).await?;
    state.limits.code_was_right(&attempt);
    Some(Room { seen, code: code.to_ascii_uppercase() })
}

async fn find(rooms: &Arc<Rooms>, code: &str) -> Option<RoomPreview> {
    let id = rooms.id_of_code(code).await.ok()?;
    Some(rest::preview(&*rooms.find(&id).await.ok()?))
}

impl Room {
    /// For the previews that messengers make of a link.
    pub(super) fn head(&self, state: &AppState, headers: &HeaderMap) -> Markup {
        let now = self.seen.now.as_ref().map(|song| format!("{} · {}", song.title, song.artist));
        html! {
            meta property="og:title" content=(self.seen.name);
            meta property="og:description" content=(now.as_deref().unwrap_or("Choose the music together"));
            meta property="og:url" content=(link(state, headers, &self.code));
            meta property="og:type" content="website";
            meta name="robots" content="noindex";
        }
    }

    pub(super) fn view(&self) -> Markup {
        let RoomPreview { name, now, next } = &self.seen;
        html! {
            main class="unscripted" {
                h1 dir="auto" { (name) }
                @if let Some(song) = now { p dir="auto" { "▶ " (song.title) " · " (song.artist) } }
                ol { @for song in next { li dir="auto" { (song.title) " · " (song.artist) } } }
                noscript {
                    p { "This is the party's queue. To add songs and vote, allow JavaScript for this page." }
                    p lang="fr" { "Voici la file d’attente de la soirée. Pour ajouter des titres et voter, autorisez JavaScript." }
                }
            }
        }
    }
}
