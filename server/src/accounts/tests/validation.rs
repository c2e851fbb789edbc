use proptest::prelude::*;

use super::super::validation;
use super::*;

#[test]
fn names_are_trimmed_and_normalised() {
    assert_eq!(validation::name("  Zoe\u{301} ").unwrap(), "Zo\u{e9}");
    assert_eq!(validation::name(&"\u{1f600}".repeat(40)).unwrap().chars().count(), 40);
    for bad in ["", "   ", &"x".repeat(41), "a\nb", "a\tb", "a\0b", "a\u{7f}b", "a\u{202e}b", "a\u{85}b"] {
        refused(validation::name(bad), "BAD_REQUEST");
    }
}

#[test]
fn names_are_found_without_case_and_accents() {
    for (name, folded) in [("Zoé", "zoe"), ("ÅSA", "asa"), ("Ｗｉｄｅ", "wide"), ("Straße", "straße"), ("´a´", "a"), ("Ольга", "ольга")]
    {
        assert_eq!(validation::folded(name), folded);
    }
}

#[test]
fn addresses_are_lower_case_and_look_like_addresses() {
    assert_eq!(validation::email(" Ada.L@Example.ORG ").unwrap(), "ada.l@example.org");
    let long = format!("{}@example.org", "x".repeat(65));
    let longer = format!("a@{}org", "x.".repeat(130));
    for bad in ["", "ada", "@example.org", "ada@", "ada@local", "a@b@c.org", "a b@c.org", "a@b..org", "a\n@b.org", &long, &longer] {
        refused(validation::email(bad), "BAD_REQUEST");
    }
}

#[test]
fn passwords_that_everybody_tries_are_refused() {
    let new = |password: &str| validation::new_password(password, "Ada Lovelace", "countess@example.org");
    for bad in ["", "short", "Password1", "12345678", "aaaaaaaaaa", "ada lovelace", "COUNTESS@example.org", "countess", &"x1".repeat(129)] {
        refused(new(bad), "BAD_REQUEST");
    }
    assert_eq!(new("pa\u{308}sswo\u{308}rter").unwrap(), "p\u{e4}ssw\u{f6}rter");
    assert!(new(&"x1".repeat(128)).is_ok());
}

proptest! {
    #[test]
    fn a_name_that_is_taken_stays_as_it_is(text in "\\PC{0,60}") {
        if let Ok(name) = validation::name(&text) {
            prop_assert_eq!(validation::name(&name).unwrap(), name);
        }
    }

    #[test]
    fn folding_twice_is_folding_once(text in "\\PC{0,60}") {
        let once = validation::folded(&text);
        prop_assert_eq!(validation::folded(&once), once);
    }
}
