use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

use super::*;

fn tokens(secret: &str) -> Tokens {
    Tokens::new(&Secret::open(std::path::Path::new("unused"), Some(secret.to_owned())).unwrap())
}

fn claims() -> Claims {
    Claims::new(Kind::Access, "u1", "Ada", Role::User, 1000, 900)
}

#[test]
fn a_token_is_read_until_it_is_over() {
    let tokens = tokens(SECRET);
    let token = tokens.sign(&claims()).unwrap();
    assert_eq!(tokens.read(&token, 1000).unwrap(), claims());
    assert!(tokens.read(&token, 1899).is_ok());
    refused(tokens.read(&token, 1900), "UNAUTHORIZED");
}

#[test]
fn a_token_of_another_secret_or_algorithm_opens_nothing() {
    let ours = tokens(SECRET);
    refused(ours.read(&tokens("another secret that is long enough too").sign(&claims()).unwrap(), 1000), "UNAUTHORIZED");
    let token = ours.sign(&claims()).unwrap();
    let (_, rest) = token.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    for algorithm in ["none", "None", "HS384", "HS512", "RS256", "ES256", "EdDSA"] {
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"typ":"JWT","alg":"{algorithm}"}}"#));
        refused(ours.read(&format!("{header}.{body}.{signature}"), 1000), "UNAUTHORIZED");
        refused(ours.read(&format!("{header}.{body}."), 1000), "UNAUTHORIZED");
    }
    refused(ours.read(&"x".repeat(1 << 20), 1000), "UNAUTHORIZED");
}

#[tokio::test]
async fn a_screen_token_is_for_one_room() {
    let fixture = Fixture::new().await;
    let caller = fixture.accounts.verify(&fixture.accounts.screen_token(&"r".repeat(64)).unwrap()).unwrap();
    assert_eq!((caller.role, caller.screen_of.as_deref()), (Role::Screen, Some("r".repeat(64).as_str())));
    assert!(is_id(&caller.user));
    let other = fixture.accounts.verify(&fixture.accounts.screen_token("other").unwrap()).unwrap();
    assert_ne!(other.user, caller.user);
    refused(fixture.accounts.me(&caller).await, "FORBIDDEN");
    refused(fixture.accounts.erase(&caller, None, &origin()).await, "FORBIDDEN");
}

#[test]
fn the_secret_is_made_once_and_kept_for_its_owner() {
    let folder = TempDir::new().unwrap();
    let first = Secret::open(folder.path(), None).unwrap();
    let second = Secret::open(folder.path(), Some(String::new())).unwrap();
    assert_eq!(first.bytes(), second.bytes());
    assert!(first.bytes().len() >= 32);
    assert_ne!(first.bytes(), Secret::open(TempDir::new().unwrap().path(), None).unwrap().bytes());
    assert!(Secret::open(folder.path(), Some("short".to_owned())).is_err());
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&folder.path().join("jwt.secret").metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::write(folder.path().join("jwt.secret"), "cut").unwrap();
    assert!(Secret::open(folder.path(), None).is_err());
}

proptest! {
    #[test]
    fn a_token_that_was_changed_opens_nothing(at in any::<prop::sample::Index>(), letter in "[A-Za-z0-9_.-]") {
        let tokens = tokens(SECRET);
        let token = tokens.sign(&claims()).unwrap();
        let at = at.index(token.len());
        let mut changed = token.clone();
        changed.replace_range(at..=at, &letter);
        if changed != token {
            prop_assert!(tokens.read(&changed, 1000).is_err());
        }
    }

    #[test]
    fn any_text_is_refused_without_a_panic(text in "\\PC{0,200}") {
        prop_assert!(tokens(SECRET).read(&text, 1000).is_err());
    }
}
