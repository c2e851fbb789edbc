//! `tutti config` and what `serve` does with a configuration that is wrong.

use crate::support::{Program, agent, run_err, run_ok, tutti};

#[test]
fn what_is_printed_is_accepted_and_shows_where_values_come_from() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.toml");
    let path = file.display().to_string();
    std::fs::write(&file, "[server]\nmax_requests = 11\n").unwrap();
    let printed = run_ok(&["config", "print", "--config", &path, "--sources", "--max-body", "1MiB"]);
    assert!(printed.contains(&format!("max_requests = 11  # {path}:2")), "{printed}");
    assert!(printed.contains("max_body = \"1MiB\"  # flag --max-body"), "{printed}");
    std::fs::write(&file, printed).unwrap();
    run_ok(&["config", "check", &path]);
    std::fs::write(&file, run_ok(&["config", "print", "--defaults"])).unwrap();
    run_ok(&["config", "check", &path]);
    let json: serde_json::Value = serde_json::from_str(&run_ok(&["config", "print", "--json", "--config", &path])).unwrap();
    assert_eq!(json["server"]["max_body"], 64 << 20);
}

#[test]
fn a_wrong_file_is_exit_2_with_every_mistake_and_nothing_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.toml");
    let path = file.display().to_string();
    std::fs::write(&file, "[server]\nlsten = 1\nmax_body = \"x\"\n").unwrap();
    let data = folder.path().join("d");
    for arguments in [&["config", "check", &path][..], &["serve", "--config", &path, "--data", &data.display().to_string()]] {
        let said = run_err(2, arguments);
        assert!(said.contains(&format!("{path}:2:1: unknown key \"server.lsten\"; did you mean \"server.listen\"?")), "{said}");
        assert!(said.contains(&format!("{path}:3:12: ")), "{said}");
    }
    assert!(!data.exists());
}

#[test]
fn a_key_is_explained_and_a_typo_is_exit_2() {
    let said = run_ok(&["config", "explain", "security.admin_key"]);
    for word in ["TUTTI_SECURITY_ADMIN_KEY", "TUTTI_ADMIN_KEY", "--admin-key", "default", "reload"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(run_err(2, &["config", "explain", "server.lsten"]).contains("server.listen"));
}

#[test]
fn a_file_in_the_data_directory_counts() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tutti.toml"), "[web]\ntile_url = \"https://tiles.example/{z}/{x}/{y}.png\"\n").unwrap();
    let server = Program::start_with(folder.path(), &[], &[], agent());
    let answer = ureq::get(format!("{}/", server.base)).call().unwrap();
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("tiles.example"));
}

#[test]
fn a_variable_that_nobody_reads_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let output = tutti()
        .args(["serve", "--listen", "256.0.0.1:0", "--data"])
        .arg(folder.path())
        .env("TUTTI_LISTNE", "secret-value")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let mut server = tutti()
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .env("TUTTI_LISTNE", "secret-value")
        .env("TUTTI_TLS_CERT", "/nowhere/cert.pem")
        .env("TUTTI_TLS_KEY", "/nowhere/key.pem")
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut server.stderr.take().unwrap(), &mut said).unwrap();
    server.wait().unwrap();
    assert!(said.contains("TUTTI_LISTNE") && !said.contains("secret-value"), "{said}");
}
