//! The program under measurement: started, asked for its processor time, ended.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The admin key of the servers started here.
pub(crate) const KEY: &str = "key-of-the-benchmark";

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn start(tutti: &str, data: &Path) -> Server {
        let mut child = Command::new(tutti)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("TUTTI_ADMIN_KEY", KEY)
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(data.with_extension("log")).expect("the log can be made"))
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("the output is piped")).read_line(&mut line).expect("the server says its address");
        let address = line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("the server said: {line}")).to_owned();
        Server { child, address }
    }

    /// Microseconds of processor time, all threads.
    pub(crate) fn cpu(&self) -> f64 {
        cpu(&self.child.id().to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Microseconds of processor time of a process, user and system. The kernel counts in hundredths of a second.
pub(crate) fn cpu(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("the process runs");
    let after = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks: f64 = fields[11..13].iter().map(|ticks| ticks.parse::<f64>().expect("ticks")).sum();
    ticks * 1e4
}
