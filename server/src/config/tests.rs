//! The configuration through its sources: which one wins, what is wrong where.

use std::collections::HashMap;
use std::path::Path;

use super::load::Loaded;
use super::*;

fn file(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("t.toml");
    std::fs::write(&path, text).unwrap();
    path
}

fn sources(flags: &[(&'static str, &str)], environment: &[(&str, &str)], file: Option<PathBuf>) -> Sources {
    Sources {
        flags: flags.iter().map(|(key, value)| (*key, (*value).to_owned())).collect(),
        environment: environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        // Without one, a `tutti.toml` of the folder the tests run in would count.
        file,
        masks: false,
    }
}

/// The mistakes in a file, without its path.
fn mistakes(text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), text);
    match Loaded::from(&sources(&[], &[], Some(path.clone()))) {
        Ok(_) => Vec::new(),
        Err(error) => error.to_string().lines().map(|line| line.replace(&format!("{}:", path.display()), "")).collect(),
    }
}

#[test]
fn a_flag_wins_over_the_environment_that_over_the_file_and_that_over_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "[server]\nmax_requests = 11\nmax_body = \"1MiB\"\nrequest_timeout = \"7s\"\n");
    let environment = [("TUTTI_MAX_REQUESTS", "22"), ("TUTTI_MAX_BODY", "2097152")];
    let loaded = Loaded::from(&sources(&[("server.max_requests", "33")], &environment, Some(path.clone()))).unwrap();
    let server = &loaded.config.server;
    assert_eq!((server.max_requests, server.max_body, server.request_timeout), (33, 2 << 20, Duration::from_secs(7)));
    let printed = as_toml(&loaded, true);
    for line in [
        "max_requests = 33  # flag --max-requests".to_owned(),
        "max_body = \"2MiB\"  # env TUTTI_MAX_BODY".to_owned(),
        format!("request_timeout = \"7s\"  # {}:4", path.display()),
        "listen = \"127.0.0.1:7070\"  # default".to_owned(),
    ] {
        assert!(printed.contains(&line), "{line} in {printed}");
    }
}

#[test]
fn the_regular_name_of_a_variable_wins_over_its_aliases_and_empty_is_unset() {
    let number = |environment: &[(&str, &str)]| {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), "");
        Loaded::from(&sources(&[], environment, Some(path))).unwrap().config.server.max_requests
    };
    assert_eq!(number(&[("TUTTI_SERVER_MAX_REQUESTS", "5"), ("TUTTI_MAX_REQUESTS", "6")]), 5);
    assert_eq!(number(&[("TUTTI_SERVER_MAX_REQUESTS", ""), ("TUTTI_MAX_REQUESTS", "6")]), 6);
    assert_eq!(number(&[("TUTTI_MAX_REQUESTS", "")]), 1024);
}

#[test]
fn old_names_keep_their_units() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "");
    let environment = [("TUTTI_STORE_CACHE", "8"), ("TUTTI_LOG_JSON", "true"), ("PORT", "8080"), ("TUTTI_TRUST_FORWARDED", "true")];
    let config = Loaded::from(&sources(&[], &environment, Some(path))).unwrap().config;
    assert_eq!((config.store.cache, config.log.format), (8 << 20, LogFormat::Json));
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:8080");
    assert_eq!(config.server.trust_forwarded, TrustedProxies::All);
}

#[test]
fn every_mistake_has_its_place_and_what_would_be_right() {
    for (text, expected) in [
        ("[server]\nlsten = \"x\"\n", "2:1: unknown key \"server.lsten\"; did you mean \"server.listen\"?"),
        ("[servr]\nlisten = \"x\"\n", "1:2: unknown section \"servr\"; did you mean \"server\"?"),
        ("x = 1\n", "1:1: unknown key \"x\""),
        ("[server]\nlisten = 7070\n", "2:10: server.listen is not an address; write an address and a port, like 127.0.0.1:7070"),
        ("[server]\nmax_requests = 0\n", "2:16: server.max_requests `0` is not a whole number from 1 to 65536"),
        ("[server]\nmax_body = -1\n", "2:12: server.max_body `-1` is not a size; write 64MiB, 512KiB, 1GiB or bytes"),
        ("[log]\nformat = \"xml\"\n", "2:10: log.format `xml` is not known here; write `text` or `json`"),
        ("[tls]\ncert = \"a.pem\"\n", "2:1: tls.cert needs tls.key (--tls-key) beside it"),
        ("[security]\nadmin_key = \"\"\n", "2:13: security.admin_key is empty; leave the key out instead"),
        ("[security]\nadmin_key = \"***\"\n", "2:13: security.admin_key is the mask that `config print` writes; write the secret"),
        ("[rates]\nguests = \"many\"\n", "2:10: rates.guests `many` is not a rate; write 100/s, 10/min or `20/h burst 20`"),
    ] {
        assert_eq!(mistakes(text), [expected], "{text}");
    }
    let duration = mistakes("[server]\nrequest_timeout = \"5 parsecs\"\n");
    assert!(duration[0].starts_with("2:19: ") && duration[0].contains("30s"), "{duration:?}");
    let twice = mistakes("[server]\nlisten = \"127.0.0.1:1\"\nlisten = \"127.0.0.1:2\"\n");
    assert!(twice[0].starts_with("3:1: ") && twice[0].contains("listen"), "{twice:?}");
    assert!(mistakes("[server\n")[0].starts_with("1:"));
    assert_eq!(mistakes("[server]\nlsten = 1\nmax_body = \"x\"\n[log]\nlevl = \"info\"\n").len(), 3);
}

