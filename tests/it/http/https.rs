//! The server over HTTPS: who is answered, who is turned away, and what is said when it cannot start.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::support::{Program, run_err};

/// A self-signed certificate for 127.0.0.1, in files.
struct Signed {
    pem: String,
    certificate: PathBuf,
    key: PathBuf,
}

impl Signed {
    fn new(folder: &Path, name: &str) -> Signed {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
        let (certificate, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        Signed { pem: made.cert.pem(), certificate, key }
    }

    /// A client that trusts this certificate and no other.
    fn client(&self) -> ureq::Agent {
        let trusted = RootCerts::Specific(Arc::new(vec![Certificate::from_pem(self.pem.as_bytes()).unwrap()]));
        let tls = TlsConfig::builder().root_certs(trusted).build();
        let config = ureq::Agent::config_builder().tls_config(tls).http_status_as_error(false);
        config.timeout_global(Some(Duration::from_secs(30))).build().into()
    }

    fn options(&self) -> [&str; 4] {
        ["--tls-cert", text(&self.certificate), "--tls-key", text(&self.key)]
    }

    fn serve(&self, data: &Path) -> Program {
        Program::start_with(data, &self.options(), &[], self.client())
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn connect(server: &Program) -> TcpStream {
    let stream = TcpStream::connect(server.base.strip_prefix("https://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

#[test]
fn clients_are_answered_over_tls_only() {
    let folder = tempfile::tempdir().unwrap();
    let signed = Signed::new(folder.path(), "one");
    let server = signed.serve(&folder.path().join("data"));
    assert!(server.base.starts_with("https://127.0.0.1:"), "{}", server.base);
    let song = |id: u32| json!({"id": id.to_string(), "title": "Blue Moon"});
    let songs: Vec<_> = (0..60).map(song).collect();
    assert_eq!(server.post("/v1/songs/documents?refresh=true", json!({"value": songs}).to_string().as_bytes()).0, 200);
    assert_eq!(server.get("/v1/songs/search?q=moon").1["total"], 60);
    // Links to the next page lead back to where they came from.
    let (status, page) = server.post("/indexes/songs/docs/search?api-version=2026-04-01", br#"{"search": "moon"}"#);
    assert_eq!(status, 200, "{page}");
    let next = page["@odata.nextLink"].as_str().expect("50 of 60 are a page");
    assert!(next.starts_with(&server.base), "{next}");

    // Another's certificate is not trusted, and plain HTTP ends at once.
    let stranger = Signed::new(folder.path(), "two").client();
    assert!(stranger.get(format!("{}/healthz", server.base)).call().is_err());
    let started = Instant::now();
    let mut plain = connect(&server);
    plain.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/"), "{}", String::from_utf8_lossy(&answer));
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn a_silent_client_delays_neither_others_nor_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let server = Signed::new(folder.path(), "one").serve(&folder.path().join("data"));
    let silent: Vec<TcpStream> = (0..50).map(|_| connect(&server)).collect();
    let started = Instant::now();
    assert_eq!(server.get("/healthz").0, 200);
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    // It is not waited for without end either.
    let mut last = silent.last().unwrap();
    assert_eq!(last.read(&mut [0; 16]).unwrap_or(0), 0);
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    let fresh = connect(&server);
    let ending = Instant::now();
    assert_eq!(server.terminate(), Some(0));
    assert!(ending.elapsed() < Duration::from_secs(10), "{:?}", ending.elapsed());
    drop((silent, fresh));
}

#[test]
fn a_renewed_certificate_is_taken_up() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (Signed::new(folder.path(), "one"), Signed::new(folder.path(), "two"));
    let server = first.serve(&folder.path().join("data"));
    let renewed = second.client();
    let healthy = || renewed.get(format!("{}/healthz", server.base)).call().is_ok();
    assert!(server.get("/healthz").0 == 200 && !healthy());
    std::fs::rename(&second.certificate, &first.certificate).unwrap();
    std::thread::sleep(Duration::from_secs(6));
    // The key does not belong to it yet: what was served still is.
    assert!(!healthy());
    std::fs::rename(&second.key, &first.key).unwrap();
    let started = Instant::now();
    while !healthy() {
        assert!(started.elapsed() < Duration::from_secs(30), "the new certificate is not served");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn what_cannot_be_served_is_said_at_start() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (Signed::new(folder.path(), "one"), Signed::new(folder.path(), "two"));
    let data = folder.path().join("data");
    let refused =
        |code: i32, options: &[&str]| run_err(code, &[&["serve", "--listen", "127.0.0.1:0", "--data", text(&data)], options].concat());
    let with = |certificate: &Path, key: &Path| refused(1, &["--tls-cert", text(certificate), "--tls-key", text(key)]);
    assert!(with(&one.certificate, &two.key).contains("two.key does not belong to the certificate in "));
    assert!(with(&folder.path().join("none.pem"), &one.key).contains("none.pem: No such file"));
    assert!(with(&one.key, &one.key).contains("one.key holds no certificate"));
    assert!(with(&one.certificate, &one.certificate).contains("one.pem holds no private key"));
    let broken = folder.path().join("broken.pem");
    std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\nAAAA\n").unwrap();
    assert!(with(&broken, &one.key).contains("broken.pem is not PEM"));
    std::fs::write(&broken, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n").unwrap();
    assert!(with(&one.certificate, &broken).contains("is encrypted"));
    assert!(refused(2, &["--tls-cert", text(&one.certificate)]).contains("--tls-key"));
    assert!(refused(2, &["--tls-key", text(&one.key)]).contains("--tls-cert"));
    assert!(!data.exists(), "nothing was made before the refusal");
}
