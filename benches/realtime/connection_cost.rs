//! Connections themselves: what an idle one costs in memory, and how many can be opened in a second.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::histogram::Histogram;
use crate::members;
use crate::options::Options;
use crate::process::Usage;
use crate::protocol::Protocol;
use crate::rest::Rest;

/// Opens `--conns` connections and waits. In the rooms dialect each has joined a room of `--members`; guests and rooms are made before
/// the first reading of the memory.
pub(crate) async fn idle(options: &Options, protocol: Protocol) {
    let addresses = options.addresses();
    let connections = options.count("conns", 5_000).min(25_000);
    let members = options.count("members", 10);
    let processes = options.processes();
    let rooms = members::make(protocol, &addresses, connections.div_ceil(members), members).await;
    let settle = options.seconds(20.0, 90.0);
    if protocol == Protocol::Rooms {
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let (before, started) = (Usage::of(&processes), Instant::now());
    let (rooms, failed, closed) = (Rc::new(rooms), Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    members::each(rooms.len(), |room| {
        let (rooms, failed, closed) = (Rc::clone(&rooms), Rc::clone(&failed), Rc::clone(&closed));
        async move {
            for login in &rooms[room] {
                let connection = match protocol {
                    Protocol::Plain => Connection::open(&login.address, "/", None, 512).await,
                    Protocol::Rooms => login.connect_and_join(protocol, 512, "join", None).await.map(|joined| joined.connection),
                };
                let Ok(mut connection) = connection else {
                    failed.set(failed.get() + 1);
                    continue;
                };
                let closed = Rc::clone(&closed);
                tokio::task::spawn_local(async move {
                    while connection.packet().await.is_ok() {}
                    closed.set(closed.get() + 1);
                });
            }
        }
    })
    .await;
    let opened = started.elapsed();
    tokio::time::sleep(settle).await;
    let after = Usage::of(&processes);
    let count = (rooms.len() * members) as f64;
    println!(
        "scenario=idle conns={count} failed={} closed={} opened_in={:.1} rss_before_kb={:.0} rss_kb={:.0} per_conn_rss_kb={:.2} \
         per_conn_pss_kb={:.2} server_cpu={:.2}",
        failed.get(),
        closed.get(),
        opened.as_secs_f64(),
        before.rss,
        after.rss,
        (after.rss - before.rss) / count,
        (after.pss - before.pss) / count,
        after.cpu - before.cpu,
    );
}

/// Opens and resets `--conns` connections, `--parallel` at a time: to `/`, or in the rooms dialect to `/rooms` with the token of one of a
/// hundred guests.
pub(crate) async fn handshake(options: &Options, protocol: Protocol) {
    let address = options.addresses().remove(0);
    let connections = options.count("conns", 4_000).min(20_000);
    let parallel = options.count("parallel", 32).min(512);
    let processes = options.processes();
    let mut tokens = Vec::new();
    if protocol == Protocol::Rooms {
        let mut rest = Rest::open(&address).await.expect("the server answers");
        for member in 0..100 {
            tokens.push(rest.guest(&format!("Guest {member}")).await.expect("guests can be made"));
        }
    }
    let tokens = Rc::new(tokens);
    let (latencies, left, failed) = (Rc::new(RefCell::new(Histogram::new())), Rc::new(Cell::new(connections)), Rc::new(Cell::new(0)));
    let (before, own_before, started) = (Usage::of(&processes), Usage::own(), Instant::now());
    let mut running = JoinSet::new();
    for _ in 0..parallel {
        let (latencies, left, failed) = (Rc::clone(&latencies), Rc::clone(&left), Rc::clone(&failed));
        let (tokens, address) = (Rc::clone(&tokens), address.clone());
        running.spawn_local(async move {
            while left.get() > 0 {
                left.set(left.get() - 1);
                let token = tokens.get(left.get() % tokens.len().max(1)).map(String::as_str);
                let begun = Instant::now();
                match Connection::open(&address, if token.is_some() { "/rooms" } else { "/" }, token, 512).await {
                    Ok(_) => latencies.borrow_mut().add(begun.elapsed().as_micros() as u64),
                    Err(_) => failed.set(failed.get() + 1),
                }
            }
        });
    }
    while running.join_next().await.is_some() {}
    let (after, own_after, wall) = (Usage::of(&processes), Usage::own(), started.elapsed().as_secs_f64());
    let (cpu, latencies) = ((after.cpu - before.cpu).max(0.001), latencies.borrow());
    println!(
        "scenario=handshake conns={connections} parallel={parallel} failed={} per_s={:.0} server_cpu={cpu:.2} per_cpu_s={:.0} \
         loader_cpu={:.2} p50_ms={:.2} p99_ms={:.2}",
        failed.get(),
        connections as f64 / wall,
        connections as f64 / cpu,
        own_after.cpu - own_before.cpu,
        latencies.quantile(0.5),
        latencies.quantile(0.99),
    );
}
