//! Creating rooms, and giving them codes.

use bytes::Bytes;
use serde_json::Value;
use tutti_store::{Batch, Check, StoreError, Write};

use crate::accounts::Identity;
use crate::rooms::log::document::{CODES, ROOMS, RoomDocument, house_list};
use crate::rooms::log::journal::log_name;
use crate::rooms::random::random_id;
use crate::rooms::rules::decide::Venue;
use crate::rooms::rules::event::{Entry, Event, EventKind, Private};
use crate::rooms::rules::ids::{MemberId, RoomId};
use crate::rooms::rules::payload::Fields;
use crate::rooms::rules::refusal::{Code, Refusal};
use crate::rooms::rules::settings::RoomSettings;
use crate::rooms::runtime::services::Services;

/// Codes that are tried before giving up.
const MAX_TRIES: usize = 20;

/// A room that was created.
pub(crate) struct Created {
    /// Its id.
    pub(crate) id: RoomId,
    /// The code that others join by.
    pub(crate) code: String,
}

/// Creates a room of which the caller is the host.
///
/// # Errors
/// `BAD_REQUEST`, and `RATE_LIMITED` for too many open rooms.
pub(super) async fn create(services: &Services, caller: &Identity, body: &Value, of_venue: Option<String>) -> Result<Created, Refusal> {
    let fields = Fields::of(body, &[])?;
    let name = fields.text("name", 1, 40)?;
    let settings = match fields.value("settings") {
        None => RoomSettings::default(),
        Some(Value::Object(partial)) => RoomSettings::default().changed(partial)?,
        Some(_) => return Err(fields.bad("settings", "an object")),
    };
    let venue = match fields.object("venue", "venue.")? {
        None => None,
        Some(venue) => Some(Venue {
            lat: venue.number("lat", -90.0, 90.0)?,
            lon: venue.number("lon", -180.0, 180.0)?,
            radius_m: venue.number("radiusM", 1.0, 100_000.0)?,
        }),
    };
    let host: MemberId = caller.user.as_str().into();
    check_room_count(services, &host).await?;
    let now = services.clock.now_ms();
    let mut document = RoomDocument::new(random_id(), host.clone(), now);
    document.venue = venue;
    document.venue_id = of_venue;
    document.house_list = house_list(fields.value("houseList"))?;
    let kind = EventKind::RoomCreated { host: host.clone(), host_name: caller.name.clone(), name, settings: Box::new(settings) };
    let event = Event { by: host, kind, op: None, room: document.id.clone(), seq: 1, ts: now };
    let entry = serde_json::to_vec(&Entry { event, private: Private::default() }).map_err(|_| Refusal::internal())?;
    for _ in 0..MAX_TRIES {
        let batch = Batch {
            checks: vec![Check::Absent(CODES.name, document.code.clone())],
            writes: vec![
                document.put()?,
                document.put_code(),
                Write::Append { log: log_name(&document.id), after: 0, entries: vec![Bytes::from(entry.clone())] },
            ],
        };
        match services.store.commit(batch).await {
            Ok(_) => return Ok(Created { id: document.id, code: document.code }),
            Err(StoreError::Conflict) => document.renew_code(),
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::busy("no room code is free; try again"))
}

async fn check_room_count(services: &Services, host: &MemberId) -> Result<(), Refusal> {
    let max = services.limits.rooms_of_host;
    let open = services.store.find(ROOMS.name, "openOf", host, None, max).await?;
    if open.len() >= max {
        let message = format!("you have {max} open rooms; close one first");
        return Err(Refusal::new(Code::RateLimited, message).after(60_000));
    }
    Ok(())
}

/// Gives a room another code. Its document as it was stored.
///
/// # Errors
/// `ROOM_CLOSED`, and `BUSY` when it cannot be written.
pub(super) async fn renew_code(services: &Services, room: &RoomId) -> Result<RoomDocument, Refusal> {
    for _ in 0..MAX_TRIES {
        let stored = services.store.get(ROOMS.name, room).await?.ok_or_else(Refusal::room_not_found)?;
        let mut document = RoomDocument::read(stored.body)?;
        if !document.open {
            return Err(Refusal::room_closed());
        }
        let old = document.code.clone();
        document.renew_code();
        let batch = Batch {
            checks: vec![Check::Version(ROOMS.name, room.to_string(), stored.version), Check::Absent(CODES.name, document.code.clone())],
            writes: vec![document.put()?, document.put_code(), Write::Delete(CODES.name, old)],
        };
        match services.store.commit(batch).await {
            Ok(_) => return Ok(document),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::busy("no room code is free; try again"))
}
