//! Running a server, in this process or as the program `tutti`, and talking to it.

use std::io::{BufRead, BufReader};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;
use tutti_server::app::{App, CancellationToken, runtime};
use tutti_server::clock::Clock;
use tutti_server::config::Config;

/// The program under test: built beside this test binary.
pub(crate) fn tutti() -> Command {
    let mut folder = std::env::current_exe().expect("the test binary has a path");
    while folder.pop() {
        let candidate = folder.join("tutti");
        if candidate.is_file() {
            let mut command = Command::new(candidate);
            command.env_remove("TUTTI_DATA_DIR").env_remove("TUTTI_LISTEN").env_remove("TUTTI_TLS_CERT").env_remove("TUTTI_TLS_KEY");
            return command;
        }
    }
    panic!("the program `tutti` is not built: run `cargo build` first, or tests/run");
}

/// A file of this repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").join(path)
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    tutti().args(arguments).output().expect("the program starts")
}

/// Runs the program, which must succeed, and returns what it printed.
#[track_caller]
pub(crate) fn run_ok(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the program prints UTF-8")
}

/// Runs the program, which must fail with this exit code, and returns what it said.
#[track_caller]
pub(crate) fn run_err(code: i32, arguments: &[&str]) -> String {
    let output = run(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?} said: {said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// The admin key of every server started here.
pub(crate) const ADMIN_KEY: &str = "admin-of-the-tests";

/// A client of a server.
pub(crate) struct Api {
    client: ureq::Agent,
    /// `http://127.0.0.1:port`
    pub(crate) base: String,
}

/// A server in this process, on a free port. It is told to stop, and awaited, when dropped.
pub(crate) struct Server {
    api: Api,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

/// The program as a process of its own: for what signals, memory, flags and variables do. Killed when dropped.
pub(crate) struct Program {
    api: Api,
    child: Child,
}

impl Deref for Server {
    type Target = Api;

    fn deref(&self) -> &Api {
        &self.api
    }
}

impl Deref for Program {
    type Target = Api;

    fn deref(&self) -> &Api {
        &self.api
    }
}

impl Server {
    /// Starts a server on a data directory.
    pub(crate) fn start(data: &Path) -> Server {
        Server::configured(data, |_| ())
    }

    /// The same with the clock stopped at a moment, in seconds since 1970: what fades with time stays as it is.
    pub(crate) fn start_at(data: &Path, now: u64) -> Server {
        Server::start_by(data, &Clock::stopped_at(now * 1000))
    }

    /// The same by a clock that the test turns on.
    pub(crate) fn start_by(data: &Path, clock: &Clock) -> Server {
        Server::build(data, clock.clone(), |_| ())
    }

    /// The same with another configuration.
    pub(crate) fn configured(data: &Path, change: impl FnOnce(&mut Config)) -> Server {
        Server::build(data, Clock::System, change)
    }

    fn build(data: &Path, clock: Clock, change: impl FnOnce(&mut Config)) -> Server {
        let mut config = Config::default();
        config.server.data_dir = data.to_owned();
        config.server.listen = ([127, 0, 0, 1], 0).into();
        config.security.admin_key = Some(ADMIN_KEY.to_owned());
        change(&mut config);
        let stop = CancellationToken::new();
        let (stopping, (told, base)) = (stop.clone(), mpsc::channel());
        let thread = std::thread::spawn(move || {
            runtime().expect("there are threads").block_on(async {
                let app = App::build_at(config, clock).await.expect("the server starts");
                told.send(app.base().to_owned()).expect("the test waits for it");
                app.run(stopping).await.expect("the server ends in order");
            });
        });
        let base = base.recv().expect("the server starts");
        Server { api: Api { client: agent(), base }, stop, thread: Some(thread) }
    }

    /// Ends it in order.
    pub(crate) fn stop(mut self) {
        self.stop.cancel();
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(matches!(ended, Some(Ok(()))), "the server panicked");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // A test that fails already says why.
            let _ = thread.join();
        }
    }
}

impl Program {
    /// Starts the program on a data directory and a free port.
    pub(crate) fn start(data: &Path) -> Program {
        Program::start_with(data, &[], &[], agent())
    }

    /// The same with more options, variables of the environment, and a client of its own.
    pub(crate) fn start_with(data: &Path, options: &[&str], variables: &[(&str, &str)], client: ureq::Agent) -> Program {
        let mut child = tutti()
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(options)
            .env("TUTTI_LOG", "warn")
            .env("TUTTI_ADMIN_KEY", ADMIN_KEY)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("the output is piped")).read_line(&mut line).expect("the server says its address");
        let base = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("the server said: {line}")).to_owned();
        Program { api: Api { client, base }, child }
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server ends");
    }

    /// SIGTERM, and the exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        self.child.wait().expect("the server ends").code()
    }

    /// Memory in use, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("the server runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kilobytes << 10
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Api {
    /// The answer to a GET: status and JSON.
    pub(crate) fn get(&self, path: &str) -> (u16, Value) {
        answer(self.client.get(format!("{}{path}", self.base)).call())
    }

    /// The answer to a POST of JSON text: status and JSON.
    pub(crate) fn post(&self, path: &str, body: &[u8]) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.base));
        answer(request.header("content-type", "application/json").header("api-key", ADMIN_KEY).send(body))
    }

    pub(crate) fn put(&self, path: &str, body: &[u8]) -> (u16, Value) {
        let request = self.client.put(format!("{}{path}", self.base));
        answer(request.header("content-type", "application/json").header("api-key", ADMIN_KEY).send(body))
    }

    pub(crate) fn patch(&self, path: &str, body: &[u8]) -> (u16, Value) {
        let request = self.client.patch(format!("{}{path}", self.base));
        answer(request.header("content-type", "application/json").header("api-key", ADMIN_KEY).send(body))
    }

    pub(crate) fn delete(&self, path: &str) -> (u16, Value) {
        answer(self.client.delete(format!("{}{path}", self.base)).header("api-key", ADMIN_KEY).call())
    }

    /// A page that only the admin key opens.
    pub(crate) fn get_as_admin(&self, path: &str) -> (u16, Value) {
        answer(self.client.get(format!("{}{path}", self.base)).header("api-key", ADMIN_KEY).call())
    }

    /// What somebody with a token is answered.
    pub(crate) fn get_as(&self, token: &str, path: &str) -> (u16, Value) {
        answer(self.client.get(format!("{}{path}", self.base)).header("authorization", format!("Bearer {token}")).call())
    }

    /// Waits until `test` holds, at most ten seconds.
    #[track_caller]
    pub(crate) fn wait_for(&self, path: &str, test: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        loop {
            let (_, body) = self.get(path);
            if test(&body) {
                return body;
            }
            assert!(started.elapsed() < Duration::from_secs(10), "still {body}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// A client that hands statuses to the test instead of failing on them.
pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(30))).build().into()
}

fn answer(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> (u16, Value) {
    read(result).expect("the server answers with text")
}

/// Status and JSON of an answer, or none when the connection was lost.
pub(crate) fn try_answer(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Option<(u16, Value)> {
    read(result).ok()
}

fn read(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<(u16, Value), ureq::Error> {
    let mut response = result?;
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string()?;
    Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
}

/// A value for a URL.
pub(crate) fn encode(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
