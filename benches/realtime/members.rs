//! The rooms of a run and their members, created before anything is measured.

use std::future::Future;
use std::io;
use std::rc::Rc;

use serde_json::Value;
use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::protocol::Protocol;
use crate::rest::Rest;

/// Rooms that are made and filled at once.
const AT_ONCE: usize = 64;

/// What a member joins a room with. The first of each room is its host.
#[derive(Clone)]
pub(crate) struct Login {
    /// Where the member connects.
    pub(crate) address: String,
    /// The member's token; none in the plain protocol.
    pub(crate) token: Option<String>,
    /// The room's id.
    pub(crate) room: Rc<str>,
}

/// What a join was answered with.
pub(crate) struct Joined {
    pub(crate) connection: Connection,
    /// The number of the room's last event.
    pub(crate) order: u64,
    /// How many events the answer brought.
    pub(crate) events: Option<u64>,
}

/// Makes rooms with their members' tokens, over several servers in turn.
pub(crate) async fn make(protocol: Protocol, addresses: &[String], rooms: usize, members: usize) -> Vec<Vec<Login>> {
    let addresses = Rc::new(addresses.to_vec());
    each(rooms, |room| {
        let addresses = Rc::clone(&addresses);
        async move {
            match protocol {
                Protocol::Plain => plain(&addresses, room, members),
                Protocol::Rooms => logged(&addresses, members).await.expect("rooms and guests can be made"),
            }
        }
    })
    .await
}

fn plain(addresses: &[String], room: usize, members: usize) -> Vec<Login> {
    let room: Rc<str> = format!("room{room}").into();
    (0..members).map(|member| Login { address: addresses[member % addresses.len()].clone(), token: None, room: Rc::clone(&room) }).collect()
}

async fn logged(addresses: &[String], members: usize) -> io::Result<Vec<Login>> {
    let mut rest = Rest::open(&addresses[0]).await?;
    let mut tokens = Vec::new();
    for member in 0..members {
        tokens.push(rest.guest(&format!("Guest {member}")).await?);
    }
    let room: Rc<str> = rest.room(&tokens[0]).await?.into();
    let login = |(member, token)| {
        let member: usize = member;
        Login { address: addresses[member % addresses.len()].clone(), token: Some(token), room: Rc::clone(&room) }
    };
    Ok(tokens.into_iter().enumerate().map(login).collect())
}

/// Does something for 0, 1, ... `count` - 1, some at once; what it gives comes in this order.
pub(crate) async fn each<T: 'static, F: Future<Output = T> + 'static>(count: usize, task: impl Fn(usize) -> F) -> Vec<T> {
    let mut running = JoinSet::new();
    let mut done: Vec<Option<T>> = (0..count).map(|_| None).collect();
    for at in 0..count {
        let task = task(at);
        running.spawn_local(async move { (at, task.await) });
        if running.len() >= AT_ONCE
            && let Some(finished) = running.join_next().await
        {
            let (at, value) = finished.expect("no task fails");
            done[at] = Some(value);
        }
    }
    while let Some(finished) = running.join_next().await {
        let (at, value) = finished.expect("no task fails");
        done[at] = Some(value);
    }
    done.into_iter().flatten().collect()
}

impl Login {
    /// Connects and joins; with `since` the events after that one are asked for. `op` is the id of the join.
    ///
    /// # Errors
    /// When it is refused; the text is the answer.
    pub(crate) async fn connect_and_join(&self, protocol: Protocol, capacity: usize, op: &str, since: Option<u64>) -> io::Result<Joined> {
        match protocol {
            Protocol::Plain => {
                let mut connection = Connection::open(&self.address, "/", None, capacity).await?;
                connection.send(format!("420[\"join\",\"{}\"]", self.room).as_bytes());
                while !connection.packet().await?.starts_with("430[") {}
                Ok(Joined { connection, order: 0, events: None })
            }
            Protocol::Rooms => {
                let mut connection = Connection::open(&self.address, "/rooms", self.token.as_deref(), capacity).await?;
                let (order, events) = self.join(&mut connection, op, since).await?;
                Ok(Joined { connection, order, events })
            }
        }
    }

    /// Joins the room on a connection that is there. Returns the number of the last event, and how many the answer brought.
    pub(crate) async fn join(&self, connection: &mut Connection, op: &str, since: Option<u64>) -> io::Result<(u64, Option<u64>)> {
        let since = since.map(|since| format!(",\"since\":{since}")).unwrap_or_default();
        connection.send(format!("42/rooms,0[\"room:join\",{{\"op\":\"{op}\",\"room\":\"{}\"{since}}}]", self.room).as_bytes());
        loop {
            let packet = connection.packet().await?;
            let Some(answer) = packet.strip_prefix("43/rooms,0") else { continue };
            let answer: Value = serde_json::from_str(answer)?;
            let answer = &answer[0];
            if answer["ok"] != true {
                return Err(io::Error::other(answer.to_string()));
            }
            let order = answer["rev"].as_u64().ok_or_else(|| io::Error::other("a join without rev"))?;
            return Ok((order, answer["events"].as_array().map(|events| events.len() as u64)));
        }
    }
}
