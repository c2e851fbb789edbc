//! Rooms and sockets under load: what a delivery costs, how long it takes, what an idle connection needs, how many commands a second are on
//! disk, and whether a long party leaves a trace. The same tool measures Node's server (`node/server.js`) in its plain dialect.
//!
//! ```text
//! cargo bench -p benches --bench realtime -- SCENARIO --url 127.0.0.1:PORT[,127.0.0.1:PORT] --pids SERVER[,SERVER] ...
//!
//! fanout        --rooms 1 --members 100 --window 16 --secs 8     closed loop, a bare broadcast
//! rate          --rooms 1000 --members 10 --hz 3000              open loop
//! rooms-fanout  as fanout, each op logged, acknowledged on disk  rooms-rate likewise
//! durable       --rooms 100 --members 10 --writers 10 --window 1 commands acknowledged on disk, from many writers
//! idle          --conns 5000 [--dialect rooms --members 10]      memory of a connection
//! handshake     --conns 6000 --parallel 32 [--dialect rooms]     connections a second, bare or with a token
//! party         --rooms 1000 --members 10 --secs 3600 --pause 20 --csv FILE
//! ```
//!
//! `--size 200` is the size of a payload. Each scenario prints one line of `name=value`. `benches/realtime.sh` and
//! `benches/realtime/party.sh` start the servers and run it. Everything is bounded and stays on loopback. The server needs
//! `TUTTI_CONFORMANCE=bench`: it offers the plain handlers and lifts the rates that one socket may have.

mod connection;
mod connection_cost;
mod counters;
mod histogram;
mod members;
mod options;
mod party;
mod process;
mod protocol;
mod rest;
mod stream;
mod wire;

use options::Options;
use protocol::Protocol;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some((scenario, rest)) = words.split_first() else {
        // `cargo test --all-targets` and `cargo bench` without arguments come here.
        println!("usage: realtime SCENARIO --url 127.0.0.1:PORT ...; see benches/realtime.sh");
        return;
    };
    let options = Options::new(rest);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    tokio::task::LocalSet::new().block_on(&runtime, measure(scenario, &options));
    // Thousands of connections need not be ended one by one.
    std::process::exit(0);
}

async fn measure(scenario: &str, options: &Options) {
    let protocol = Protocol::named(&options.text("dialect", "plain"));
    match scenario {
        "fanout" => stream::run(scenario, options, Protocol::Plain, false).await,
        "rate" => stream::run(scenario, options, Protocol::Plain, true).await,
        "rooms-fanout" | "durable" => stream::run(scenario, options, Protocol::Rooms, false).await,
        "rooms-rate" => stream::run(scenario, options, Protocol::Rooms, true).await,
        "idle" => connection_cost::idle(options, protocol).await,
        "handshake" => connection_cost::handshake(options, protocol).await,
        "party" => party::run(options).await,
        other => panic!("no scenario {other}"),
    }
}