#[test]
fn what_is_printed_is_accepted_and_holds_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(
        folder.path(),
        "[security]\nadmin_key = \"open-sesame\"\njwt_secret = \"0123456789012345678901234567890123456789\"\n[redis]\nurl = \"redis://user:hushhush@127.0.0.1:1\"\n[server]\ntrust_forwarded = [\"10.0.0.0/8\"]\n",
    );
    let loaded = Loaded::from(&sources(&[], &[], Some(path))).unwrap();
    let printed = as_toml(&loaded, true) + &as_json(&loaded, true).to_string();
    assert!(!printed.contains("open-sesame") && !printed.contains("hushhush") && !printed.contains("01234567") && printed.contains("***"));
    for text in [as_toml(&loaded, false), defaults()] {
        let again = file(folder.path(), &text);
        assert!(Loaded::from(&Sources { masks: true, ..sources(&[], &[], Some(again)) }).is_ok(), "{text}");
    }
}

#[test]
fn a_default_is_what_the_uncommented_file_of_defaults_sets() {
    let folder = tempfile::tempdir().unwrap();
    let uncommented: String = defaults()
        .lines()
        .filter_map(|line| match line.strip_prefix("# ") {
            Some(set) if set.contains(" = ") && !set.ends_with("= \"\"") => Some(format!("{set}\n")),
            Some(_) => None,
            None => Some(format!("{line}\n")),
        })
        .collect();
    let path = file(folder.path(), &uncommented);
    let loaded = Loaded::from(&sources(&[], &[], Some(path))).map_err(|error| error.to_string()).unwrap();
    let plain = Loaded { config: Config::default(), sources: HashMap::new() };
    assert_eq!(as_toml(&loaded, false), as_toml(&plain, false));
}

#[test]
fn secrets_may_stand_in_files() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("key");
    std::fs::write(&secret, "the-key-in-a-file\n").unwrap();
    let path = file(folder.path(), &format!("[security]\nadmin_key_file = \"{}\"\n", secret.display()));
    let variable = secret.display().to_string();
    let loaded = Loaded::from(&sources(&[], &[("TUTTI_SECURITY_QUERY_KEY_FILE", &variable)], Some(path))).unwrap();
    let security = &loaded.config.security;
    assert_eq!((security.admin_key.as_deref(), security.query_key.as_deref()), (Some("the-key-in-a-file"), Some("the-key-in-a-file")));
    assert!(mistakes("[security]\nadmin_key_file = \"nowhere\"\n")[0].contains("cannot be read"));
}

#[test]
fn variables_that_nobody_reads_are_named_but_not_their_values() {
    let unknown = unknown_variables(&sources(&[], &[("TUTTI_LISTNE", "secret"), ("TUTTI_LOG", "info"), ("TUTTI_URL", "x")], None));
    assert_eq!(unknown, ["TUTTI_LISTNE; did you mean \"TUTTI_LISTEN\"?"]);
}

#[test]
fn every_key_is_explained() {
    let loaded = Loaded { config: Config::default(), sources: HashMap::new() };
    for key in keys::KEYS {
        let text = explain(key.name, Ok(&loaded)).unwrap();
        for word in ["default", "TUTTI_", "reload", key.meaning] {
            assert!(text.contains(word), "{}: {word}", key.name);
        }
    }
    assert!(explain("server.lsten", Ok(&loaded)).unwrap_err().contains("server.listen"));
}

#[test]
fn conformance_is_for_loopback() {
    let wrong = mistakes("[server]\nlisten = \"0.0.0.0:1\"\nconformance = \"on\"\n");
    assert!(wrong[0].starts_with("3:1: server.conformance is for loopback only"), "{wrong:?}");
}
